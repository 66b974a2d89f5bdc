internal import HoldfastCore
internal import HoldfastThreads

/// An answer that one thread waits for and another gives.
final class AwaitedAnswer: @unchecked Sendable {
  // Safe: used under the monitor's lock.
  private let monitor = Monitor()
  private var answer: ControlAnswer?

  func set(_ answer: ControlAnswer) {
    monitor.withLock { self.answer = answer }
    monitor.wakeAll()
  }

  /// The answer, nil if there is none in time.
  func get(within limit: Duration) -> ControlAnswer? {
    let end = monotonicNanoseconds() + limit.nanoseconds
    return monitor.withLock {
      while answer == nil, monotonicNanoseconds() < end { monitor.wait(until: end) }
      return answer
    }
  }
}
