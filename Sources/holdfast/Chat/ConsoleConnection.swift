internal import CShims
internal import Glibc
internal import HoldfastControl
internal import HoldfastCore

/// A connection to the console. Not for several threads.
final class ConsoleConnection {
  /// A reply of many mebibytes comes in parts; one line holds one of them.
  private static let lineLimit = 16 << 20

  let descriptor: Int32
  private var input = LineBuffer(limit: lineLimit)
  private var output: [UInt8] = []
  private var sent = 0
  /// The other side is gone.
  private(set) var isClosed = false

  /// What to wait for.
  var events: Int16 { Int16(sent < output.count ? POLLIN | POLLOUT : POLLIN) }

  /// Connects and says who is there. A console that is about to open its socket is given
  /// `patience`.
  init(
    path: String, chat: String, user: String, patience: Duration
  ) throws(CommandFailure) {
    let end = SystemClock.now + patience
    var number = cshims_unix_connect(path, 5000)
    while number == -ENOENT || number == -ECONNREFUSED, SystemClock.now < end {
      poll(nil, 0, 10)
      number = cshims_unix_connect(path, 5000)
    }
    guard number >= 0 else {
      let reason = String(cString: strerror(-number))
      throw CommandFailure(
        "the console cannot be reached at \(path): \(reason); `holdfast status` shows whether the "
          + "plugin console runs")
    }
    descriptor = number
    _ = cshims_set_nonblocking(number)
    send(ConsoleMessage.line("hello", chat, user, "acks"))
  }

  deinit { close(descriptor) }

  /// Says something.
  func say(id: String, _ text: String) { send(ConsoleMessage.line("say", id, text)) }

  /// Says that a reply was shown: until then it is kept for whoever comes next.
  func shown(_ reply: ConsoleReply) {
    if !reply.number.isEmpty { send(ConsoleMessage.line("got", reply.number)) }
  }

  private func send(_ line: [UInt8]) {
    output.removeFirst(sent)
    sent = 0
    output += line
    flush()
  }

  /// Sends what the socket takes now.
  func flush() {
    while sent < output.count, !isClosed {
      let count = cshims_send(descriptor, output, sent, output.count - sent)
      if count >= 0 {
        sent += Int(count)
      } else {
        // The end is seen by reading, after what was said before it.
        if count != -Int64(EAGAIN), count != -Int64(EINTR) { sent = output.count }
        return
      }
    }
  }

  /// What came since.
  func receive() -> [ConsoleMessage] {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = cshims_receive(descriptor, &bytes, bytes.count)
    if count > 0 {
      input.append(bytes.prefix(Int(count)))
    } else if count == 0 || (count != -Int64(EAGAIN) && count != -Int64(EINTR)) {
      isClosed = true
    }
    var messages: [ConsoleMessage] = []
    while let piece = input.next() {
      if case .line(let line) = piece, let message = ConsoleMessage(line) {
        messages.append(message)
      }
    }
    return messages
  }
}

/// The monotonic clock.
enum SystemClock {
  static var now: Instant {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Instant(
      nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
  }
}
