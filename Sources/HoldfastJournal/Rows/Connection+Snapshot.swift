import HoldfastCore

extension Connection {
  /// What a host that starts now finds. Several statements: the caller holds a transaction open
  /// around it.
  mutating func snapshot() throws(StorageFault) -> Snapshot {
    var snapshot = Snapshot()
    try readHighest(into: &snapshot)
    var enrolments = try statement(.enrolments)
    while try enrolments.step() { snapshot.enrolments.append(enrolments.enrolmentRecord()) }
    var inputs = try statement(.waitingInputs)
    while try inputs.step() {
      let input = inputs.inputRecord()
      snapshot.inputs.append((input, try place(input.key)))
    }
    var calls = try statement(.toolCalls)
    while try calls.step() { snapshot.toolCalls.append(calls.toolCallRecord()) }
    var replies = try statement(.undeliveredReplies)
    while try replies.step() { snapshot.replies.append(replies.replyRecord()) }
    var cursors = try statement(.eventCursors)
    while try cursors.step() {
      let instance = cursors.instance()
      snapshot.eventCursors[instance] = cursors.uint64()
    }
    snapshot.debts = try owingDebts()
    return snapshot
  }

  private mutating func readHighest(into snapshot: inout Snapshot) throws(StorageFault) {
    var highest = try statement(.highest)
    guard try highest.step() else { return }
    snapshot.lastSequence = highest.uint64()
    snapshot.lastInput = highest.int64()
    snapshot.lastReply = highest.int64()
    snapshot.lastCut = highest.int64()
  }

  private mutating func owingDebts() throws(StorageFault) -> [DebtRecord] {
    var debts: [DebtRecord] = []
    var owing = try statement(.owingCursors)
    while try owing.step() {
      let id = owing.session()
      let enrolment = owing.enrolmentID()
      let start = owing.uint64()
      guard let session = try session(id) else { continue }
      var debt = DebtRecord(enrolment: enrolment, session: session, watermark: owing.uint64())
      debt.isOwing = true
      try fill(&debt, start: start)
      debts.append(debt)
    }
    return debts
  }

  /// What every enrolment of the session's agent has of it, detached ones left out.
  mutating func debts(of id: SessionID) throws(StorageFault) -> [DebtRecord] {
    guard let session = try session(id) else { return [] }
    var debts: [DebtRecord] = []
    var enrolments = try statement(.enrolmentsOfAgent)
    enrolments.bind(session.key.agent)
    while try enrolments.step() {
      let enrolment = enrolments.enrolmentID()
      let start = enrolments.uint64()
      var debt = DebtRecord(enrolment: enrolment, session: session, watermark: 0)
      var cursor = try statement(.cursor)
      cursor.bind(id)
      cursor.bind(enrolment.value)
      if try cursor.step() {
        debt.watermark = cursor.uint64()
        debt.isOwing = cursor.bool()
      }
      try fill(&debt, start: start)
      debts.append(debt)
    }
    return debts
  }

  private mutating func fill(_ debt: inout DebtRecord, start: BusSequence) throws(StorageFault) {
    var cuts = try statement(.unsettledCuts)
    cuts.bind(debt.session.id)
    cuts.bind(debt.enrolment.value)
    while try cuts.step() { debt.cuts.append(cuts.cutRecord()) }
    var withdrawals = try statement(.withdrawalsOf)
    withdrawals.bind(debt.session.id)
    withdrawals.bind(debt.enrolment.value)
    while try withdrawals.step() {
      var withdrawal = WithdrawalRecord(
        enrolment: debt.enrolment, session: debt.session.id, turn: withdrawals.uint64(),
        cut: withdrawals.int64())
      withdrawal.isSent = withdrawals.bool()
      debt.withdrawals.append(withdrawal)
    }
    // Of a deleted session nothing is owed any more but withdrawals.
    if debt.session.isDeleted { return }
    var turns = try statement(.pendingTurns)
    turns.bind(debt.session.id)
    turns.bind(debt.watermark)
    turns.bind(start)
    while try turns.step() {
      let turn = turns.uint64()
      if !debt.cuts.contains(where: { $0.turns.contains(turn) }) { debt.pending.append(turn) }
    }
  }
}
