import HoldfastCore

extension Connection {
  /// Performs one operation; a refusal if it refuses the transaction, and then it has written
  /// nothing.
  mutating func perform(_ operation: JournalOperation) throws(StorageFault) -> JournalRefusal? {
    switch operation {
    case .guardTurn(let session, let token, let next):
      return try refusal(session, token, next)
    case .guardBinding(let key, let session, let epoch):
      return try refusal(key, session, epoch)
    case .acceptInput(let input):
      if try isAccepted(input.channel, input.account, input.messageID) {
        return JournalRefusal(.repeated, "message \(input.messageID) was accepted before")
      }
      try insert(input)
    case .appendTurn(let turn): try append(turn)
    case .withdrawTurns(let session, let set): try withdraw(session, set)
    case .openSession, .raiseToken, .bind, .endSession, .reopenSession, .limitShared, .compact,
      .deleteSession, .purgeSession, .setQueueMode:
      try settleMemory()
      try performOnSession(operation)
    case .startInput, .returnInput, .settleInput, .queueReply, .settleReply, .emit, .advanceEvents,
      .startTool, .endTools:
      try performOnMessages(operation)
    case .enrol, .detach, .setCursor, .openCut, .settleCut, .oweWithdrawal, .settleWithdrawals,
      .markWithdrawals, .setSpans, .setArrears, .setBackfill, .endBackfill:
      try performOnDebts(operation)
    }
    return nil
  }

  private mutating func refusal(
    _ session: SessionID, _ token: UInt64, _ next: TurnIndex
  ) throws(StorageFault) -> JournalRefusal? {
    let cause = JournalRefusal.Cause.session(session)
    guard let tail = try tail(of: session) else {
      return JournalRefusal(cause, "session \(session) is unknown")
    }
    if tail.token != token {
      return JournalRefusal(
        cause, "session \(session) has token \(tail.token), the turn began under \(token)")
    }
    if tail.lastTurn + 1 != next {
      return JournalRefusal(
        cause, "session \(session) is at turn \(tail.lastTurn), \(next) does not follow")
    }
    return nil
  }

  private mutating func refusal(
    _ key: SessionKey, _ session: SessionID, _ epoch: Epoch
  ) throws(StorageFault) -> JournalRefusal? {
    if try binding(of: key) == GroupMemory.Binding(session: session, epoch: epoch) { return nil }
    return JournalRefusal(
      .session(session), "\(key) is not bound to \(session) under epoch \(epoch)")
  }

  /// Whether a message was accepted before; never one without an id.
  mutating func isAccepted(
    _ channel: InstanceID, _ account: String, _ messageID: String
  ) throws(StorageFault) -> Bool {
    if messageID.isEmpty { return false }
    var known = try statement(.isAccepted)
    known.bind(channel.description)
    known.bind(account)
    known.bind(messageID)
    return try known.step()
  }

  private mutating func append(_ turn: TurnRecord) throws(StorageFault) {
    var row = try statement(.appendTurn)
    row.bind(turn.sequence)
    row.bind(turn.session)
    row.bind(turn.index)
    row.bind(turn.status.rawValue)
    row.bind(turn.input)
    row.bind(turn.started)
    row.bind(turn.finished)
    row.bind(turn.userName)
    row.bind(turn.userText)
    row.bind(turn.answerText)
    row.bind(ToolUse.text(of: turn.tools))
    row.bind(turn.epoch)
    try row.run()
    try moveTail(of: turn)
  }

  private mutating func withdraw(_ session: SessionID, _ set: TurnSet) throws(StorageFault) {
    var count = 0
    for range in set.ranges {
      var turns = try statement(.withdrawTurns)
      turns.bind(session)
      turns.bind(range.lowerBound)
      turns.bind(range.upperBound)
      try turns.run()
      count += changes
    }
    var tail = try statement(.shrinkTail)
    tail.bind(session)
    tail.bind(count)
    try tail.run()
  }

  /// Runs a statement whose only parameter is a session.
  mutating func run(_ sql: SQL, _ session: SessionID) throws(StorageFault) {
    var statement = try statement(sql)
    statement.bind(session)
    try statement.run()
  }

  /// Runs a statement whose only parameter is a number.
  mutating func run(_ sql: SQL, _ number: Int64) throws(StorageFault) {
    var statement = try statement(sql)
    statement.bind(number)
    try statement.run()
  }
}
