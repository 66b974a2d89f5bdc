import CShims
import Glibc
import HoldfastControl
import HoldfastThreads

/// Sends whatever a test wants to the control socket.
final class RawClient: @unchecked Sendable {  // one thread receives; sending keeps no state
  struct Failure: Error {}

  private let socket: Int32
  private var buffer = LineBuffer(limit: ControlCodec.maxAnswerBytes)

  init(path: String) throws {
    socket = cshims_unix_connect(path, 10_000)
    guard socket >= 0 else { throw Failure() }
    // Only a failure takes this long.
    var limit = timeval(tv_sec: 30, tv_usec: 0)
    setsockopt(
      socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(socket) }

  func send(_ text: String) {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      let count = cshims_send(socket, bytes, sent, bytes.count - sent)
      if count < 0 { return }
      sent += Int(count)
    }
  }

  func sendInBackground(_ text: String) -> NamedThread {
    NamedThread("client") { self.send(text) }
  }

  /// Says no more, but listens.
  func finish() { shutdown(socket, Int32(SHUT_WR)) }

  /// The next line, nil at the end.
  func line() -> String? {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    while true {
      if case .line(let line) = buffer.next() { return String(decoding: line, as: UTF8.self) }
      let count = cshims_receive(socket, &bytes, bytes.count)
      guard count > 0 else { return nil }
      buffer.append(bytes.prefix(Int(count)))
    }
  }
}

/// Something that happens once and is waited for.
final class Signal: Sendable {
  private let waker = cshims_waker()

  func set() { cshims_wake(waker) }

  func wait() {
    var entry = [pollfd(fd: waker, events: Int16(POLLIN), revents: 0)]
    poll(&entry, 1, 30_000)
  }

  deinit { close(waker) }
}
