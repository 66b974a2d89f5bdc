import HoldfastCore
import HoldfastThreads

/// Moves pages from the log to the file on a thread of its own, so that no commit waits for it.
/// Under a load that never pauses the log is never wholly moved, and SQLite cannot begin it anew:
/// past its limit the last few pages are moved between two groups.
final class Checkpointer: @unchecked Sendable {
  /// Bytes of a page in the log.
  static let pageBytes = 4096

  // Safe: `connection` is used by the checkpointing thread only; the rest under the monitor's lock.
  private var connection: Connection
  private let logLimit: Int
  private let monitor = Monitor()
  private var isRequested = false
  private var isClosed = false
  private var rounds: UInt64 = 0
  private var fault: String?
  let turnstile = Turnstile()

  init(_ connection: consuming Connection, logLimit: Int) {
    self.connection = connection
    self.logLimit = logLimit
  }

  /// Asks for a round; returns at once.
  func request() {
    monitor.withLock { isRequested = true }
    monitor.wakeAll()
  }

  /// Asks for a round and waits for the end of one that began after this, at most for `limit`.
  func waitForRound(limit: Duration) {
    let end = monotonicNanoseconds() + limit.nanoseconds
    monitor.lock()
    defer { monitor.unlock() }
    // The round that runs may have begun before.
    let wanted = rounds + 2
    while rounds < wanted, !isClosed, monotonicNanoseconds() < end {
      isRequested = true
      monitor.wakeAll()
      monitor.wait(until: end)
    }
  }

  /// Ends the thread after the round that runs.
  func close() {
    monitor.withLock { isClosed = true }
    monitor.wakeAll()
  }

  /// Why the last round failed, nil if it did not.
  var lastFault: String? { monitor.withLock { fault } }

  /// The thread's body.
  func run() {
    while next() {
      do throws(StorageFault) {
        // What is written meanwhile is not counted, so even a round that moved all may leave some.
        let pages = try connection.checkpoint(truncate: false)
        if pages * Self.pageBytes >= logLimit { try finish() }
        note(nil)
      } catch {
        note("\(error)")
      }
    }
  }

  private func finish() throws(StorageFault) {
    var failure: StorageFault?
    turnstile.hold {
      do throws(StorageFault) {
        _ = try connection.checkpoint(truncate: false)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }

  private func note(_ text: String?) {
    monitor.withLock {
      fault = text
      rounds += 1
    }
    monitor.wakeAll()
  }

  private func next() -> Bool {
    monitor.lock()
    defer { monitor.unlock() }
    while !isRequested, !isClosed { monitor.wait() }
    isRequested = false
    return !isClosed
  }
}
