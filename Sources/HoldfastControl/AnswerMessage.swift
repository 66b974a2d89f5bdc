internal import HoldfastCore

/// An answer as it travels: `{"id":1,"ok":true,"message":"…"}`, or with one of the other parts.
struct AnswerMessage: Codable, Equatable {
  var id: UInt64
  var ok: Bool
  var error: String?
  var message: String?
  var status: HostStatus?
  var load: HostLoad?
  var sessions: [SessionMessage]?
  var session: SessionMessage?
  var turns: [TurnMessage]?
  var batches: [BatchMessage]?
  var recall: RecallView?
  var explanation: SessionExplanation?
  var locks: LockReport?
  var event: EventLine?
  var missed: Int?

  init(id: UInt64, _ answer: ControlAnswer) {
    self.id = id
    ok = true
    switch answer {
    case .status(let status): self.status = status
    case .load(let load): self.load = load
    case .sessions(let listings): sessions = listings.map(SessionMessage.init)
    case .history(let listing, let records):
      session = SessionMessage(listing)
      turns = records.map(TurnMessage.init)
    case .batches(let cuts): batches = cuts.map(BatchMessage.init)
    case .recall(let view): recall = view
    case .explanation(let explanation): self.explanation = explanation
    case .locks(let report): locks = report
    case .event(let event): self.event = event
    case .missed(let count): missed = count
    case .done(let text): message = text
    case .refused(let reason):
      ok = false
      error = reason
    }
  }

  /// The answer it stands for; nil if it lacks a part or one makes no sense.
  var answer: ControlAnswer? {
    guard ok else { return .refused(error ?? "the host gave no reason") }
    if let message { return .done(message) }
    if let status { return .status(status) }
    if let load { return .load(load) }
    if let recall { return .recall(recall) }
    if let explanation { return .explanation(explanation) }
    if let locks { return .locks(locks) }
    if let event { return .event(event) }
    if let missed { return .missed(missed) }
    if let sessions {
      let listings = sessions.compactMap(\.listing)
      return listings.count == sessions.count ? .sessions(listings) : nil
    }
    if let session, let turns {
      let records = turns.compactMap(\.turn)
      guard let listing = session.listing, records.count == turns.count else { return nil }
      return .history(listing, records)
    }
    if let batches {
      let cuts = batches.compactMap(\.cut)
      return cuts.count == batches.count ? .batches(cuts) : nil
    }
    return nil
  }
}
