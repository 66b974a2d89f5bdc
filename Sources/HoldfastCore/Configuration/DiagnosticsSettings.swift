/// Section `[diagnostics]`.
public struct DiagnosticsSettings: Sendable, Equatable {
  /// How often sessions are looked at that are busy or that somebody waits for.
  public var heartbeatInterval: Duration = .seconds(30)
  /// For how long a session may be at it before it is looked at, and silent before it is reported.
  public var stuckAfter: Duration = .seconds(120)
  /// For how long a turn may be silent before it may be aborted; nil: the larger of five minutes
  /// and three times `stuckAfter`.
  public var abortAfter: Duration?
  /// How long a plugin has to return from a call of a turn that is being aborted.
  public var cancelWait: Duration = .seconds(15)

  /// The defaults.
  public init() {}

  /// What the classifier goes by.
  public var thresholds: AttentionThresholds {
    AttentionThresholds(stuckAfter: stuckAfter, abortAfter: abortAfter)
  }
}
