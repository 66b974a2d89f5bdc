/// Help for people: at most 80 columns wide wherever the words allow it.
enum HelpText {
  private static let width = 80

  /// The command's whole name, such as `holdfast sessions list`.
  static func name(of commands: [Command]) -> String {
    commands.map(\.name).joined(separator: " ")
  }

  /// How the last of the commands is typed.
  static func usage(_ commands: [Command]) -> String {
    guard let command = commands.last else { return "" }
    var parts = [name(of: commands)]
    if !command.subcommands.isEmpty {
      parts.append(command.body == nil ? "<command>" : "[<command>]")
    }
    parts += command.positionals.map(\.usage)
    parts += command.options.map(\.usage)
    return parts.joined(separator: " ")
  }

  /// Help for the last of the commands.
  static func render(_ commands: [Command]) -> String {
    guard let command = commands.last else { return "" }
    var lines = ["\(name(of: commands)): \(command.summary)", ""]
    lines += wrap("Usage: \(usage(commands))", indent: 0, hanging: 4)
    for paragraph in command.details.split(separator: "\n\n") {
      lines += [""] + wrap(String(paragraph), indent: 0, hanging: 0)
    }
    let entries: [(String, [(String, String)])] = [
      ("Commands", command.subcommands.map { ($0.name, $0.summary) }),
      ("Arguments", command.positionals.map { ("<\($0.name)>", $0.help) }),
      ("Options", command.options.map { ($0.label, $0.help) }),
      ("Everywhere", Option.everywhere.map { ($0.label, $0.help) }),
    ]
    for (title, rows) in entries where !rows.isEmpty {
      lines += ["", "\(title):"] + list(rows)
    }
    if !command.examples.isEmpty {
      lines += ["", "Examples:"]
      for example in command.examples {
        lines += ["  \(example.line)"] + wrap(example.effect, indent: 6, hanging: 6)
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func list(_ rows: [(String, String)]) -> [String] {
    let column = min(28, (rows.map(\.0.count).max() ?? 0) + 4)
    return rows.flatMap { label, text -> [String] in
      let wrapped = wrap(text, indent: column, hanging: column)
      let head = "  " + label
      guard head.count < column, let first = wrapped.first else { return [head] + wrapped }
      let padding = String(repeating: " ", count: column - head.count)
      return [head + padding + first.dropFirst(column)] + wrapped.dropFirst()
    }
  }

  /// Breaks between words; the first line is indented by `indent`, the others by `hanging`.
  static func wrap(
    _ text: String, indent: Int, hanging: Int, width: Int = Self.width
  ) -> [String] {
    var lines: [String] = []
    var line = String(repeating: " ", count: indent)
    var used = indent
    var isEmpty = true
    for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
      let length = word.displayWidth
      if !isEmpty, used + 1 + length > width {
        lines.append(line)
        line = String(repeating: " ", count: hanging)
        used = hanging
        isEmpty = true
      }
      line += (isEmpty ? "" : " ") + word
      used += (isEmpty ? 0 : 1) + length
      isEmpty = false
    }
    return lines + [line]
  }
}
