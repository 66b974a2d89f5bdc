internal import Glibc

/// A mutex with one condition. The standard library's own mutex is not used because its internals
/// look like races to the thread sanitizer.
public final class Monitor: @unchecked Sendable {
  // Safe: both are made for use by several threads, never move, and live as long as this object.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>

  /// An open monitor that nobody waits for.
  public init() {
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    condition.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Waits until no other thread holds it.
  public func lock() { pthread_mutex_lock(mutex) }

  /// Gives it up, on the thread that holds it.
  public func unlock() { pthread_mutex_unlock(mutex) }

  /// Runs `body` while holding it.
  @inlinable
  public func withLock<Value: ~Copyable, Failure: Error>(
    _ body: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    lock()
    defer { unlock() }
    return try body()
  }

  /// Gives the lock up until `wake`, or now and then without a reason.
  public func wait() { pthread_cond_wait(condition, mutex) }

  /// As `wait`, at most until the monotonic clock shows `nanoseconds`.
  public func wait(until nanoseconds: UInt64) {
    var time = timespec(
      tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    pthread_cond_timedwait(condition, mutex, &time)
  }

  /// Wakes one thread that waits.
  public func wake() { pthread_cond_signal(condition) }

  /// Wakes every thread that waits.
  public func wakeAll() { pthread_cond_broadcast(condition) }
}

/// The monotonic clock, in nanoseconds.
public func monotonicNanoseconds() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
