internal import CShims
internal import Synchronization

/// Lines from the host's threads for the one thread that may write to the terminal.
final class NoticeQueue: Sendable {
  /// A plugin may write faster than a terminal shows.
  private static let limit = 200

  /// Readable while there are lines.
  let waker = cshims_waker()
  private let lines = Mutex<[String]>([])

  /// Adds a line. Any thread.
  func add(_ line: String) {
    lines.withLock { lines in
      if lines.count < Self.limit { lines.append(line) }
      if lines.count == Self.limit { lines[Self.limit - 1] = "more was left out" }
    }
    cshims_wake(waker)
  }

  /// Takes all lines.
  func take() -> [String] {
    cshims_unwake(waker)
    return lines.withLock { lines in
      defer { lines = [] }
      return lines
    }
  }
}
