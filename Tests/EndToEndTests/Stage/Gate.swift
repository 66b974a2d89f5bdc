import Glibc

/// A pipe at which a fixture waits until it is let go.
final class Gate {
  let path: String
  private var end: Int32 = -1

  init(in folder: TemporaryFolder, _ name: String = "gate") throws {
    path = "\(folder.path)/\(name)"
    guard mkfifo(path, 0o600) == 0 else { throw TestFailure("no named pipe at \(path)") }
  }

  deinit { if end >= 0 { close(end) } }

  /// Returns once somebody waits at it.
  func waitUntilReached() throws {
    try Patience.until("somebody waits at \(path)") {
      end = Glibc.open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
      return end >= 0
    }
  }

  /// Lets whoever waits go on.
  func letGo() {
    _ = Glibc.write(end, "x", 1)
    close(end)
    end = -1
  }
}
