internal import HoldfastThreads
internal import Synchronization

/// Whether the host has work, told by whoever handles its inputs to the thread that probes it. That
/// thread sleeps long while there is none, and is woken by the first; telling costs a look at one
/// number otherwise.
final class Workload: Sendable {
  private let monitor = Monitor()
  private let busy = Atomic(false)
  private let resting = Atomic(false)
  private let isOver = Atomic(false)

  /// Whether there was work when that was told last.
  var isBusy: Bool { busy.load(ordering: .sequentiallyConsistent) }

  /// Tells whether there is work; on the thread that handles inputs, without the engine's lock.
  @inline(__always)
  func note(isBusy: Bool) {
    if busy.load(ordering: .relaxed) != isBusy {
      busy.store(isBusy, ordering: .sequentiallyConsistent)
    }
    if isBusy, resting.load(ordering: .relaxed) { stir() }
  }

  private func stir() {
    monitor.withLock { resting.store(false, ordering: .relaxed) }
    monitor.wake()
  }

  /// Sleeps until then; where `untilBusy`, at most until there is work. False once it is over.
  func rest(until nanoseconds: UInt64, untilBusy: Bool) -> Bool {
    monitor.withLock {
      if untilBusy { resting.store(true, ordering: .sequentiallyConsistent) }
      while monotonicNanoseconds() < nanoseconds, !hasEnded {
        if untilBusy, isBusy || !resting.load(ordering: .relaxed) { break }
        monitor.wait(until: nanoseconds)
      }
      resting.store(false, ordering: .relaxed)
      return !hasEnded
    }
  }

  private var hasEnded: Bool { isOver.load(ordering: .relaxed) }

  /// Nobody is to sleep any more.
  func end() {
    monitor.withLock { isOver.store(true, ordering: .relaxed) }
    monitor.wakeAll()
  }
}
