import Glibc
import HoldfastThreads

/// Takes what is sent to it over HTTP, and answers as it is told.
final class Collector: @unchecked Sendable {
  // Safe: all but the socket is used under the monitor's lock.

  /// A request.
  struct Request {
    var head: String
    var body: String
  }

  let port: UInt16
  private let listener: Int32
  private let monitor = Monitor()
  private var requests: [Request] = []
  private var answer = 200
  private var isHanging = false
  private var thread: NamedThread?

  init() throws {
    (listener, port) = try LocalSocket.listen()
    thread = NamedThread("collector") { [self] in run() }
  }

  /// Waits for no more requests; those in progress are dropped.
  func end() {
    shutdown(listener, Int32(SHUT_RDWR))
    thread?.join()
    thread = nil
    close(listener)
  }

  /// What it answers from now on.
  func answers(_ status: Int) { monitor.withLock { answer = status } }

  /// Never answers from now on.
  func hang() { monitor.withLock { isHanging = true } }

  /// What came so far.
  var received: [Request] { monitor.withLock { requests } }

  private func run() {
    var held: [Int32] = []
    while true {
      let socket = accept(listener, nil, nil)
      if socket < 0 { break }
      if let request = read(socket) { monitor.withLock { requests.append(request) } }
      if monitor.withLock({ isHanging }) {
        held.append(socket)
        continue
      }
      let status = monitor.withLock { answer }
      LocalSocket.send(
        "HTTP/1.1 \(status) X\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}", socket)
      close(socket)
    }
    for socket in held { close(socket) }
  }

  private func read(_ socket: Int32) -> Request? {
    var text = ""
    while true {
      guard let more = LocalSocket.receive(socket) else { return nil }
      text += more
      guard let end = text.firstRange(of: "\r\n\r\n") else { continue }
      let head = String(text[..<end.lowerBound])
      let mark = "content-length: "
      let line = head.lowercased().split(separator: "\r\n").first { $0.hasPrefix(mark) }
      let length = line.flatMap { Int($0.dropFirst(mark.count)) } ?? 0
      if head.lowercased().contains("expect: 100-continue"), text.utf8.count < length {
        LocalSocket.send("HTTP/1.1 100 Continue\r\n\r\n", socket)
      }
      let body = String(text[end.upperBound...])
      if body.utf8.count >= length { return Request(head: head, body: body) }
    }
  }
}

/// Sockets of this machine.
enum LocalSocket {
  /// A socket that listens at a port that was free.
  static func listen() throws -> (socket: Int32, port: UInt16) {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = address(0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, size) == 0 && Glibc.listen(socket, 16) == 0
          && getsockname(socket, $0, &size) == 0
      }
    }
    guard status else { throw TestFailure("nothing can listen on this machine") }
    return (socket, address.sin_port.bigEndian)
  }

  /// The whole answer to a request, nil if nobody listens.
  static func ask(_ port: UInt16, _ request: String) -> String? {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = address(port)
    let status = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { return nil }
    send(request, socket)
    var text = ""
    while let more = receive(socket) { text += more }
    return text
  }

  static func send(_ text: String, _ socket: Int32) {
    let bytes = Array(text.utf8)
    _ = Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  /// What comes next, nil at the end.
  static func receive(_ socket: Int32) -> String? {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = recv(socket, &bytes, bytes.count, 0)
    return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
  }

  private static func address(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }
}
