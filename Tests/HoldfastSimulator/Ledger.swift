import HoldfastCore

/// A journal beside what the simulator itself remembers of it: what a session was when it was made
/// and what was ever said, whatever the journal forgets later.
public struct Ledger: Sendable {
  /// A turn that was committed.
  struct Fact: Sendable {
    var turn: TurnRecord
    var isWithdrawn = false
    /// Sequence of the event that took it back.
    var withdrawnAt: BusSequence = 0
    /// Who has to get it.
    var owedTo: [EnrolmentID] = []
  }

  /// The journal.
  public internal(set) var journal = JournalModel()
  /// Every session as it was made.
  var sessions: [SessionID: SessionRecord] = [:]
  /// Every turn.
  var facts: [SessionID: [TurnIndex: Fact]] = [:]
  /// Input that has a turn.
  var answered: [Int64: Int] = [:]
  /// Switches, by the session that they lead to.
  var switches: [SessionID: [BusEvent]] = [:]
  /// Flush marks, by their session.
  var flushes: [SessionID: [BusEvent]] = [:]
  var deleted: Set<SessionID> = []
  /// Turns of dead letters that may have been stored: a late request may bring them at any time.
  var unknown: [EnrolmentID: [SessionID: Set<TurnIndex>]] = [:]
  /// The enrolment of each provider that is owed what an agent's sessions say now.
  private(set) var creditors: [String: [InstanceID: EnrolmentID]] = [:]

  init() {}

  mutating func apply(_ transaction: Transaction) -> TransactionOutcome {
    let outcome = journal.apply(transaction)
    guard case .committed = outcome else { return outcome }
    for operation in transaction.operations { note(operation) }
    noteAnswers(in: transaction)
    return outcome
  }

  /// A turn names one of the messages that it answers; all that end with it are answered.
  private mutating func noteAnswers(in transaction: Transaction) {
    var named: Set<Int64> = []
    for case .appendTurn(let turn) in transaction.operations { named.insert(turn.input) }
    guard !named.isEmpty else { return }
    for case .settleInput(let id, .done) in transaction.operations where !named.contains(id) {
      answered[id, default: 0] += 1
    }
  }

  private mutating func note(_ operation: JournalOperation) {
    switch operation {
    case .openSession(let session): sessions[session.id] = session
    case .appendTurn(let turn):
      var fact = Fact(turn: turn)
      let agent = sessions[turn.session]?.key.agent ?? ""
      if turn.status == .live { fact.owedTo = (creditors[agent] ?? [:]).values.sorted() }
      facts[turn.session, default: [:]][turn.index] = fact
      answered[turn.input, default: 0] += 1
    case .withdrawTurns(let session, let turns):
      for turn in turns.turns { facts[session]?[turn]?.isWithdrawn = true }
    case .enrol(let record): creditors[record.agent, default: [:]][record.instance] = record.id
    case .setSpans(let id, let spans):
      guard let record = journal.enrolments[id] else { return }
      if spans.contains(where: { $0.through == nil }) {
        creditors[record.agent, default: [:]][record.instance] = id
      } else if creditors[record.agent]?[record.instance] == id {
        creditors[record.agent]?[record.instance] = nil
      }
    case .setArrears(let id, let session, let turns):
      for turn in turns.turns where !(facts[session]?[turn]?.owedTo.contains(id) ?? true) {
        facts[session]?[turn]?.owedTo.append(id)
      }
    case .deleteSession(let session): deleted.insert(session)
    case .emit(let event): note(event)
    case .settleCut(let id, .parked, isUnknown: true, _, _):
      guard let cut = journal.cuts[id] else { return }
      unknown[cut.enrolment, default: [:]][cut.session, default: []].formUnion(cut.turns.turns)
    default: break
    }
  }

  private mutating func note(_ event: BusEvent) {
    guard let session = event.context.session else { return }
    switch event.kind {
    case .flush: flushes[session, default: []].append(event)
    case .sessionSwitched:
      if let new = event.newSession { switches[new, default: []].append(event) }
    case .turnsWithdrawn:
      for (index, fact) in facts[session] ?? [:]
      where fact.isWithdrawn && fact.withdrawnAt == 0 {
        facts[session]?[index]?.withdrawnAt = event.sequence
      }
    default: break
    }
  }
}
