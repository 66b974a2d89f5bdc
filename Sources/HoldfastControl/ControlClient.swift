internal import CShims
internal import Glibc
public import HoldfastCore

/// Asks a running host something. Connects for each question; blocks the calling thread.
public struct ControlClient: Sendable {
  /// The host's socket.
  public let path: String
  /// How long one question may take altogether.
  public let timeout: Duration

  /// A client of the socket at `path`; nothing is opened yet.
  public init(path: String, timeout: Duration = .seconds(10)) {
    self.path = path
    self.timeout = timeout
  }

  /// Whether somebody listens there.
  public var isHostRunning: Bool {
    let socket = cshims_unix_connect(path, 1000)
    if socket >= 0 { close(socket) }
    return socket >= 0
  }

  /// Asks, and gives the answer. With `untilEnd`, returns only when the host has closed the
  /// connection, or when the time is up: that is how one waits for a host to be gone.
  public func ask(
    _ request: ControlRequest, untilEnd: Bool = false
  ) throws(ControlFailure) -> ControlAnswer {
    let end = ContinuousClock.now + timeout
    let socket = try connect()
    try send(ControlCodec.encode(request, id: 1) + [0x0A], to: socket, until: end)
    var buffer = LineBuffer(limit: ControlCodec.maxAnswerBytes)
    while true {
      while let piece = buffer.next() {
        guard case .line(let line) = piece else {
          throw .broken("the host's answer is too long; ask for fewer")
        }
        let answer = try understood(line)
        if untilEnd { waitForEnd(of: socket, until: end) }
        return answer
      }
      guard let bytes = try receive(from: socket, until: end) else {
        throw .broken("the host ended before it answered")
      }
      buffer.append(bytes)
    }
  }

  func connect() throws(ControlFailure) -> Descriptor {
    let number = cshims_unix_connect(path, UInt32(clamping: timeout.milliseconds))
    guard number >= 0 else {
      switch -number {
      case ENOENT, ECONNREFUSED, ENOTDIR: throw .notRunning(path: path)
      case EAGAIN: throw .timedOut(seconds: Int(timeout.components.seconds))
      default: throw .broken("cannot reach the host at \(path): \(systemReason(-number))")
      }
    }
    let socket = Descriptor(number)
    let user = cshims_peer_user(number)
    guard user == Int64(geteuid()) || user == 0 || geteuid() == 0 else {
      throw .broken("the host at \(path) is run by user \(user), not by you")
    }
    _ = cshims_set_nonblocking(number)
    return socket
  }

  func understood(_ line: [UInt8]) throws(ControlFailure) -> ControlAnswer {
    do throws(ControlProblem) {
      return try ControlCodec.answer(from: line).answer
    } catch {
      throw .broken(error.description)
    }
  }

  func send(
    _ bytes: [UInt8], to socket: Descriptor, until end: ContinuousClock.Instant
  ) throws(ControlFailure) {
    var sent = 0
    while sent < bytes.count {
      let count = cshims_send(socket.number, bytes, sent, bytes.count - sent)
      if count >= 0 {
        sent += Int(count)
      } else if count == -Int64(EAGAIN) {
        try wait(for: POLLOUT, on: socket, until: end)
      } else if count != -Int64(EINTR) {
        throw .broken("the host closed the connection: \(systemReason(Int32(-count)))")
      }
    }
  }

  /// What comes next, nil at the end.
  private func receive(
    from socket: Descriptor, until end: ContinuousClock.Instant
  ) throws(ControlFailure) -> ArraySlice<UInt8>? {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = cshims_receive(socket.number, &bytes, bytes.count)
      if count > 0 { return bytes.prefix(Int(count)) }
      if count == 0 { return nil }
      if count == -Int64(EAGAIN) {
        try wait(for: POLLIN, on: socket, until: end)
      } else if count != -Int64(EINTR) {
        throw .broken("the host closed the connection: \(systemReason(Int32(-count)))")
      }
    }
  }

  private func wait(
    for events: Int32, on socket: Descriptor, until end: ContinuousClock.Instant
  ) throws(ControlFailure) {
    // The last millisecond counts as a whole one, so that the loop does not spin through it.
    let left = ContinuousClock.now.duration(to: end)
    guard left > .zero else { throw .timedOut(seconds: Int(timeout.components.seconds)) }
    var entry = [pollfd(fd: socket.number, events: Int16(events), revents: 0)]
    poll(&entry, 1, Int32(clamping: left.milliseconds + 1))
  }

  private func waitForEnd(of socket: Descriptor, until end: ContinuousClock.Instant) {
    do throws(ControlFailure) {
      while try receive(from: socket, until: end) != nil {}
    } catch {
      // The answer has been given; that its end was not seen is no failure of the question.
    }
  }
}
