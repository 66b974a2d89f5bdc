/// What a session that has been at it for long is considered to be.
public struct Attention: Sendable, Equatable {
  /// What is reported.
  public enum Event: String, Sendable {
    /// At work, and nothing says that it will not end.
    case longRunning = "session.long_running"
    /// At work without progress.
    case stalled = "session.stalled"
    /// Messages wait or a state was left behind, and nothing is at work.
    case stuck = "session.stuck"
  }

  /// What recovery goes by.
  public enum Classification: String, Sendable {
    /// Left alone.
    case longRunning = "long_running"
    /// A run that makes no progress.
    case stalledRun = "stalled_agent_run"
    /// A tool that does not come back.
    case blockedTool = "blocked_tool_call"
    /// Only the books say that something is at work.
    case staleState = "stale_session_state"
  }

  /// What is reported.
  public var event: Event
  /// Why, in the words of metrics and logs.
  public var reason: String
  /// What recovery goes by.
  public var classification: Classification
  /// The work it is about, nil where there is none that counts.
  public var work: WorkKind?
  /// Whether recovery may begin without permission to abort anything.
  public var isRecoverable: Bool
}

/// From which age on a session draws attention.
public struct AttentionThresholds: Sendable, Equatable {
  /// Without progress for longer than this is not well.
  public var stuckAfter: Duration
  /// Without progress for as long as this may be aborted.
  public var abortAfter: Duration

  /// Two minutes, unless said otherwise; for aborting the larger of five minutes and three times
  /// the first.
  public init(stuckAfter: Duration = .seconds(120), abortAfter: Duration? = nil) {
    self.stuckAfter = stuckAfter
    self.abortAfter = abortAfter ?? max(.seconds(300), stuckAfter * 3)
  }
}
