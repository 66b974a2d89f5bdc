public import HoldfastCore
public import HoldfastThreads

/// Where the host meets one plugin, wherever its code runs. All functions may be called from any
/// thread and return at once; what comes of them is reported.
public protocol PluginPort: AnyObject, Sendable {
  /// The instance behind it.
  var instance: InstanceID { get }

  /// Asks the plugin for something, once it reported `created`. There is exactly one answer under
  /// `operation`, unless it is cancelled first. The deadline is told to the plugin; keeping it is
  /// the caller's business.
  func submit(_ call: PluginCall, as operation: OperationID, deadline: Instant?)

  /// Hands over an event. Numbers increase from call to call; `handledEvents` names them. A
  /// prefetch with an operation is answered like a recall.
  func deliver(_ event: BusEvent, number: UInt64)

  /// The same for several events at the cost of one hand-off.
  func deliver(_ events: [(BusEvent, UInt64)])

  /// Answers a message that was reported as received.
  func receipt(_ receipt: Receipt, token: UInt64, messageID: String)

  /// The host has moved on: no answer to the operation is reported any more. The plugin is told if
  /// it still works on it, and never called if it has not begun. `returned` is reported as soon as
  /// the operation does not hold a thread of the plugin, or no longer.
  func cancel(_ operation: OperationID)

  /// The settings that the next `configChanged` event carries.
  func update(configuration: ConfigurationValue)

  /// Ends the instance after the call in progress; what waits behind it is dropped. `destroyed` is
  /// the last report.
  func destroy()

  /// What the plugin's threads are busy with, nil for none: the call that began first.
  var occupancy: PortOccupancy? { get }

  /// What went wrong at this boundary so far.
  var counters: PortCounters { get }

  /// The plugin's threads, its own first; none for a plugin whose code runs elsewhere. Those that
  /// have ended stay.
  var threads: [any PortThread] { get }
}

extension PluginPort {
  /// Processor time of all its threads so far.
  public var processorTime: Duration { threads.reduce(.zero) { $0 + $1.processorTime } }
}

/// A call in progress.
public struct PortOccupancy: Sendable, Equatable {
  /// Name of the call, such as `retain`.
  public var call: String
  /// When it began; may be some milliseconds early.
  public var since: Instant
  /// The session that it is about.
  public var session: SessionID?
  /// Threads of other plugins that wait for its end.
  public var behind = 0

  /// A call in progress.
  public init(call: String, since: Instant) {
    self.call = call
    self.since = since
  }
}

/// A thread on which the host calls a plugin, as whoever watches it sees it; from any thread.
public protocol PortThread: Probed {
  /// The call that it is in.
  var occupancy: PortOccupancy? { get }
  /// The plugin whose library is being loaded while this one waits for its turn.
  var predecessor: InstanceID? { get }
  /// What waits for it, and since when the first has, at the earliest; nil if nothing does.
  var waiting: (count: Int, since: Instant)? { get }
  /// Processor time that it has used, all of it once it has ended.
  var processorTime: Duration { get }
  /// Whether it has begun and not ended.
  var isAlive: Bool { get }
}

/// What a plugin did that it must not, counted since it was started.
public struct PortCounters: Sendable, Equatable {
  /// Answers to operations that were over, or never were.
  public var staleAnswers = 0
  /// Recalled items of another scope; they were dropped.
  public var deniedItems = 0
  /// Texts that were not UTF-8.
  public var malformedTexts = 0
  /// Lines of log over the rate limit; they were dropped.
  public var droppedLines = 0
  /// Messages that were refused on arrival.
  public var refusedMessages = 0

  /// Nothing yet.
  public init() {}
}

/// Bounds on what a plugin may hand over.
public enum PortLimits {
  /// Longest text of a message or an answer, in bytes.
  public static let text = 1 << 20
  /// Longest name, id or title, in bytes.
  public static let name = 4096
  /// Messages of one instance that wait for their receipt.
  public static let unreceipted = 1024
  /// Items of a prefetch.
  public static let prefetchItems = 16
  /// Characters of all items of a prefetch.
  public static let prefetchCharacters = 16_384
  /// Longest text that is kept in a summary, in bytes.
  public static let kept = 4096
  /// Sessions of one instance that calls are made for at the same time: its threads.
  public static let sessions = 8
  /// Sessions of one instance whose batches may be under way while it answers them later, so that
  /// none of them holds a thread.
  public static let pendingSessions = 64
  /// Time between two reports of progress of one operation.
  public static let progressInterval = Duration.milliseconds(100)
}
