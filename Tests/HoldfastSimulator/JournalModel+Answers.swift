public import HoldfastCore

extension JournalModel {
  /// The answer to a question, as of now.
  public func answer(_ query: JournalQuery) -> JournalAnswer {
    switch query {
    case .place(let key, let channel, let account, let messageID):
      var place = self.place(key)
      let name = MessageName(channel: channel, account: account, messageID: messageID)
      place.isDuplicate = accepted[name] != nil
      return .place(place)
    case .session(let id):
      guard let session = sessions[id], !purged.contains(id) else {
        return .session(nil, boundKey: nil, epoch: 0)
      }
      let key = boundKey(of: id)
      let epoch = key.flatMap { bindings[$0]?.epoch } ?? 0
      return .session(session, boundKey: key, epoch: epoch)
    case .history(let id, let limit, let before):
      return .turns(visibleTurns(of: id, limit: limit, before: before))
    case .turns(let id, let set):
      return .turns((turns[id] ?? []).filter { set.contains($0.index) })
    case .rewind(let id, let limit):
      return .rewind(turns: visibleTurns(of: id, limit: limit, before: 0), debts: debts(of: id))
    case .belongings(let id):
      let live = (turns[id] ?? []).filter { $0.status == .live }
        .map { TurnPlace(index: $0.index, sequence: $0.sequence) }
      return .belongings(turns: live, debts: debts(of: id))
    case .ownSessions(let key, let user, let limit):
      let all = listing(before: nil, limit: .max, includeHidden: false)
      return .sessions(
        Array(
          all.filter { listing in
            let own = listing.session
            return key.kind == .group
              ? own.key == key
              : own.user == user && own.key.personPrefix == key.personPrefix
                && own.key.kind == .direct
          }.prefix(limit)))
    case .cutsHolding(let enrolment, let session, let set):
      return .cuts(cutsHolding(set, enrolment, session))
    case .sessions(let before, let limit, let includeHidden):
      return .sessions(listing(before: before, limit: limit, includeHidden: includeHidden))
    case .events(let after, let limit): return .events(eventRows(after: after, limit: limit))
    case .backfillPage(let agent, let session, let after, let bound, let limit):
      return .backfillPage(
        backfillPage(agent, session, after: after, bound: bound, limit: limit))
    case .cuts(let enrolments, let status, let limit):
      let rows = cuts.values.filter { enrolments.contains($0.enrolment) && $0.status == status }
      return .cuts(Array(rows.sorted { $0.id < $1.id }.prefix(limit)))
    }
  }

  /// What a key is bound to.
  public func place(_ key: SessionKey) -> PlaceRecord {
    let binding = bindings[key]
    return PlaceRecord(
      session: binding?.session.flatMap { sessions[$0] }, epoch: binding?.epoch ?? 0,
      lastActive: binding.map { binding in
        let last = binding.session.flatMap { turns[$0] }?.max { $0.index < $1.index }
        return max(binding.time, last?.finished ?? binding.time)
      } ?? WallTime(milliseconds: 0), isDuplicate: false)
  }

  /// The key that a session is current at.
  public func boundKey(of id: SessionID) -> SessionKey? {
    bindings.filter { $0.value.session == id }.keys.min { $0.description < $1.description }
  }

  /// The last `limit` live turns below `before` (0: all), shared ones of a branch included.
  public func visibleTurns(of id: SessionID, limit: Int, before: TurnIndex) -> [TurnRecord] {
    guard let session = sessions[id] else { return [] }
    let hidden = session.summaryLimit
    var bound = before == 0 ? TurnIndex.max : before - 1
    var found: [TurnRecord] = []
    var level: SessionRecord? = session
    while let current = level {
      found += (turns[current.id] ?? []).filter {
        $0.status == .live && $0.index > hidden && $0.index <= bound
      }
      bound = min(bound, current.sharedLimit)
      level = current.branchOf.flatMap { sessions[$0] }
    }
    return Array(found.sorted { $0.index < $1.index }.suffix(limit))
  }

  private func cutsHolding(
    _ set: TurnSet, _ enrolment: EnrolmentID, _ session: SessionID
  ) -> [CutRecord] {
    cuts.values.filter { cut in
      cut.enrolment == enrolment && cut.session == session
        && cut.turns.turns.contains(where: set.contains)
    }.sorted { $0.id < $1.id }
  }

  private func listing(before: SessionID?, limit: Int, includeHidden: Bool) -> [SessionListing] {
    sessions.values.filter { session in
      !session.isDeleted && (includeHidden || !session.isHidden)
        && before.map { session.id < $0 } ?? true
    }.sorted { $0.id > $1.id }.prefix(limit).map { session in
      SessionListing(
        session: session, boundKey: boundKey(of: session.id),
        turnCount: (turns[session.id] ?? []).count { $0.status == .live })
    }
  }

  private func eventRows(after: BusSequence, limit: Int) -> [BusEvent] {
    let completed = turns.values.joined().filter { $0.status != .interrupted }
    let rows = completed.filter { $0.sequence > after }.compactMap(self.completion)
    let all = rows + events.values.filter { $0.sequence > after }
    return Array(all.sorted { $0.sequence < $1.sequence }.prefix(limit))
  }

  /// The event that a turn's row stands for. Key, epoch, person and message are those of the input
  /// it answers, as long as that is kept.
  private func completion(_ turn: TurnRecord) -> BusEvent? {
    guard let session = sessions[turn.session] else { return nil }
    let input = inputs[turn.input]
    var context = CallContext(session, key: input?.key, epoch: max(turn.epoch, input?.epoch ?? 0))
    context.firstTurn = turn.index
    context.lastTurn = turn.index
    if let user = input?.user, !user.isEmpty { context.user = user }
    var event = BusEvent(kind: .turnCompleted, context: context)
    event.sequence = turn.sequence
    event.userText = turn.userText
    event.answerText = turn.answerText
    event.messageID = input?.messageID ?? ""
    event.time = turn.finished
    return event
  }
}
