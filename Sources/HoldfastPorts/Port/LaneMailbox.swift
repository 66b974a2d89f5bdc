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
      batch.append(event, number: number)
      return wasEmpty
    }
    if wasEmpty { bell.ring() }
  }

  func change(_ body: (inout MailBatch) -> Void) {
    let wasEmpty = lock.withLock {
      let wasEmpty = batch.isEmpty
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
      if !taken.isEmpty { return true }
      bell.wait(since: rings, spins: former >= Self.burst ? Self.spins : 0)
    }
  }
}
