import Glibc
import HoldfastCore

/// Asks a server on this machine, one connection for each question.
struct HTTPClient {
  let port: UInt16
  var apiKey = ""

  /// What was answered; the body is JSON, or empty.
  struct Answer {
    let status: Int
    let body: JSON
  }

  func get(_ path: String) throws -> Answer { try ask("GET", path, "") }

  @discardableResult
  func post(_ path: String, _ body: String = "{}") throws -> Answer { try ask("POST", path, body) }

  private func ask(_ method: String, _ path: String, _ body: String) throws -> Answer {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw TestFailure("nobody listens on port \(port)") }
    let head =
      "\(method) \(path) HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      + (apiKey.isEmpty ? "" : "Authorization: Bearer \(apiKey)\r\n")
      + "Content-Length: \(body.utf8.count)\r\n\r\n"
    try send(Array((head + body).utf8), to: socket)
    return try answer(receive(from: socket))
  }

  private func send(_ bytes: [UInt8], to socket: Int32) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(
          socket, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw TestFailure("the server on port \(port) hung up") }
      sent += count
    }
  }

  private func receive(from socket: Int32) -> [UInt8] {
    var received: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(socket, &piece, piece.count, 0)
      guard count > 0 else { return received }
      received += piece.prefix(count)
    }
  }

  private func answer(_ bytes: [UInt8]) throws -> Answer {
    let separator = Array("\r\n\r\n".utf8)
    guard let end = bytes.firstRange(of: separator) else {
      throw TestFailure("the server on port \(port) answered nothing")
    }
    let words = String(decoding: bytes.prefix(64), as: UTF8.self).split(separator: " ")
    let status = words.count > 1 ? Int(words[1]) ?? 0 : 0
    return Answer(status: status, body: (try? JSON(Array(bytes[end.upperBound...]))) ?? .null)
  }
}

extension JSON {
  subscript(name: String) -> JSON {
    guard case .object(let members) = self else { return .null }
    return members[name] ?? .null
  }

  var text: String {
    guard case .string(let text) = self else { return "" }
    return text
  }

  var integer: Int {
    guard case .number(let text) = self else { return -1 }
    return Int(text) ?? -1
  }

  var list: [JSON] {
    guard case .array(let list) = self else { return [] }
    return list
  }

  var members: [String: JSON] {
    guard case .object(let members) = self else { return [:] }
    return members
  }
}
