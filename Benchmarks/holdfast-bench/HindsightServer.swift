import Glibc

/// The loopback server that answers as a Hindsight API server does; `docs/TESTING.md` says how.
final class HindsightServer {
  let url: String
  private let port: UInt16
  private let child: Child

  /// Starts one that keeps no requests, with a bank that recalls the question itself.
  init(_ around: Surroundings, version: String = "1.1.0") throws {
    guard let program = around.hindsightServer else {
      throw BenchmarkFailure("HOLDFAST_HINDSIGHT_SERVER names no loopback server")
    }
    child = try Child([program, "--no-log", "--echo", "--version", version])
    guard let line = child.line(), let port = UInt16(line.dropFirst("PORT ".count)) else {
      throw BenchmarkFailure("\(program) does not listen")
    }
    self.port = port
    url = "http://127.0.0.1:\(port)"
  }

  deinit { child.end(signal: SIGTERM) }

  /// Lets what comes to an endpoint meet with something.
  func rule(on endpoint: String, do action: String) throws {
    _ = try request("POST /__rules", #"{"on":"\#(endpoint)","do":"\#(action)"}"#)
  }

  /// Answers all that it held.
  func release() throws { _ = try request("POST /__release") }

  /// One of its counters: `bytes_received` of all bodies, `operations` accepted, requests `held`.
  func counter(_ name: String) throws -> Int {
    let answer = try request("GET /__counters")
    for part in answer.split(whereSeparator: { ",{}".contains($0) }) {
      let pair = part.split(separator: ":").map { $0.filter { $0 != "\"" && $0 != " " } }
      if pair.count == 2, pair[0] == name, let value = Int(pair[1]) { return value }
    }
    throw BenchmarkFailure("the server does not count \(name)")
  }

  /// Waits until a counter has come so far.
  func wait(for name: String, atLeast value: Int, seconds: UInt64 = 120) throws {
    let end = nanoseconds() + seconds * 1_000_000_000
    while try counter(name) < value {
      guard nanoseconds() < end else {
        throw BenchmarkFailure("\(name) stays at \(try counter(name)) of \(value)")
      }
      idle(microseconds: 2000)
    }
  }

  private func request(_ line: String, _ body: String = "") throws -> String {
    let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(connection) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let status = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw BenchmarkFailure("the server at \(url) has gone") }
    let text =
      "\(line) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
      + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    let bytes = Array(text.utf8)
    _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    var answer: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(connection, &piece, piece.count, 0)
      if count <= 0 { return String(decoding: answer, as: UTF8.self) }
      answer += piece.prefix(count)
    }
  }
}
