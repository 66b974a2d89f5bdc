internal import CShims
internal import Glibc
public import HoldfastCore

extension ControlClient {
  /// Why following came to an end.
  public enum FollowingEnd: Sendable, Equatable {
    /// `take` or the signal said so.
    case stopped
    /// Everything that was asked for has come.
    case complete
    /// The host has closed the connection.
    case hostEnded
  }

  /// Asks for something that is answered more than once, and gives each answer to `take`, until
  /// that returns false or `stop`, a descriptor, becomes readable. Throws if the host does not say
  /// within `timeout` that it has heard. Blocks the calling thread.
  public func follow(
    _ request: ControlRequest, stop: Int32 = -1, _ take: (ControlAnswer) -> Bool
  ) throws(ControlFailure) -> FollowingEnd {
    let socket = try connect()
    let line = ControlCodec.encode(request, id: 1) + [0x0A]
    try send(line, to: socket, until: ContinuousClock.now + timeout)
    var buffer = LineBuffer(limit: ControlCodec.maxAnswerBytes)
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let end = ContinuousClock.now + timeout
    var hasHeard = false
    while true {
      while case .line(let line)? = buffer.next() {
        let answer = try understood(line)
        hasHeard = true
        if case .missed(0) = answer { continue }
        if case .done = answer { return .complete }
        if !take(answer) { return .stopped }
        if case .refused = answer { return .complete }
      }
      var entries = [
        pollfd(fd: socket.number, events: Int16(POLLIN), revents: 0),
        pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
      ]
      let left = ContinuousClock.now.duration(to: end)
      guard hasHeard || left > .zero else {
        throw .timedOut(seconds: Int(timeout.components.seconds))
      }
      let patience = hasHeard ? -1 : Int32(clamping: left.milliseconds + 1)
      guard poll(&entries, 2, patience) > 0 else { continue }
      if entries[1].revents != 0 { return .stopped }
      let count = cshims_receive(socket.number, &bytes, bytes.count)
      if count > 0 { buffer.append(bytes.prefix(Int(count))) }
      if count == 0 { return .hostEnded }
      if count < 0, count != -Int64(EAGAIN), count != -Int64(EINTR) { return .hostEnded }
    }
  }
}
