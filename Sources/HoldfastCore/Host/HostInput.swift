/// Names a question of the command line until it is answered.
public typealias RequestID = UInt64

/// How much a line of the log matters.
public enum LogLevel: Int32, Sendable, Comparable {
  /// Something is lost or will not work without a person.
  case error = 1
  /// Something is not as it should be.
  case warning = 2
  /// Something happened.
  case info = 3
  /// For authors.
  case debug = 4

  /// Orders by weight, the heaviest first.
  public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}

/// What the world tells the host.
public enum HostInput: Sendable {
  /// The first input: plugins are loaded and what the last host left goes on.
  case start
  /// Time has passed.
  case tick
  /// All transactions up to this one are synced.
  case committed(TransactionID)
  /// The journal wrote nothing of a transaction, as a guard in it says.
  case refused(TransactionID, JournalRefusal)
  /// The journal cannot be written now and keeps trying; a sentence with the file and the remedy.
  case journalStalled(String)
  /// The journal can be written again.
  case journalResumed
  /// The journal is written, but its log grows, for a reason for people; nil: not any more.
  case journalLogGrows(String?)
  /// The answer to a question.
  case answered(ReadID, JournalAnswer)
  /// A plugin's port reports.
  case plugin(InstanceID, PluginReport)
  /// The command line asks.
  case control(RequestID, ControlRequest)
  /// Whoever asked that of the command line is gone: if it waits, it is not done.
  case withdrawn(RequestID)
  /// A turn that was answered elsewhere is to be kept as a fact, in the session that is current at
  /// a place where nothing runs now.
  case finished(SessionKey, userText: String, answerText: String)
  /// It is time to look at every session that is busy or that somebody waits for. `lateBy` is how
  /// much later than it meant to whoever gives this woke up.
  case heartbeat(lateBy: Duration)
  /// A thread does not come to its work, or a call holds one for long.
  case liveness(LivenessWarning)
  /// The host is to stop in an orderly way.
  case stop
}

/// What the host wants done.
public enum HostEffect: Sendable {
  /// Write this and report when it is synced.
  case commit(Transaction)
  /// Ask the journal.
  case ask(ReadID, JournalQuery)
  /// Forget what nobody needs any more.
  case prune(PruneLimits)
  /// Load a plugin and create its instance, on a thread of its own.
  case load(InstanceID)
  /// Destroy an instance.
  case destroy(InstanceID)
  /// Call a plugin.
  case call(InstanceID, OperationID, PluginCall, deadline: Instant?)
  /// Hand an event to a plugin.
  case deliver(InstanceID, BusEvent, number: UInt64)
  /// Answer an inbound message.
  case receipt(InstanceID, Receipt, token: UInt64, messageID: String)
  /// Tell a plugin that an operation is not wanted any more.
  case cancel(InstanceID, OperationID)
  /// Answer the command line.
  case answer(RequestID, ControlAnswer)
  /// Add a line to the log.
  case log(LogLevel, String)
  /// Keep this for diagnostics, and tell whoever follows along.
  indirect case diagnostic(DiagnosticEvent)
  /// An event of the bus goes out; for whoever follows along.
  indirect case published(PublishedEvent)
  /// Every plugin is loaded or has failed.
  case ready
  /// This host may not write any more, for a reason for people: it ends at once.
  case fenced(String)
  /// The orderly stop is complete.
  case stopped(StopSummary)
}

/// What an orderly stop leaves behind, per memory enrolment.
public struct StopSummary: Sendable, Equatable {
  /// One enrolment.
  public struct Row: Sendable, Equatable {
    /// Name in the configuration.
    public var instance: InstanceID
    /// Whose sessions.
    public var agent: String
    /// Turns acknowledged since the host started.
    public var acknowledged: UInt64
    /// Turns that are sent at the next start.
    public var deferred: Int
    /// Batches that wait for a person.
    public var parked: Int
  }

  /// Every enrolment that is not detached.
  public var rows: [Row] = []
  /// Messages that wait for the next start.
  public var waitingMessages = 0
  /// Replies that wait for the next start.
  public var pendingReplies = 0
  /// Plugins that did not return in time.
  public var unresponsive: [InstanceID] = []

  /// Nothing left behind.
  public init() {}
}
