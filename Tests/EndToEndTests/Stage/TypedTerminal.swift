import Glibc
import HoldfastCore

/// A program on a terminal of its own, with whoever types and reads there.
final class TypedTerminal {
  private let keys: Int32
  private let process: Spawned
  private var hasEnded = false
  /// All that it has shown.
  private(set) var shown = ""

  init(_ arguments: [String], environment: [String: String] = [:]) throws {
    keys = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var lock: Int32 = 0
    var number: UInt32 = 0
    // TIOCSPTLCK and TIOCGPTN, which the C library's functions use too.
    guard keys >= 0, ioctl(keys, 0x4004_5431, &lock) == 0, ioctl(keys, 0x8004_5430, &number) == 0
    else { throw TestFailure("there is no terminal") }
    var size = winsize(ws_row: 24, ws_col: 200, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(keys, UInt(TIOCSWINSZ), &size)
    let other = "/dev/pts/\(number)"
    process = try Spawned(
      arguments, stdin: other, stdout: other, stderr: other,
      environment: environment.merging(["TERM": "dumb"]) { first, _ in first })
  }

  deinit {
    if !hasEnded {
      kill(process.pid, SIGKILL)
      _ = process.wait()
    }
    close(keys)
  }

  func type(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(keys, bytes, bytes.count)
  }

  /// Waits until it has shown a text.
  func shows(_ text: String) throws {
    do {
      try Patience.until("the terminal shows \(text)") {
        read()
        return shown.contains(text)
      }
    } catch { throw TestFailure("\(error): \(shown)") }
  }

  /// Waits for its end; the exit status.
  func end() throws -> Int32 {
    // Whoever writes more than a terminal holds waits for a reader.
    try Patience.until("the program ends") {
      read()
      return process.hasEnded
    }
    hasEnded = true
    read()
    return process.wait()
  }

  private func read() {
    var bytes = [UInt8](repeating: 0, count: 4096)
    while true {
      var entry = [pollfd(fd: keys, events: Int16(POLLIN), revents: 0)]
      guard poll(&entry, 1, 0) > 0 else { return }
      let count = Glibc.read(keys, &bytes, bytes.count)
      guard count > 0 else { return }
      shown += String(decoding: bytes.prefix(count), as: UTF8.self)
    }
  }
}
