import HoldfastThreads
import Synchronization

/// Items for one thread, in order. Putting one in never waits for that thread, and wakes it only if
/// it sleeps.
final class WorkQueue<Item: Sendable>: Probed, @unchecked Sendable {
  // Safe: everything but `isFilled` is used under the monitor's lock.
  private let monitor = Monitor()
  private let isFilled = Atomic(false)
  private let spins: Int
  private var items: [Item] = []
  private var isClosed = false
  private var isSleeping = false
  let probe = ThreadProbe()

  /// `spins`: how often the thread looks for new items before it sleeps.
  init(spins: Int) { self.spins = spins }

  /// False once the queue is closed: the item is not in it.
  @discardableResult
  func put(_ item: Item) -> Bool {
    monitor.lock()
    if isClosed {
      monitor.unlock()
      return false
    }
    items.append(item)
    if items.count == 1 { isFilled.store(true, ordering: .releasing) }
    let mustWake = isSleeping
    isSleeping = false
    monitor.unlock()
    if mustWake { monitor.wake() }
    return true
  }

  func sendProbe(at nanoseconds: UInt64) {
    monitor.lock()
    probe.send(at: nanoseconds)
    let mustWake = isSleeping
    monitor.unlock()
    if mustWake { monitor.wake() }
  }

  /// Takes nothing more; what is there is still handed out.
  func close() {
    monitor.withLock {
      isClosed = true
      isSleeping = false
    }
    isFilled.store(true, ordering: .releasing)
    monitor.wakeAll()
  }

  /// How much waits.
  var count: Int { monitor.withLock { items.count } }

  /// Waits for items and swaps them for `batch`, which must be empty; false if the queue is closed
  /// and empty.
  func take(into batch: inout [Item]) -> Bool {
    for _ in 0..<spins where isFilled.load(ordering: .acquiring) { break }
    monitor.lock()
    defer { monitor.unlock() }
    while items.isEmpty {
      probe.answer()
      if isClosed { return false }
      isSleeping = true
      monitor.wait()
    }
    isSleeping = false
    probe.answer()
    probe.noteRound()
    swap(&items, &batch)
    isFilled.store(isClosed, ordering: .releasing)
    return true
  }
}
