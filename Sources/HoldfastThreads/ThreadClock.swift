internal import Glibc
internal import Synchronization

/// The processor time of one thread, which others may read while it runs and after its end.
public final class ThreadClock: Sendable {
  /// The system's name for the clock, 0 before the thread begins and after it has ended. A name
  /// that is used just after the end is refused by the system, or is that of a new thread of this
  /// process for one look.
  private let name = Atomic<Int32>(0)
  private let final = Atomic<UInt64>(0)

  /// Of a thread that has not begun.
  public init() {}

  /// On the thread, when it begins.
  public func begin() {
    var clock = clockid_t()
    if pthread_getcpuclockid(pthread_self(), &clock) == 0 {
      name.store(clock, ordering: .releasing)
    }
  }

  /// On the thread, as one of its last acts.
  public func end() {
    final.store(Self.time(CLOCK_THREAD_CPUTIME_ID) ?? 0, ordering: .relaxed)
    name.store(0, ordering: .releasing)
  }

  /// Whether the thread has begun and not ended.
  public var isRunning: Bool { name.load(ordering: .acquiring) != 0 }

  /// Nanoseconds of processor time so far.
  public var nanoseconds: UInt64 {
    let clock = name.load(ordering: .acquiring)
    if clock != 0, let time = Self.time(clock) { return time }
    return final.load(ordering: .relaxed)
  }

  private static func time(_ clock: clockid_t) -> UInt64? {
    var time = timespec()
    guard clock_gettime(clock, &time) == 0 else { return nil }
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
