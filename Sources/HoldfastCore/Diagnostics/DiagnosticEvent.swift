/// Something that diagnostics keeps: what happened, when, to whom and for how long, never what was
/// said. Whoever makes one gives it its number, so that a gap shows that one was dropped.
public struct DiagnosticEvent: Sendable, Equatable {
  /// What happened.
  public enum Name: String, Sendable, CaseIterable {
    /// A session's lane changed between idle, waiting and processing.
    case sessionState = "session.state"
    /// A session is at work for long.
    case longRunning = "session.long_running"
    /// A session is at work without progress.
    case stalled = "session.stalled"
    /// Messages wait, or a state was left behind, and nothing is at work.
    case stuck = "session.stuck"
    /// Recovery of a session was asked for.
    case recoveryRequested = "session.recovery.requested"
    /// Recovery of a session came to an end; `outcome` says how.
    case recoveryCompleted = "session.recovery.completed"
    /// A message was accepted and waits.
    case queueEnqueued = "queue.enqueued"
    /// A message waits no more; `duration` is how long it did.
    case queueDequeued = "queue.dequeued"
    /// A turn began.
    case turnStarted = "turn.started"
    /// A turn came to its end; `outcome` says how, `duration` how long it took.
    case turnCompleted = "turn.completed"
    /// A model was asked.
    case modelStarted = "model_call.started"
    /// A model answered, or did not.
    case modelEnded = "model_call.ended"
    /// A tool was called.
    case toolStarted = "tool_call.started"
    /// A tool answered, or did not.
    case toolEnded = "tool_call.ended"
    /// A plugin's library was loaded and its instance made.
    case pluginLoaded = "plugin.loaded"
    /// A plugin can be called.
    case pluginStarted = "plugin.started"
    /// A plugin ended without being asked to.
    case pluginCrashed = "plugin.crashed"
    /// Nothing more is asked of a plugin.
    case pluginQuarantined = "plugin.quarantined"
    /// A call to a plugin took longer than its deadline.
    case pluginCallSlow = "plugin.call.slow"
    /// A batch was acknowledged; `count` turns.
    case memoryRetained = "memory.retained"
    /// A batch was not acknowledged.
    case memoryRetainFailed = "memory.retain_failed"
    /// A batch was refused for good.
    case memoryParked = "memory.parked"
    /// A recall came for a session or an epoch that is over.
    case recallStale = "recall.stale"
    /// Somebody waited for a session's write lock; `duration` says how long.
    case lockWaited = "lock.waited"
    /// Somebody waited for a session's write lock in vain.
    case lockTimeout = "lock.timeout"
    /// A thread does not come to its work.
    case livenessWarning = "liveness.warning"
    /// The heartbeat has looked at `count` sessions.
    case heartbeat

    /// Whether one may be left out where there is no room: never what belongs to a life cycle.
    public var isSample: Bool { self == .heartbeat || self == .livenessWarning }
  }

  /// Its number, without gaps within a run of the host.
  public var sequence: UInt64 = 0
  /// What happened.
  public var name: Name
  /// When, by the time of day.
  public var time = WallTime(milliseconds: 0)
  /// When, by the host's own clock: what ages are measured with.
  public var at = Instant(nanoseconds: 0)
  /// The session it is about.
  public var session: SessionID?
  /// The plugin it is about.
  public var instance: InstanceID?
  /// The call it is about, by the name that people know it by; or the state of a session.
  public var subject = ""
  /// How it ended, one word.
  public var outcome = ""
  /// Why: one of a closed set of words, or a sentence of the host's own.
  public var reason = ""
  /// How long it took, or how old it is.
  public var duration: Duration?
  /// How many.
  public var count: Int?

  /// An event of one name.
  public init(_ name: Name) { self.name = name }
}
