/// Work that may never come to its end, on a thread of its own.
public enum BoundedWork {
  /// What comes of it, nil if it takes more than so many nanoseconds. It goes on then, and what
  /// still comes of it is handed to `late`, on its thread.
  public static func result<Value: Sendable>(
    on name: String, within nanoseconds: UInt64, of body: @escaping @Sendable () -> Value,
    late: @escaping @Sendable (Value) -> Void = { _ in }
  ) -> Value? {
    let outcome = Outcome<Value>()
    NamedThread(name) {
      let value = body()
      if !outcome.give(value) { late(value) }
    }.detach()
    return outcome.take(until: monotonicNanoseconds() + nanoseconds)
  }

  /// What both sides look at.
  private final class Outcome<Value: Sendable>: @unchecked Sendable {
    // Safe: used under the monitor's lock.
    private let monitor = Monitor()
    private var value: Value?
    private var isAwaited = true

    /// False if nobody waits for it any more.
    func give(_ value: Value) -> Bool {
      defer { monitor.wakeAll() }
      return monitor.withLock {
        self.value = value
        return isAwaited
      }
    }

    func take(until end: UInt64) -> Value? {
      monitor.withLock {
        while value == nil, monotonicNanoseconds() < end { monitor.wait(until: end) }
        isAwaited = false
        return value
      }
    }
  }
}
