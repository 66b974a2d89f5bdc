internal import CHoldfast

/// Kinds of events, one bit each.
public struct EventKinds: OptionSet, Hashable, Sendable {
  /// The bits, as the header has them.
  public let rawValue: UInt64

  /// Wraps the bits of the header.
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// A session begins.
  public static let sessionOpened = EventKinds(rawValue: HF_EVENT_SESSION_OPENED)
  /// A key is bound to another session.
  public static let sessionSwitched = EventKinds(rawValue: HF_EVENT_SESSION_SWITCHED)
  /// A session is over.
  public static let sessionEnded = EventKinds(rawValue: HF_EVENT_SESSION_ENDED)
  /// A session was deleted.
  public static let sessionDeleted = EventKinds(rawValue: HF_EVENT_SESSION_DELETED)
  /// Older turns are about to be hidden behind a summary.
  public static let sessionCompacting = EventKinds(rawValue: HF_EVENT_SESSION_COMPACTING)
  /// A turn begins.
  public static let turnStarted = EventKinds(rawValue: HF_EVENT_TURN_STARTED)
  /// A turn is in the journal.
  public static let turnCompleted = EventKinds(rawValue: HF_EVENT_TURN_COMPLETED)
  /// A turn ended without an answer.
  public static let turnInterrupted = EventKinds(rawValue: HF_EVENT_TURN_INTERRUPTED)
  /// Turns were taken back.
  public static let turnsWithdrawn = EventKinds(rawValue: HF_EVENT_TURNS_WITHDRAWN)
  /// What is likely to be asked next; a memory provider is asked with `prefetch`.
  public static let prefetchRequested = EventKinds(rawValue: HF_EVENT_PREFETCH_REQUESTED)
  /// A memory was written.
  public static let memoryWritten = EventKinds(rawValue: HF_EVENT_MEMORY_WRITTEN)
  /// Delegated work is done.
  public static let delegationCompleted = EventKinds(rawValue: HF_EVENT_DELEGATION_COMPLETED)
  /// A message of a person was accepted.
  public static let messageReceived = EventKinds(rawValue: HF_EVENT_MESSAGE_RECEIVED)
  /// A reply was delivered.
  public static let messageSent = EventKinds(rawValue: HF_EVENT_MESSAGE_SENT)
  /// The plugin's configuration has changed.
  public static let configurationChanged = EventKinds(rawValue: HF_EVENT_CONFIG_CHANGED)
  /// The host is about to stop.
  public static let hostStopping = EventKinds(rawValue: HF_EVENT_HOST_STOPPING)
}

/// An event of the bus. A copy: it may be kept.
public struct Event: Sendable {
  /// What an event has beyond its head.
  public enum Content: Sendable {
    /// Nothing.
    case none
    /// The session that the key is bound to now; the head names the old one.
    case switched(session: String, parent: String, epoch: UInt64, reset: Bool, rewound: Bool)
    /// A turn; its index is the first turn of the head. Times are wall clock, Unix time.
    case turn(user: String, answer: String, startedMilliseconds: Int64, finishedMilliseconds: Int64)
    /// A message between a person and an agent.
    case message(id: String, text: String)
    /// The plugin's settings, all of them.
    case configuration(json: String, values: [String: String])
  }

  /// Exactly one kind.
  public var kind: EventKinds
  /// What it is about.
  public var head: Head
  /// What it has beyond its head.
  public var content: Content

  /// An event made by hand, for tests.
  public init(kind: EventKinds, head: Head, content: Content = .none) {
    self.kind = kind
    self.head = head
    self.content = content
  }

  init(_ event: UnsafePointer<hf_event_t>) {
    kind = EventKinds(rawValue: event.pointee.kind)
    head = Head(event)
    content = .none
    let start = UnsafeRawPointer(event)
    switch kind {
    case .sessionSwitched:
      content = Self.switched(start.assumingMemoryBound(to: hf_event_switched_t.self))
    case .turnStarted, .turnCompleted, .turnInterrupted:
      content = Self.turn(start.assumingMemoryBound(to: hf_event_turn_t.self))
    case .messageReceived, .messageSent:
      let message = start.assumingMemoryBound(to: hf_event_message_t.self)
      content = .message(
        id: string(message.pointee.message_id), text: string(message.pointee.text))
    case .configurationChanged:
      let config = start.assumingMemoryBound(to: hf_event_config_t.self)
      content = .configuration(
        json: string(config.pointee.json),
        values: Configuration.values(config.pointee.pairs, config.pointee.pair_count))
    default: break
    }
  }

  private static func switched(_ event: UnsafePointer<hf_event_switched_t>) -> Content {
    .switched(
      session: string(event.pointee.new_session_id), parent: string(event.pointee.new_parent_id),
      epoch: event.pointee.new_epoch, reset: event.pointee.reset == 1,
      rewound: event.pointee.rewound == 1)
  }

  private static func turn(_ event: UnsafePointer<hf_event_turn_t>) -> Content {
    .turn(
      user: string(event.pointee.user_text), answer: string(event.pointee.answer_text),
      startedMilliseconds: event.pointee.started_ms, finishedMilliseconds: event.pointee.finished_ms
    )
  }
}
