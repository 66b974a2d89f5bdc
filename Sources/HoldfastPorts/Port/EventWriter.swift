import CHoldfast
import HoldfastCore

/// Turns the events of a batch into what the header says, one after the other in the same memory.
/// Used by one thread.
final class EventWriter {
  private let memory: UnsafeMutableRawPointer
  private let head: UnsafeMutablePointer<hf_head_t>
  private var texts: UnsafePointer<CChar>?
  private var context = -1
  /// The session that the event is about, 0 for none.
  private(set) var sessionValue: UInt128 = 0

  private static let size = 1024

  init() {
    memory = .allocate(byteCount: Self.size, alignment: 16)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: Self.size)
    head = memory.bindMemory(to: hf_head_t.self, capacity: 1)
  }

  deinit { memory.deallocate() }

  /// Before the events of a batch whose texts lie at `texts`.
  func begin(texts: UnsafePointer<CChar>?) {
    self.texts = texts
    context = -1
  }

  var event: UnsafePointer<hf_event_t> { UnsafePointer(head) }

  var session: CallText {
    CallText(start: head.pointee.session_id.ptr, length: head.pointee.session_id.len)
  }

  @inline(__always)
  func write(_ record: EventRecord, _ contexts: [ContextRecord], _ arena: CallArena) {
    if record.context != context {
      context = record.context
      setContext(contexts[context])
    }
    head.pointee.flags = record.flags
    head.pointee.kind = record.kind
    head.pointee.op = record.operation
    head.pointee.seq = record.number
    head.pointee.deadline_ns = record.deadline
    head.pointee.epoch = record.epoch
    head.pointee.turn_first = record.firstTurn
    head.pointee.turn_last = record.lastTurn
    switch EventKind(rawValue: record.kind) {
    case .turnStarted, .turnCompleted, .turnInterrupted: writeTurn(record)
    case .messageReceived, .messageSent: writeMessage(record)
    case .prefetchRequested: writePrefetch(record)
    case .sessionSwitched: writeSwitch(record, arena)
    default: head.pointee.size = UInt32(MemoryLayout<hf_event_t>.size)
    }
  }

  /// The settings of a `configChanged` event, which `write` has begun.
  func writeConfiguration(_ configuration: ConfigurationValue, _ arena: CallArena) {
    let event = tail(hf_event_config_t.self)
    let pairs = configuration.pairs
    event.pointee.json = arena.text(configuration.json)
    event.pointee.pairs = arena.pairs(pairs.map { (key: $0.key, value: $0.text) })
    event.pointee.pair_count = UInt64(pairs.count)
  }

  private func setContext(_ context: ContextRecord) {
    sessionValue = context.sessionValue
    head.pointee.session = context.session
    head.pointee.session_id = text(context.sessionID)
    head.pointee.session_key = text(context.sessionKey)
    head.pointee.parent_id = text(context.parentID)
    head.pointee.scope = text(context.scope)
    head.pointee.agent = text(context.agent)
    head.pointee.channel = text(context.channel)
    head.pointee.chat = text(context.chat)
    head.pointee.thread = text(context.thread)
    head.pointee.user = text(context.user)
    head.pointee.reason = text(context.reason)
  }

  private func writeTurn(_ record: EventRecord) {
    let turn = tail(hf_event_turn_t.self)
    turn.pointee.user_text = text(record.userText)
    turn.pointee.answer_text = text(record.answerText)
    turn.pointee.started_ms = record.time
    turn.pointee.finished_ms = record.time
  }

  private func writeMessage(_ record: EventRecord) {
    let message = tail(hf_event_message_t.self)
    message.pointee.message_id = text(record.messageID)
    message.pointee.text = text(record.userText.length > 0 ? record.userText : record.answerText)
  }

  private func writePrefetch(_ record: EventRecord) {
    let prefetch = tail(hf_event_prefetch_t.self)
    prefetch.pointee.query = text(record.userText)
    prefetch.pointee.max_items = UInt32(PortLimits.prefetchItems)
    prefetch.pointee.max_chars = UInt32(PortLimits.prefetchCharacters)
  }

  private func writeSwitch(_ record: EventRecord, _ arena: CallArena) {
    let change = tail(hf_event_switched_t.self)
    if record.newSession != 0 {
      let session = SessionID(value: record.newSession)
      change.pointee.new_session = session.number
      change.pointee.new_session_id = arena.text(session.description)
    }
    if record.newParent != 0 {
      change.pointee.new_parent_id = arena.text(SessionID(value: record.newParent).description)
    }
    change.pointee.new_epoch = record.newEpoch
    change.pointee.reset = record.isReset ? 1 : 0
    change.pointee.rewound = record.isRewound ? 1 : 0
  }

  /// The event's own type over the same memory, zeroed behind the head.
  @inline(__always)
  private func tail<Event>(_ type: Event.Type) -> UnsafeMutablePointer<Event> {
    let length = MemoryLayout<Event>.size - MemoryLayout<hf_head_t>.size
    (memory + MemoryLayout<hf_head_t>.size)
      .initializeMemory(as: UInt8.self, repeating: 0, count: length)
    head.pointee.size = UInt32(MemoryLayout<Event>.size)
    return memory.assumingMemoryBound(to: type)
  }

  @inline(__always)
  private func text(_ range: TextRange) -> hf_str_t {
    guard range.length > 0, let texts else { return hf_str_t() }
    return hf_str_t(ptr: texts + range.offset, len: UInt64(range.length))
  }
}
