import HoldfastCore
import HoldfastThreads

/// Moves pages from the log to the file on a thread of its own, so that no commit waits for it.
/// Under a load that never pauses the log is never wholly moved, and SQLite cannot begin it anew:
/// past its limit the last few pages are moved between two groups.
///
/// A sync of the file that fails may have lost pages that earlier rounds had moved, and SQLite
/// would not move those again: it counts them as moved. So nothing is moved any more, the log keeps
/// everything, and the next opening, which counts from the beginning, moves all of it.
final class Checkpointer: @unchecked Sendable {
  /// Nanoseconds without a commit that count as a pause.
  static let pause: UInt64 = 2_000_000

  /// Bytes of a page in the log.
  static let pageBytes = 4096

  // Safe: `connection` is used by the checkpointing thread only; the rest under the monitor's lock.
  private var connection: Connection
  private let logLimit: Int
  private let hurryBytes: Int
  private var lastCommit: UInt64 = 0
  private var logBytes = 0
  private let monitor = Monitor()
  private var isRequested = false
  private var isClosed = false
  private var rounds: UInt64 = 0
  private var isOver = false
  private var fault: String?
  let turnstile = Turnstile()

  /// Of a log that is worth moving from `checkpointBytes` on.
  init(_ connection: consuming Connection, checkpointBytes: Int, logLimit: Int) {
    self.connection = connection
    self.logLimit = logLimit
    hurryBytes = min(2 * checkpointBytes, logLimit)
  }

  /// A group was committed, and the log has so many pages now; `isDue` asks for a round. Returns at
  /// once.
  func committed(pages: Int, isDue: Bool) {
    monitor.withLock {
      lastCommit = monotonicNanoseconds()
      logBytes = pages * Self.pageBytes
      if isDue { isRequested = true }
    }
    if isDue { monitor.wakeAll() }
  }

  /// Asks for a round and waits for the end of one that began after this, at most for `limit`.
  func waitForRound(limit: Duration) {
    let end = monotonicNanoseconds() + limit.nanoseconds
    monitor.lock()
    defer { monitor.unlock() }
    // The round that runs may have begun before.
    let wanted = rounds + 2
    while rounds < wanted, !isClosed, !isOver, monotonicNanoseconds() < end {
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

  /// Whether a sync of the file has failed, so that nothing may be moved by this process any more.
  var hasFailedSync: Bool { monitor.withLock { isOver } }

  /// Why the last round failed, nil if it did not.
  var lastFault: String? { monitor.withLock { fault } }

  /// The thread's body. `tell` hears why nothing can be moved, and when it can again.
  func run(_ tell: (String?) -> Void) {
    while next() {
      do throws(StorageFault) {
        // What is written meanwhile is not counted, so even a round that moved all may leave some.
        let pages = try connection.checkpoint(truncate: false)
        if pages * Self.pageBytes >= logLimit { try finish() }
        note(nil, tell)
      } catch {
        if error.isFailedSync { monitor.withLock { isOver = true } }
        // Somebody was in the way for a moment; the next round moves what is left.
        note(error.isBusy ? nil : text(of: error), tell)
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

  private func text(of error: StorageFault) -> String {
    error.isFailedSync
      ? "the disk did not take pages that were moved before (\(error)); look at the disk, then "
        + "start the host again"
      : "pages cannot be moved (\(error)); free some space or look at the disk"
  }

  private func note(_ text: String?, _ tell: (String?) -> Void) {
    let isNews = monitor.withLock {
      defer {
        fault = text
        rounds += 1
      }
      return (fault == nil) != (text == nil)
    }
    monitor.wakeAll()
    if isNews { tell(text) }
  }

  private func next() -> Bool {
    monitor.lock()
    defer { monitor.unlock() }
    while !isRequested || isOver, !isClosed { monitor.wait() }
    // Moving pages syncs, and a commit that meets that waits for it: so it begins in a pause,
    // unless the load makes none.
    while !isClosed, logBytes < hurryBytes {
      let quiet = lastCommit + Self.pause
      if monotonicNanoseconds() >= quiet { break }
      monitor.wait(until: quiet)
    }
    isRequested = false
    return !isClosed
  }
}
