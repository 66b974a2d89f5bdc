import HoldfastCore

extension Statement {
  /// An event that is a row of its own.
  mutating func event() -> BusEvent {
    let sequence = uint64()
    let kind = EventKind(rawValue: uint64())
    var context = CallContext()
    context.session = optionalSession()
    context.key = optionalKey()
    context.parent = optionalSession()
    context.scope = scope()
    context.epoch = uint64()
    context.firstTurn = uint64()
    context.lastTurn = uint64()
    context.user = text()
    context.reason = text()
    var event = BusEvent(kind: kind, context: context)
    event.sequence = sequence
    event.newSession = optionalSession()
    event.newParent = optionalSession()
    event.newLastTurn = uint64()
    event.newEpoch = uint64()
    event.isReset = bool()
    event.isRewound = bool()
    event.userText = text()
    event.answerText = text()
    event.messageID = text()
    event.time = time()
    return event
  }

  /// The event that a turn's row stands for. Key, epoch, person and message are those of the input
  /// it answers, as long as that is kept.
  mutating func turnEvent() -> BusEvent {
    let sequence = uint64()
    var context = CallContext()
    context.session = session()
    context.firstTurn = uint64()
    context.lastTurn = context.firstTurn
    let userText = text()
    let answerText = text()
    let finished = time()
    context.key = key()
    context.parent = optionalSession()
    context.scope = scope()
    context.epoch = uint64()
    context.user = text()
    var event = BusEvent(kind: .turnCompleted, context: context)
    event.sequence = sequence
    event.userText = userText
    event.answerText = answerText
    event.messageID = text()
    event.time = finished
    return event
  }
}
