import HoldfastCore

extension Connection {
  mutating func performOnMessages(_ operation: JournalOperation) throws(StorageFault) {
    switch operation {
    case .startInput(let id): try run(.startInput, id)
    case .returnInput(let id): try run(.returnInput, id)
    case .settleInput(let id, let status):
      var input = try statement(.settleInput)
      input.bind(id)
      input.bind(status.rawValue)
      try input.run()
    case .queueReply(let reply): try insert(reply)
    case .settleReply(let id, let status, let result):
      var reply = try statement(.settleReply)
      reply.bind(id)
      reply.bind(status.rawValue)
      reply.bind(result)
      try reply.run()
    case .emit(let event):
      // The turn's own row is the event.
      if event.kind != .turnCompleted { try insert(event) }
    case .advanceEvents(let instance, let sequence):
      var cursor = try statement(.advanceEvents)
      cursor.bind(instance.description)
      cursor.bind(sequence)
      try cursor.run()
    case .startTool(let call): try insert(call)
    case .endTools(let input): try run(.endTools, input)
    default: break
    }
  }

  private mutating func insert(_ call: ToolCallRecord) throws(StorageFault) {
    var row = try statement(.startTool)
    row.bind(call.input)
    row.bind(call.number)
    row.bind(call.name)
    row.bind(call.arguments)
    row.bind(call.isReadOnly)
    row.bind(call.started)
    try row.run()
  }

  mutating func insert(_ input: InputRecord) throws(StorageFault) {
    var row = try statement(.acceptInput)
    row.bind(input.id)
    row.bind(input.channel.description)
    row.bind(input.account)
    row.bind(input.messageID)
    row.bind(input.key.description)
    row.bind(input.session)
    row.bind(input.epoch)
    row.bind(input.isCommand)
    row.bind(input.text)
    row.bind(input.user)
    row.bind(input.userName)
    row.bind(input.received)
    row.bind(input.status.rawValue)
    row.bind(input.starts)
    row.bind(input.isFromBot)
    row.bind(input.isMention)
    try row.run()
  }

  private mutating func insert(_ reply: ReplyRecord) throws(StorageFault) {
    var row = try statement(.queueReply)
    row.bind(reply.id)
    row.bind(reply.channel.description)
    row.bind(reply.account)
    row.bind(reply.key.description)
    row.bind(reply.session)
    row.bind(reply.turn)
    row.bind(reply.replyTo)
    row.bind(reply.part)
    row.bind(reply.partCount)
    row.bind(reply.text)
    row.bind(reply.isNotice)
    row.bind(reply.status.rawValue)
    row.bind(reply.result)
    row.bind(reply.queued)
    try row.run()
  }

  private mutating func insert(_ event: BusEvent) throws(StorageFault) {
    var row = try statement(.emit)
    row.bind(event.sequence)
    row.bind(event.kind.rawValue)
    row.bind(event.context.session)
    row.bind(event.context.key?.description)
    row.bind(event.context.parent)
    row.bind(event.context.scope.description)
    row.bind(event.context.epoch)
    row.bind(event.context.firstTurn)
    row.bind(event.context.lastTurn)
    row.bind(event.context.user)
    row.bind(event.context.reason)
    row.bind(event.newSession)
    row.bind(event.newParent)
    row.bind(event.newLastTurn)
    row.bind(event.newEpoch)
    row.bind(event.isReset)
    row.bind(event.isRewound)
    row.bind(event.userText)
    row.bind(event.answerText)
    row.bind(event.messageID)
    row.bind(event.time)
    try row.run()
  }
}
