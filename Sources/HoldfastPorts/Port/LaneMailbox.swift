import CShims
import HoldfastCore
import HoldfastThreads
import Synchronization

/// What waits for one thread of a plugin. Any thread puts in; that one thread takes out all there
/// is at once. It has no bound of its own: the host hands over no more events than its bus allows
/// to be unhandled, and no more calls than a plugin may have outstanding.
final class LaneMailbox: @unchecked Sendable {
  // Safe to share: `batch` is touched only with the lock held, `closed` is atomic.
  private let lock = Monitor()
  private let bell = Doorbell()
  // The lock already sees to it that there is one access at a time.
  @exclusivity(unchecked) private var batch = MailBatch()
  private let closed = Atomic<Bool>(false)
  let probe = ThreadProbe()
  /// Items that the thread took out and has not begun with, and since when the first of them
  /// waited; only that thread writes them.
  private let held = Atomic<Int>(0)
  private let heldSince = Atomic<UInt64>(0)

  /// How long the thread looks for more before it sleeps: some microseconds, and only within a
  /// burst. After a single event it sleeps at once, since the scheduler lets a thread that has used
  /// little time run as soon as it is woken: with a spin the next hand-off takes 13 µs, without 3.
  private static let spins: UInt32 = 200

  /// So many items at once are a burst.
  private static let burst = 4

  func put(_ item: MailItem) { change { $0.append(item) } }

  func put(_ event: borrowing BusEvent, number: UInt64) {
    let wasEmpty = lock.withLock {
      let wasEmpty = batch.isEmpty
      if wasEmpty { batch.since = cshims_monotonic_coarse_ns() }
      batch.append(event, number: number)
      return wasEmpty
    }
    if wasEmpty { bell.ring() }
  }

  func change(_ body: (inout MailBatch) -> Void) {
    let wasEmpty = lock.withLock {
      let wasEmpty = batch.isEmpty
      if wasEmpty { batch.since = cshims_monotonic_coarse_ns() }
      body(&batch)
      return wasEmpty && !batch.isEmpty
    }
    if wasEmpty { bell.ring() }
  }

  /// Nothing is to be taken out any more; the thread that waits comes back.
  func close() {
    closed.store(true, ordering: .sequentiallyConsistent)
    bell.ring()
  }

  var isClosed: Bool { closed.load(ordering: .relaxed) }

  /// Waits for mail and exchanges it for `taken`, which must be empty; `former` says how many items
  /// there were the last time. False once the box is closed.
  func take(_ taken: inout MailBatch, former: Int) -> Bool {
    while true {
      let rings = bell.rings
      if closed.load(ordering: .sequentiallyConsistent) { return false }
      lock.withLock { swap(&batch, &taken) }
      probe.answer()
      if !taken.isEmpty {
        probe.noteRound()
        heldSince.store(taken.since, ordering: .relaxed)
        return true
      }
      bell.wait(since: rings, spins: former >= Self.burst ? Self.spins : 0)
    }
  }

  /// So many of the items that were taken out are still to be begun with; from the thread.
  @inline(__always)
  func holds(_ count: Int) { held.store(count, ordering: .relaxed) }

  /// What waits for the thread, and for how long the first has, at most; nil if nothing does.
  var waiting: (count: Int, since: Instant)? {
    let held = held.load(ordering: .relaxed)
    let (count, since) = lock.withLock { (batch.items.count, batch.since) }
    guard held + count > 0 else { return nil }
    return (
      held + count, Instant(nanoseconds: held > 0 ? heldSince.load(ordering: .relaxed) : since)
    )
  }

  /// Sends the probe, and wakes the thread.
  func sendProbe(at nanoseconds: UInt64) {
    probe.send(at: nanoseconds)
    bell.ring()
  }
}
