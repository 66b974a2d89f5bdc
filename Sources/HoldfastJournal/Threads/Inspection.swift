import HoldfastCore
import HoldfastThreads
import Synchronization

/// Reads the whole file once, on a thread of its own, for pages that contradict each other. A host
/// that met such a page only by chance would have gone on writing beside it for months.
final class Inspection: @unchecked Sendable {
  // Safe: `connection` is set before the thread begins and taken away by it, under the monitor's
  // lock; in between it is only read. All else is used under that lock.
  private let monitor = Monitor()
  private let isUnwanted = Atomic(false)
  private var connection: Connection?
  private var finding: String?
  /// Why it could not read the file to its end.
  private var obstacle: StorageFault?
  private var isOver = false
  private var listener: (@Sendable (String) -> Void)?
  private var obstacleListener: (@Sendable (StorageFault) -> Void)?
  private var thread: NamedThread?

  /// Begins to read, with a connection that is used for nothing else.
  init(_ connection: consuming Connection) {
    self.connection = consume connection
    thread = NamedThread("hf-check") { [self] in run() }
  }

  /// What was found, if that takes no longer than `limit`; nil if nothing was, or not yet.
  func finding(within limit: Duration) -> String? {
    let end = monotonicNanoseconds() + limit.nanoseconds
    return monitor.withLock {
      while !isOver, monotonicNanoseconds() < end { monitor.wait(until: end) }
      return finding
    }
  }

  /// `tell` hears once of what is found, on the thread that reads or, if it was found before, on
  /// this one; `excuse`, likewise, of what kept it from reading on.
  func listen(
    _ tell: @escaping @Sendable (String) -> Void,
    excuse: @escaping @Sendable (StorageFault) -> Void
  ) {
    let (found, stopped) = monitor.withLock {
      (listener, obstacleListener) = (tell, excuse)
      return (finding, obstacle)
    }
    if let found { tell(found) }
    if let stopped { excuse(stopped) }
  }

  /// Ends it where it is, and returns at once. While it reads, the log cannot be begun anew.
  func giveUp() {
    isUnwanted.store(true, ordering: .relaxed)
    monitor.withLock { connection?.interrupt() }
  }

  /// Gives up and waits for the thread's end.
  func end() {
    giveUp()
    let ending = monitor.withLock { () -> NamedThread? in
      (listener, obstacleListener) = (nil, nil)
      defer { thread = nil }
      return thread
    }
    ending?.join()
  }

  private func run() {
    var found: String?
    var stopped: StorageFault?
    if !isUnwanted.load(ordering: .relaxed) {
      do throws(StorageFault) {
        let text = try connection?.texts("PRAGMA integrity_check(1)").first ?? "ok"
        // The first of several lines only names the database.
        found = text == "ok" ? nil : text.split(separator: "\n").last.map(String.init)
      } catch {
        if error.remedy == .damaged {
          found = error.message
        } else if !isUnwanted.load(ordering: .relaxed) {
          stopped = error
        }
      }
    }
    let (tell, excuse) = monitor.withLock {
      connection = nil
      (finding, obstacle, isOver) = (found, stopped, true)
      return (listener, obstacleListener)
    }
    monitor.wakeAll()
    if let found, let tell { tell(found) }
    if let stopped, let excuse { excuse(stopped) }
  }
}
