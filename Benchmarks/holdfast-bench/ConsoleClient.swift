import CShims
import Glibc

/// Somebody at the console.
final class ConsoleClient {
  private let socket: Int32
  private var buffer: [UInt8] = []
  private var said = 0
  private let name: String

  /// Connects as soon as the console listens, and returns when it has greeted.
  init(path: String, chat: String = "bench") throws {
    name = "\(getpid())-\(nanoseconds())"
    let end = nanoseconds() + 10_000_000_000
    var number = cshims_unix_connect(path, 5000)
    while number < 0, nanoseconds() < end {
      idle(microseconds: 100)
      number = cshims_unix_connect(path, 5000)
    }
    guard number >= 0 else { throw BenchmarkFailure("no console at \(path)") }
    socket = number
    send("hello\t\(chat)\tbench")
    guard try line().hasPrefix("ready\t") else { throw BenchmarkFailure("no greeting") }
  }

  deinit { close(socket) }

  private func send(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = cshims_send(socket, bytes, 0, bytes.count)
  }

  private func line() throws -> String {
    while true {
      if let end = buffer.firstIndex(of: 10) {
        defer { buffer.removeFirst(end + 1) }
        return String(decoding: buffer[..<end], as: UTF8.self)
      }
      var piece = [UInt8](repeating: 0, count: 65_536)
      let count = cshims_receive(socket, &piece, piece.count)
      guard count > 0 else { throw BenchmarkFailure("the console has closed") }
      buffer += piece.prefix(Int(count))
    }
  }

  /// Says something and waits for the answer; nanoseconds that it took.
  @discardableResult
  func say(_ text: String) throws -> Double {
    let start = nanoseconds()
    _ = try answer(to: text)
    return Double(nanoseconds() - start)
  }

  /// Says something and goes on; gives what the answer will be known by.
  @discardableResult
  func tell(_ text: String) -> String {
    said += 1
    let id = "\(name)-\(said)"
    send("say\t\(id)\t\(text)")
    return id
  }

  /// Says something and waits for the answer.
  func answer(to text: String) throws -> String {
    let id = tell(text)
    while true {
      let answer = try line()
      if answer.hasPrefix("reply\t\(id)\t") { return answer }
      if answer.hasPrefix("refused\t") || answer.hasPrefix("bye\t") {
        throw BenchmarkFailure("the console says: \(answer)")
      }
    }
  }
}
