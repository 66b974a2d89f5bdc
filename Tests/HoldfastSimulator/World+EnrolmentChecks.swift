import HoldfastCore

/// What must hold of who is owed what.
extension World {
  /// A provider is owed turns where it writes now.
  func checkSpans(_ operation: JournalOperation) {
    let opened: EnrolmentRecord?
    switch operation {
    case .enrol(let record): opened = record
    case .setSpans(let id, let spans) where spans.contains { $0.through == nil }:
      opened = submitted.journal.enrolments[id].flatMap { $0.isOpen ? nil : $0 }
    default: opened = nil
    }
    guard let opened, let provider = providers[opened.instance] else { return }
    if opened.destination != provider.destination {
      fail(.onlyOwed, "\(opened.instance) is enrolled at \(opened.destination), which it has left")
    }
  }

  /// A turn is owed to every provider that is there, where it writes now.
  func checkCreditors(of turn: TurnRecord) {
    guard turn.status == .live, let agent = submitted.sessions[turn.session]?.key.agent else {
      return
    }
    let settings = configuration.agent(named: agent)
    for instance in knownAtStart.sorted() where settings?.remembers(with: instance) ?? false {
      let id = submitted.creditors[agent]?[instance]
      let record = id.flatMap { submitted.journal.enrolments[$0] }
      guard let record, !record.isDetached else {
        fail(.nothingLost, "turn \(turn.index) of \(turn.session) is not owed to \(instance)")
        continue
      }
      if record.destination != providers[instance]?.destination {
        fail(
          .onlyOwed, "turn \(turn.index) of \(turn.session) is owed to \(instance) where it was")
      }
    }
  }

  /// Whether a turn was owed to one of these, or to another at the same destination.
  func wasOwed(_ fact: Ledger.Fact, to enrolments: [EnrolmentID]) -> Bool {
    let known = submitted.journal.enrolments
    let names = { (ids: [EnrolmentID]) in
      Set(ids.compactMap { known[$0] }.map { "\($0.instance)/\($0.destination)" })
    }
    return !names(fact.owedTo).isDisjoint(with: names(enrolments))
  }
}
