internal import Glibc
internal import HoldfastControl
internal import HoldfastRuntime
internal import HoldfastThreads

/// Writes a host's log to standard error, a line at a time. Any thread; nobody waits for a reader.
struct LogWriter: Sendable {
  let level: LogLine.Level
  private let style: LogStyle
  private let lines: LineWriter

  init(level: LogLine.Level, hasTime: Bool = false, isJSON: Bool = false) {
    let style = LogStyle(hasTime: hasTime, isJSON: isJSON)
    self.level = level
    self.style = style
    lines = LineWriter(2) { lost in
      let sentence = "\(lost) lines of the log were lost, since it could not be written"
      return style.text(LogLine(.warning, sentence)) + "\n"
    }
  }

  /// The level of that name.
  static func level(_ name: String) throws(CommandFailure) -> LogLine.Level {
    guard let found = LogStyle.names.first(where: { $0.1 == name }) else {
      throw CommandFailure(
        "--log is debug, info, warning or error, not \"\(name)\"", status: .usage)
    }
    return found.0
  }

  /// Writes the line if it matters enough.
  func write(_ line: LogLine) {
    guard line.level >= level else { return }
    lines.write(text(line) + "\n")
  }

  /// Before the process ends: waits a second at most until somebody has read what was written.
  func finish() { lines.finish(within: 1_000_000_000) }

  /// The line as it is written.
  func text(_ line: LogLine) -> String { style.text(line) }
}

/// How a line of a log looks.
private struct LogStyle: Sendable {
  static let names: [(LogLine.Level, String)] = [
    (.debug, "debug"), (.info, "info"), (.warning, "warning"), (.error, "error"),
  ]

  let hasTime: Bool
  let isJSON: Bool

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
