/// A command as it is declared: what it takes, what help says of it, and what it does.
struct Command: Sendable {
  /// Does it. Throws what a person should read.
  typealias Body = @Sendable (Invocation) throws(CommandFailure) -> ExitCode

  var name: String
  /// Half a sentence for lists, beginning in lower case.
  var summary: String
  /// More, in paragraphs; they are wrapped when shown.
  var details: String = ""
  var positionals: [Positional] = []
  var options: [Option] = []
  var examples: [Example] = []
  var subcommands: [Command] = []
  /// Nil for one that only holds others.
  var body: Body?

  /// The command of that name below this one.
  func subcommand(_ name: String) -> Command? { subcommands.first { $0.name == name } }
}

/// An argument without a name.
struct Positional: Sendable {
  enum Count: Sendable { case one, optional, many, anyNumber }

  var name: String
  var count: Count = .one
  var help: String

  var isRequired: Bool { count == .one || count == .many }
  var repeats: Bool { count == .many || count == .anyNumber }

  /// As a usage line shows it.
  var usage: String {
    let text = repeats ? "<\(name)>..." : "<\(name)>"
    return isRequired ? text : "[\(text)]"
  }
}

/// An argument with a name.
struct Option: Sendable {
  /// Without dashes.
  var name: String
  var letter: Character?
  /// What stands for its value in help; nil for one that takes none.
  var value: String?
  var repeats = false
  var help: String

  /// As a usage line shows it.
  var usage: String { "[--\(name)\(value.map { " <\($0)>" } ?? "")]\(repeats ? "..." : "")" }
  /// As a list of options shows it.
  var label: String {
    (letter.map { "-\($0), " } ?? "") + "--\(name)" + (value.map { " <\($0)>" } ?? "")
  }

  /// What every command takes.
  static let everywhere: [Option] = [
    Option(name: "json", help: "print JSON for programs"),
    Option(name: "state-dir", value: "folder", help: "where the host keeps its state"),
    Option(name: "runtime-dir", value: "folder", help: "where its sockets lie"),
    Option(name: "config", value: "file", help: "its configuration"),
    Option(
      name: "plugins", value: "folder", repeats: true, help: "a folder to look for plugins in"),
    Option(name: "help", letter: "h", help: "show this text"),
    Option(name: "version", help: "show the version"),
  ]
}

/// Something to type, and what comes of it.
struct Example: Sendable {
  var line: String
  var effect: String

  init(_ line: String, _ effect: String) {
    self.line = line
    self.effect = effect
  }
}
