/// An event as programs and people are shown it: one of diagnostics, or the kind of one of the bus,
/// whose names begin with `bus.`. What does not apply is left out.
public struct EventLine: Codable, Sendable, Equatable {
  /// Its number among those of its sort, 0 for an event of the bus that is not journalled.
  public var sequence: UInt64
  /// What happened.
  public var name: String
  /// Unix time in milliseconds.
  public var timeMilliseconds: Int64
  /// The session it is about.
  public var session: String?
  /// The plugin it is about.
  public var plugin: String?
  /// The call it is about, or the state of a session.
  public var subject: String?
  /// How it ended.
  public var outcome: String?
  /// Why.
  public var reason: String?
  /// How long it took.
  public var durationMilliseconds: Double?
  /// How many.
  public var count: Int?

  /// An event of diagnostics.
  public init(_ event: DiagnosticEvent) {
    sequence = event.sequence
    name = event.name.rawValue
    timeMilliseconds = event.time.milliseconds
    session = event.session?.description
    plugin = event.instance?.description
    subject = event.subject.isEmpty ? nil : event.subject
    outcome = event.outcome.isEmpty ? nil : event.outcome
    reason = event.reason.isEmpty ? nil : event.reason
    durationMilliseconds = event.duration.map { Double($0.nanoseconds / 1000) / 1000 }
    count = event.count
  }

  /// An event of the bus; nil for a mark of the host's own.
  public init?(_ published: PublishedEvent) {
    guard let name = BusEventName.name(of: published.kind) else { return nil }
    self.name = name
    sequence = published.sequence
    timeMilliseconds = published.time.milliseconds
    session = published.session?.description
  }

  /// Whether it is one of the bus.
  public var isOfBus: Bool { name.hasPrefix(BusEventName.prefix) }

  /// Whether it may be left out where there is no room.
  public var isSample: Bool { DiagnosticEvent.Name(rawValue: name)?.isSample ?? isOfBus }
}

/// That an event of the bus went out: its kind, never its content.
public struct PublishedEvent: Sendable, Equatable {
  /// What happened.
  public var kind: EventKind
  /// Its place in the bus's order, 0 if it is not journalled.
  public var sequence: BusSequence
  /// The session it is about.
  public var session: SessionID?
  /// When.
  public var time: WallTime

  /// An event.
  public init(_ event: BusEvent, at time: WallTime) {
    kind = event.kind
    sequence = event.sequence
    session = event.context.session
    self.time = time
  }
}

/// What the bus's events are called where they stand beside those of diagnostics.
public enum BusEventName {
  /// What all of them begin with.
  public static let prefix = "bus."

  private static let names: [(EventKind, String)] = [
    (.sessionOpened, "session.opened"), (.sessionSwitched, "session.switched"),
    (.sessionEnded, "session.ended"), (.sessionDeleted, "session.deleted"),
    (.sessionCompacting, "session.compacting"), (.turnStarted, "turn.started"),
    (.turnCompleted, "turn.completed"), (.turnInterrupted, "turn.interrupted"),
    (.turnsWithdrawn, "turns.withdrawn"), (.messageReceived, "message.received"),
    (.messageSent, "message.sent"), (.configChanged, "config.changed"),
    (.hostStopping, "host.stopping"),
  ]

  /// All of them.
  public static let all = names.map { prefix + $0.1 }

  /// The name of a single kind; nil for a mark of the host's own.
  public static func name(of kind: EventKind) -> String? {
    names.first { $0.0 == kind }.map { prefix + $0.1 }
  }
}
