import HoldfastCore

/// Records from the columns of a row, in the order of the statements in `SQL`.
extension Statement {
  mutating func key() -> SessionKey {
    let text = text()
    return SessionKey(text)
      ?? SessionKey(agent: "", channel: "", kind: .direct, chat: text)
  }

  mutating func optionalKey() -> SessionKey? { skipNull() ? nil : key() }
  mutating func scope() -> Scope { Scope(text()) }
  mutating func instance() -> InstanceID { InstanceID(text()) }
  mutating func enrolmentID() -> EnrolmentID { EnrolmentID(int64()) }

  mutating func sessionRecord() -> SessionRecord {
    let id = session()
    let key = key()
    let parent = optionalSession()
    let branchOf = optionalSession()
    let sharedLimit = uint64()
    let scope = scope()
    let user = text()
    let title = text()
    var record = SessionRecord(id: id, key: key, scope: scope, created: time())
    record.parent = parent
    record.branchOf = branchOf
    record.sharedLimit = sharedLimit
    record.user = user
    record.title = title
    record.ended = optionalTime()
    record.isHidden = bool()
    record.isDeleted = bool()
    record.summary = text()
    record.summaryLimit = uint64()
    record.token = uint64()
    record.lastTurn = uint64()
    record.queueMode = QueueMode(rawValue: text())
    return record
  }

  mutating func turnRecord() -> TurnRecord {
    let session = session()
    let index = uint64()
    let status = TurnStatus(rawValue: int()) ?? .interrupted
    let userText = text()
    let userName = text()
    let answerText = text()
    let started = time()
    let finished = time()
    var turn = TurnRecord(
      session: session, index: index, status: status, userText: userText, answerText: answerText,
      sequence: uint64())
    turn.userName = userName
    turn.started = started
    turn.finished = finished
    turn.input = int64()
    turn.tools = ToolUse.list(from: text())
    turn.epoch = uint64()
    return turn
  }

  mutating func toolCallRecord() -> ToolCallRecord {
    let input = int64()
    let number = int()
    let name = text()
    let arguments = text()
    let isReadOnly = bool()
    return ToolCallRecord(
      input: input, number: number, name: name, arguments: arguments, isReadOnly: isReadOnly,
      started: time())
  }

  mutating func cutRecord() -> CutRecord {
    let id = int64()
    let enrolment = enrolmentID()
    let session = session()
    let turns = TurnSet(text()) ?? TurnSet()
    let status = CutStatus(rawValue: int()) ?? .parked
    let isUnknown = bool()
    let isOutOfOrder = bool()
    let attempts = int()
    let reason = text()
    let document = text()
    let parent = optionalSession()
    let scope = scope()
    let tags = TagList.decode(text())
    var cut = CutRecord(
      id: id, enrolment: enrolment, session: session, turns: turns, scope: scope, created: time())
    cut.status = status
    cut.isUnknown = isUnknown
    cut.isOutOfOrder = isOutOfOrder
    cut.attempts = attempts
    cut.reason = reason
    cut.document = document
    cut.parent = parent
    cut.tags = tags
    return cut
  }

  mutating func inputRecord() -> InputRecord {
    let id = int64()
    let channel = instance()
    var message = InboundMessage()
    message.account = text()
    message.messageID = text()
    let key = key()
    let session = session()
    let epoch = uint64()
    let isCommand = bool()
    message.text = text()
    message.user = text()
    message.userName = text()
    var input = InputRecord(
      id: id, message: message, channel: channel, key: key, session: session, epoch: epoch)
    input.isCommand = isCommand
    input.received = time()
    input.status = InputStatus(rawValue: int()) ?? .setAside
    input.starts = int()
    input.isFromBot = bool()
    input.isMention = bool()
    return input
  }

  mutating func replyRecord() -> ReplyRecord {
    let id = int64()
    let channel = instance()
    let account = text()
    let key = key()
    let session = session()
    let turn = uint64()
    let replyTo = text()
    let part = int()
    let partCount = int()
    var reply = ReplyRecord(
      id: id, channel: channel, account: account, key: key, session: session, text: text())
    reply.turn = turn
    reply.replyTo = replyTo
    reply.part = part
    reply.partCount = partCount
    reply.isNotice = bool()
    reply.status = ReplyStatus(rawValue: int()) ?? .unknown
    reply.result = text()
    reply.queued = time()
    return reply
  }

  mutating func enrolmentRecord() -> EnrolmentRecord {
    let id = enrolmentID()
    let agent = text()
    let instance = instance()
    let destination = text()
    var enrolment = EnrolmentRecord(
      id: id, agent: agent, instance: instance, destination: destination, start: uint64())
    enrolment.isDetached = bool()
    return enrolment
  }

  mutating func backfillRecord() -> BackfillRecord {
    let enrolment = enrolmentID()
    let session = optionalSession()
    let position = uint64()
    var backfill = BackfillRecord(enrolment: enrolment, session: session, bound: uint64())
    backfill.position = position
    backfill.turns = uint64()
    return backfill
  }

  /// The rest of a listing's rows.
  mutating func listings() throws(StorageFault) -> [SessionListing] {
    var page: [SessionListing] = []
    while try step() {
      let session = sessionRecord()
      let count = int()
      page.append(SessionListing(session: session, boundKey: optionalKey(), turnCount: count))
    }
    return page
  }
}
