/// What `locks` shows: who holds what, since when, what for, and who waits. Ages are in
/// milliseconds of the monotonic clock.
public struct LockReport: Codable, Sendable, Equatable {
  /// The lock on the state.
  public var host = HostLockRow()
  /// Sessions that somebody holds, the longest held one first.
  public var sessions: [SessionLockRow] = []
  /// How long whatever arrived at a session waited until nobody else decided about it, since the
  /// host started.
  public var waits = DelayFigures()
  /// How long decisions about sessions took, what they waited for the journal included.
  public var holds = DelayFigures()

  /// Nothing is held.
  public init() {}
}

/// The lock that makes a host the only one on its state.
public struct HostLockRow: Codable, Sendable, Equatable {
  /// The process that holds it.
  public var pid: Int32 = 0
  /// Name of its machine.
  public var hostName = ""
  /// The start of that machine, as its kernel names it.
  public var bootID = ""
  /// Unix time in milliseconds at which it was taken.
  public var sinceMilliseconds: Int64 = 0
  /// Version of the host.
  public var version = ""
  /// What it is the lock on.
  public var stateFolder = ""
  /// Processes that wait for it, nil if the kernel does not say.
  public var standbys: Int?
  /// The owner token that everything is written under; 0 if that is not known.
  public var token: UInt64 = 0

  /// Nobody's.
  public init() {}
}

/// What is held of one session: the lane by a turn, or the write lock by a decision.
public struct SessionLockRow: Codable, Sendable, Equatable {
  /// The session.
  public var session = ""
  /// Where it is current.
  public var place = ""
  /// `lane` or `write`.
  public var lock = ""
  /// Who holds it: `message`, `command` or `operator`.
  public var holder = ""
  /// What for: `turn`, or what a decision is about.
  public var purpose = ""
  /// For how long.
  public var ageMilliseconds: UInt64 = 0
  /// What the holder waits for itself.
  public var waitsFor = ""
  /// It has held a write lock for longer than `lock.max_hold_ms`.
  public var isOverdue = false
  /// The session's owner token.
  public var token: UInt64 = 0
  /// How many wait for it.
  public var waiters = 0
  /// For how long the first of them has.
  public var oldestWaitMilliseconds: UInt64 = 0

  /// A row.
  public init() {}
}
