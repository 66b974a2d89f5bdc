/// What happened, one bit each as in the header, so that a plugin's mask is their union.
public struct EventKind: OptionSet, Hashable, Sendable {
  /// The bits of the header's `HF_EVENT_*`.
  public let rawValue: UInt64

  /// A kind or a mask.
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// A session was made.
  public static let sessionOpened = EventKind(rawValue: 0x1)
  /// A key was bound to another session.
  public static let sessionSwitched = EventKind(rawValue: 0x2)
  /// A session ended.
  public static let sessionEnded = EventKind(rawValue: 0x4)
  /// A session was deleted.
  public static let sessionDeleted = EventKind(rawValue: 0x8)
  /// Older turns are about to be hidden behind a summary.
  public static let sessionCompacting = EventKind(rawValue: 0x10)
  /// A turn began.
  public static let turnStarted = EventKind(rawValue: 0x20)
  /// A turn was committed.
  public static let turnCompleted = EventKind(rawValue: 0x40)
  /// A turn was cut short.
  public static let turnInterrupted = EventKind(rawValue: 0x80)
  /// Turns were taken back.
  public static let turnsWithdrawn = EventKind(rawValue: 0x100)
  /// What is likely to be asked next.
  public static let prefetchRequested = EventKind(rawValue: 0x200)
  /// A message was accepted.
  public static let messageReceived = EventKind(rawValue: 0x1000)
  /// A reply reached its platform.
  public static let messageSent = EventKind(rawValue: 0x2000)
  /// The plugin's settings changed.
  public static let configChanged = EventKind(rawValue: 0x4000)
  /// The host is about to stop.
  public static let hostStopping = EventKind(rawValue: 0x8000)
  /// A mark of the host's own, never delivered: what the session owes is to be sent.
  public static let flush = EventKind(rawValue: 1 << 63)

  /// Kinds that are rows of the journal and therefore never dropped.
  public static let journalled: EventKind = [
    .sessionOpened, .sessionSwitched, .sessionEnded, .sessionDeleted, .turnCompleted,
    .turnInterrupted, .turnsWithdrawn, .flush,
  ]
}

/// Why a session was flushed, ended or switched.
public enum SwitchReason: String, Sendable {
  /// `/new`.
  case new
  /// `/reset`.
  case reset
  /// `/resume`.
  case resume
  /// `/branch`.
  case branch
  /// Compaction in place.
  case compress
  /// Idle or daily expiry.
  case expired
  /// The session was deleted.
  case delete
  /// The session was moved to another key.
  case move
  /// The host stops.
  case stop
}

/// One event of the bus. Fields that a kind does not use are at their defaults.
public struct BusEvent: Sendable, Equatable {
  /// What happened; exactly one bit.
  public var kind: EventKind
  /// Its place in the bus's order; 0 for events that are not journalled.
  public var sequence: BusSequence = 0
  /// What it is about.
  public var context: CallContext
  /// The new session of a switch.
  public var newSession: SessionID?
  /// The parent of the new session of a switch.
  public var newParent: SessionID?
  /// The highest turn index of the new session at that time.
  public var newLastTurn: TurnIndex = 0
  /// The epoch after a switch.
  public var newEpoch: Epoch = 0
  /// The old session of a switch leaves the default listings.
  public var isReset = false
  /// The new session of a switch shares turns with the old one.
  public var isRewound = false
  /// What the person wrote, or the query of a prefetch.
  public var userText = ""
  /// What the agent answered.
  public var answerText = ""
  /// The platform's message id.
  public var messageID = ""
  /// When it happened.
  public var time = WallTime(milliseconds: 0)
  /// What a prefetch is answered under.
  public var operation: OperationID?
  /// Until when a prefetch is wanted.
  public var deadline: Instant?
  /// Delivered again after a restart.
  public var isRedelivered = false

  /// An event of one kind.
  public init(kind: EventKind, context: CallContext) {
    self.kind = kind
    self.context = context
  }
}

/// What a call to a plugin is about; a provider never has to remember which session is current.
public struct CallContext: Sendable, Equatable {
  /// The session, nil if the call is about none.
  public var session: SessionID?
  /// Its key.
  public var key: SessionKey?
  /// The session it came from.
  public var parent: SessionID?
  /// Whose memories.
  public var scope = Scope("")
  /// Epoch of the key.
  public var epoch: Epoch = 0
  /// First turn that this is about, 0 if none.
  public var firstTurn: TurnIndex = 0
  /// Last turn that this is about, 0 if none.
  public var lastTurn: TurnIndex = 0
  /// The person, as the channel names them.
  public var user = ""
  /// Why.
  public var reason = ""

  /// About nothing in particular.
  public init() {}

  /// About a session.
  public init(_ session: SessionRecord, key: SessionKey? = nil, epoch: Epoch = 0) {
    self.session = session.id
    self.key = key ?? session.key
    parent = session.parent
    scope = session.scope
    user = session.user
    self.epoch = epoch
  }
}
