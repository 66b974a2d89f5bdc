import HoldfastCore

/// An event in a mailbox: plain numbers, with its texts in the batch's buffer. Taking a reference
/// on each string of each event would cost more than the hand-off itself.
struct EventRecord {
  var kind: UInt64
  var number: UInt64
  var flags: UInt32
  var context: Int
  var operation: UInt64
  var deadline: UInt64
  var epoch: UInt64
  var firstTurn: UInt64
  var lastTurn: UInt64
  var time: Int64
  var newSession: UInt128
  var newParent: UInt128
  var newEpoch: UInt64
  var isReset: Bool
  var isRewound: Bool
  var userText: TextRange
  var answerText: TextRange
  var messageID: TextRange
}

/// The texts of a call's head, shared by all events of a batch that are about the same place.
struct ContextRecord {
  var session: UInt64 = 0
  var sessionValue: UInt128 = 0
  var sessionID = TextRange()
  var sessionKey = TextRange()
  var parentID = TextRange()
  var scope = TextRange()
  var agent = TextRange()
  var channel = TextRange()
  var chat = TextRange()
  var thread = TextRange()
  var user = TextRange()
  var reason = TextRange()
}

/// A call that waits for its plugin's thread.
final class QueuedCall: Sendable {
  let call: PluginCall
  let operation: OperationID
  let deadline: Instant?

  init(_ call: PluginCall, _ operation: OperationID, _ deadline: Instant?) {
    self.call = call
    self.operation = operation
    self.deadline = deadline
  }
}

/// A receipt that waits for its plugin's thread.
final class QueuedReceipt: Sendable {
  let receipt: Receipt
  let token: UInt64
  let messageID: String

  init(_ receipt: Receipt, _ token: UInt64, _ messageID: String) {
    self.receipt = receipt
    self.token = token
    self.messageID = messageID
  }
}

/// What waits for a plugin's thread, in its order.
enum MailItem {
  /// The next of the batch's events.
  case event
  /// An event that the other thread of the plugin handles; it counts as handled here.
  case passed(number: UInt64)
  case call(QueuedCall)
  case receipt(QueuedReceipt)
  case cancel(OperationID, session: UInt64)
}

/// All that was put into a mailbox since it was last emptied.
struct MailBatch {
  private(set) var items: [MailItem] = []
  private(set) var events: [EventRecord] = []
  private(set) var contexts: [ContextRecord] = []
  private(set) var text = TextBuffer()
  private var places = ContextCache()
  /// When the first of them was put in, by the coarse clock.
  var since: UInt64 = 0

  var isEmpty: Bool { items.isEmpty }

  mutating func append(_ item: MailItem) { items.append(item) }

  mutating func append(_ event: borrowing BusEvent, number: UInt64) {
    let record = EventRecord(
      kind: event.kind.rawValue, number: number, flags: event.isRedelivered ? 1 : 0,
      context: index(of: event.context), operation: event.operation?.value ?? 0,
      deadline: event.deadline?.nanoseconds ?? 0, epoch: event.context.epoch,
      firstTurn: event.context.firstTurn, lastTurn: event.context.lastTurn,
      time: event.time.milliseconds, newSession: event.newSession?.value ?? 0,
      newParent: event.newParent?.value ?? 0, newEpoch: event.newEpoch, isReset: event.isReset,
      isRewound: event.isRewound, userText: text.append(event.userText),
      answerText: text.append(event.answerText), messageID: text.append(event.messageID))
    events.append(record)
    items.append(.event)
  }

  /// Empties the batch and keeps its memory for the next.
  mutating func clear() {
    let keeps = items.capacity <= 1 << 16
    items.removeAll(keepingCapacity: keeps)
    events.removeAll(keepingCapacity: keeps)
    contexts.removeAll(keepingCapacity: keeps)
    text.clear()
    places.clear()
  }

  private mutating func index(of context: borrowing CallContext) -> Int {
    let mark = PlaceMark(context)
    if let index = places.find(mark) { return index }
    contexts.append(record(of: context))
    places.remember(mark, copy context, at: contexts.count - 1)
    return contexts.count - 1
  }

  private mutating func record(of context: borrowing CallContext) -> ContextRecord {
    var record = ContextRecord()
    if let session = context.session {
      record.session = session.number
      record.sessionValue = session.value
      record.sessionID = text.append(session.description)
    }
    if let parent = context.parent { record.parentID = text.append(parent.description) }
    record.scope = text.append(context.scope.description)
    record.reason = text.append(context.reason)
    guard let key = context.key else {
      record.user = text.append(context.user)
      return record
    }
    record.sessionKey = text.append(key.description)
    record.agent = text.append(key.agent)
    record.channel = text.append(key.channel)
    record.chat = text.append(key.chat)
    record.thread = text.append(key.thread)
    record.user = text.append(context.user.isEmpty ? key.user : context.user)
    return record
  }
}

extension SessionID {
  /// What plugins see as the session's number: never 0, the same for the same session. Two sessions
  /// that share it would have to agree in 64 bits that are mixed from all 128.
  var number: UInt64 {
    let high = UInt64(truncatingIfNeeded: value >> 64)
    let mixed = UInt64(truncatingIfNeeded: value) ^ (high &* 0x9E37_79B9_7F4A_7C15)
    return mixed == 0 ? 1 : mixed
  }
}
