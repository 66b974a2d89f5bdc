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
  private var isOver = false
  private var listener: (@Sendable (String) -> Void)?
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
  /// this one.
  func listen(_ tell: @escaping @Sendable (String) -> Void) {
    let found = monitor.withLock { () -> String? in
      listener = tell
      return finding
    }
    if let found { tell(found) }
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
      listener = nil
      defer { thread = nil }
      return thread
    }
    ending?.join()
  }

  private func run() {
    var found: String?
    if !isUnwanted.load(ordering: .relaxed) {
      do throws(StorageFault) {
        let text = try connection?.texts("PRAGMA integrity_check(1)").first ?? "ok"
        // The first of several lines only names the database.
        found = text == "ok" ? nil : text.split(separator: "\n").last.map(String.init)
      } catch {
        // Anything else is in the writer's way as well, and told by it.
        if error.remedy == .damaged { found = error.message }
      }
    }
    let tell = monitor.withLock { () -> (@Sendable (String) -> Void)? in
      connection = nil
      (finding, isOver) = (found, true)
      return listener
    }
    monitor.wakeAll()
    if let found, let tell { tell(found) }
  }
}
