/// Section `[lock]`.
public struct LockSettings: Sendable, Equatable {
  /// How long somebody waits for a session's write lock before it is told who holds it.
  public var acquireTimeout: Duration = .seconds(60)
  /// How long a decision may hold the lock before that is reported.
  public var maxHold: Duration = .seconds(30)

  /// The defaults.
  public init() {}
}
