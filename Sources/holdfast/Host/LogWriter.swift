internal import Glibc
internal import HoldfastControl
internal import HoldfastRuntime

/// Writes a host's log to standard error, a line at a time. Any thread.
struct LogWriter: Sendable {
  let level: LogLine.Level
  var hasTime = false
  var isJSON = false

  private static let names: [(LogLine.Level, String)] = [
    (.debug, "debug"), (.info, "info"), (.warning, "warning"), (.error, "error"),
  ]

  /// The level of that name.
  static func level(_ name: String) throws(CommandFailure) -> LogLine.Level {
    guard let found = names.first(where: { $0.1 == name }) else {
      throw CommandFailure(
        "--log is debug, info, warning or error, not \"\(name)\"", status: .usage)
    }
    return found.0
  }

  /// Writes the line if it matters enough. One write per line keeps lines of several threads whole.
  func write(_ line: LogLine) {
    guard line.level >= level else { return }
    Terminal.write(text(line) + "\n", to: 2)
  }

  /// The line as it is written.
  func text(_ line: LogLine) -> String {
    let name = Self.names.first { $0.0 == line.level }?.1 ?? ""
    if isJSON {
      let entry = Entry(
        timeMilliseconds: Age.now, level: name, source: line.source, text: line.text)
      return String(decoding: JSONText.encode(entry), as: UTF8.self)
    }
    let text = Terminal.withoutControls(line.text)
    let time = hasTime ? Age.clock(Age.now) + " " : "holdfast: "
    let source = line.source == "host" ? "" : "\(line.source): "
    return "\(time)\(line.level == .info && !hasTime ? "" : name + ": ")\(source)\(text)"
  }

  private struct Entry: Encodable {
    var timeMilliseconds: Int64
    var level: String
    var source: String
    var text: String
  }
}
