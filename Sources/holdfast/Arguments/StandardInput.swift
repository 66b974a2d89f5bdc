internal import Glibc

/// What is piped into a command.
enum StandardInput {
  /// Nothing that a command takes is longer, in MiB.
  private static let limit = 16

  /// All of it. `what` says what is missing if it is a terminal.
  static func text(what: String) throws(CommandFailure) -> String {
    guard isatty(0) == 0 else {
      throw CommandFailure("standard input holds the \(what); it is a terminal", status: .usage)
    }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(0, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      bytes += piece.prefix(count)
      guard bytes.count <= limit << 20 else {
        throw CommandFailure("standard input has more than \(limit) MiB")
      }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CommandFailure("standard input is not UTF-8")
    }
    return text
  }
}
