import HoldfastCore

extension Connection {
  /// What a host that starts now finds. Several statements: the caller holds a transaction open
  /// around it.
  mutating func snapshot() throws(StorageFault) -> Snapshot {
    var snapshot = Snapshot()
    try readHighest(into: &snapshot)
    var enrolments = try statement(.enrolments)
    while try enrolments.step() { snapshot.enrolments.append(enrolments.enrolmentRecord()) }
    for position in snapshot.enrolments.indices {
      snapshot.enrolments[position].spans = try spans(of: snapshot.enrolments[position].id)
    }
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
    var backfills = try statement(.backfills)
    while try backfills.step() { snapshot.backfills.append(backfills.backfillRecord()) }
    snapshot.inputsSetAside = try count(.setAside)
    snapshot.unknownReplies = try count(.unknownReplies)
    snapshot.debts = try owingDebts(to: snapshot.enrolments)
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

  private mutating func count(_ sql: SQL) throws(StorageFault) -> Int {
    var row = try statement(sql)
    return try row.step() ? row.int() : 0
  }
}
