/// Counts the turns of a session from 1; never used again, not even after an undo.
public typealias TurnIndex = UInt64

/// Counter of a session key: one more whenever the key is bound to another session or its
/// transcript is rewound.
public typealias Epoch = UInt64

/// Place in the one order of the bus; strictly increasing for the life of a journal.
public typealias BusSequence = UInt64

/// Name of a plugin instance in the configuration.
public struct InstanceID: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// As written in the configuration.
  public let description: String

  /// Names an instance.
  public init(_ name: String) { description = name }

  /// Whether `left` comes first, by value.
  public static func < (left: InstanceID, right: InstanceID) -> Bool {
    left.description < right.description
  }
}

extension InstanceID: TableKey {
  /// FNV-1a, by Fowler, Noll and Vo; the names are the configuration's, few and short.
  public var mark: UInt64 {
    var mark: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in description.utf8 { mark = (mark ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return mark
  }
}

/// One memory provider at one destination: what watermarks are kept for. Numbered by the journal.
public struct EnrolmentID: Hashable, Comparable, Sendable {
  /// The journal's number.
  public let value: Int64

  /// Names an enrolment.
  public init(_ value: Int64) { self.value = value }

  /// Whether `left` comes first, by value.
  public static func < (left: EnrolmentID, right: EnrolmentID) -> Bool { left.value < right.value }
}

extension EnrolmentID: TableKey {
  /// The number itself.
  public var mark: UInt64 { UInt64(bitPattern: value) }
}

/// A call to a plugin that is to be answered once. Never used again while the host runs, so an
/// answer that comes late or twice names nothing.
public struct OperationID: Hashable, Comparable, Sendable {
  /// The number that plugins see; 0 names nothing.
  public let value: UInt64

  /// Names an operation.
  public init(_ value: UInt64) { self.value = value }

  /// Whether `left` comes first, by value.
  public static func < (left: OperationID, right: OperationID) -> Bool { left.value < right.value }
}

/// Whose memories these are. Recall never crosses it.
public struct Scope: Hashable, Sendable, CustomStringConvertible {
  /// Encoded form, as plugins see it.
  public let description: String

  /// Names a scope by its encoded form.
  public init(_ text: String) { description = text }
}

/// A place on the monotonic clock, in nanoseconds since an arbitrary start. Ages and deadlines are
/// made of these alone.
public struct Instant: Hashable, Comparable, Sendable {
  /// Nanoseconds since the clock's start, in two's complement: what the journal remembers may have
  /// been before it.
  public var nanoseconds: UInt64

  /// The instant so many nanoseconds after the clock's start.
  public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

  /// Whether `left` comes first, by value.
  public static func < (left: Instant, right: Instant) -> Bool {
    Int64(bitPattern: left.nanoseconds) < Int64(bitPattern: right.nanoseconds)
  }

  /// The instant `duration` earlier; negative durations count as zero.
  public static func - (instant: Instant, duration: Duration) -> Instant {
    Instant(nanoseconds: instant.nanoseconds &- duration.nanoseconds)
  }

  /// The instant `duration` later, at most the last there is; negative durations count as zero.
  public static func + (instant: Instant, duration: Duration) -> Instant {
    let (sum, overflow) = Int64(bitPattern: instant.nanoseconds)
      .addingReportingOverflow(Int64(clamping: duration.nanoseconds))
    return Instant(nanoseconds: UInt64(bitPattern: overflow ? .max : sum))
  }

  /// Time from `earlier` to this instant, zero if that lies ahead.
  public func since(_ earlier: Instant) -> Duration {
    .nanoseconds(self > earlier ? Int64(bitPattern: nanoseconds &- earlier.nanoseconds) : 0)
  }
}

extension Duration {
  /// Whole nanoseconds, zero if negative, at most some 292 years.
  public var nanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? .max >> 1 : product &+ UInt64(attoseconds / 1_000_000_000)
  }

  /// Whole milliseconds, zero if negative.
  public var milliseconds: UInt64 { nanoseconds / 1_000_000 }
}

/// A time of day, for people and for plugins. Never used for ages: it may jump.
public struct WallTime: Hashable, Comparable, Sendable {
  /// Unix time in milliseconds.
  public var milliseconds: Int64

  /// The time so many milliseconds after the Unix epoch.
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// Whether `left` comes first, by value.
  public static func < (left: WallTime, right: WallTime) -> Bool {
    left.milliseconds < right.milliseconds
  }
}
