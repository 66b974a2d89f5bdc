internal import HoldfastCore
internal import HoldfastThreads

/// Wakes at a fixed pace, on a thread of its own, and says each time by how much it was late.
final class Heartbeat: @unchecked Sendable {
  // Safe: `isOver` is used under the monitor's lock, `thread` only by whoever starts and ends it.
  private let monitor = Monitor()
  private let interval: UInt64
  private let beat: @Sendable (Duration) -> Void
  private var isOver = false
  private var thread: NamedThread?

  /// `beat` is called on the heartbeat's thread and returns soon.
  init(every interval: Duration, beat: @escaping @Sendable (_ lateBy: Duration) -> Void) {
    self.interval = interval.nanoseconds
    self.beat = beat
  }

  func start() {
    thread = NamedThread("hf-heartbeat", stackBytes: 128 * 1024) { [self] in run() }
  }

  /// No beat comes any more.
  func end() {
    monitor.withLock { isOver = true }
    monitor.wakeAll()
    thread?.join()
    thread = nil
  }

  private func run() {
    var due = monotonicNanoseconds() + interval
    monitor.lock()
    while !isOver {
      let now = monotonicNanoseconds()
      if now < due {
        monitor.wait(until: due)
        continue
      }
      monitor.unlock()
      beat(.nanoseconds(Int64(now - due)))
      monitor.lock()
      // From here on, so that one that was late is not made up for.
      due = now + interval
    }
    monitor.unlock()
  }
}
