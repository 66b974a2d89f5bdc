/// What a person can tell the host instead of the agent.
public enum ChatCommand: Sendable, Equatable {
  /// Begins a fresh session.
  case new(title: String)
  /// Begins a fresh session and takes the old one out of the default listings.
  case reset(title: String)
  /// Goes on with an earlier session; `move` takes it from another place.
  case resume(SessionID, move: Bool)
  /// Begins a session that shares the history up to now.
  case branch(title: String)
  /// Takes the last turns back.
  case undo(count: Int)
  /// Interrupts the running turn; waiting messages are kept unless told otherwise.
  case stop(dropWaiting: Bool)
  /// Hides older turns behind a summary.
  case compact
  /// Deletes the current session, or the given one.
  case delete(SessionID?)
  /// Shows what becomes of messages that arrive while a turn runs, or says it for this session.
  case queue(QueueMode?)
  /// Shows how things are.
  case status
  /// Lists sessions.
  case sessions
  /// Shows what memory providers have.
  case memory
  /// Lists the commands.
  case help
  /// Not a command as written; the sentence tells the person what is meant to be there.
  case invalid(String)

  /// The names, with what follows them and what they are for.
  public static let summaries: [(name: String, usage: String, purpose: String)] = [
    ("new", "[title]", "begin a fresh session"),
    ("reset", "[title]", "the same, and hide the old one"),
    ("resume", "<session> [--move]", "go on with an earlier session"),
    ("branch", "[title]", "try something else from here"),
    ("undo", "[n]", "take the last n turns back"),
    ("stop", "[--drop]", "interrupt the running turn"),
    ("compact", "", "hide older turns behind a summary"),
    ("delete", "[session]", "delete a session and its memories"),
    (
      "queue", "[followup|collect|steer|interrupt]",
      "show or set what becomes of messages that arrive while a turn runs"
    ),
    ("status", "", "show how things are"),
    ("sessions", "", "list sessions"),
    ("memory", "", "show what memory providers have"),
    ("help", "", "list these commands"),
  ]

  /// Reads a message as a command; nil if it does not begin with the prefix and a word.
  public init?(_ text: String, prefix: String) {
    guard !prefix.isEmpty, text.hasPrefix(prefix) else { return nil }
    let words = text.dropFirst(prefix.count).split(
      maxSplits: 1, whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\n" })
    guard let word = words.first, text.dropFirst(prefix.count).first == word.first,
      word.allSatisfy({ $0.isLetter || $0 == "-" || $0 == "_" })
    else { return nil }
    let rest = words.count > 1 ? trimmed(words[1]) : ""
    self = Self.parse(word.lowercased(), rest, prefix: prefix)
  }

  private static func parse(_ name: String, _ rest: String, prefix: String) -> ChatCommand {
    switch name {
    case "new": .new(title: rest)
    case "reset": .reset(title: rest)
    case "branch": .branch(title: rest)
    case "resume": parseResume(rest, prefix: prefix)
    case "undo": parseUndo(rest, prefix: prefix)
    case "stop": .stop(dropWaiting: rest == "--drop")
    case "compact": .compact
    case "delete": parseDelete(rest)
    case "queue": parseQueue(rest, prefix: prefix)
    case "status": .status
    case "sessions": .sessions
    case "memory": .memory
    case "help": .help
    default: .invalid(unknown(name, prefix: prefix))
    }
  }

  private static func parseResume(_ rest: String, prefix: String) -> ChatCommand {
    var words = rest.split(separator: " ")
    let move = words.contains("--move")
    words.removeAll { $0 == "--move" }
    guard words.count == 1 else {
      return .invalid("Say which session: \(prefix)resume <session>. \(prefix)sessions lists them.")
    }
    guard let session = SessionID(words[0]) else { return .invalid(notSession(words[0])) }
    return .resume(session, move: move)
  }

  private static func parseUndo(_ rest: String, prefix: String) -> ChatCommand {
    if rest.isEmpty { return .undo(count: 1) }
    guard let count = Int(rest), (1...1000).contains(count) else {
      return .invalid("\(prefix)undo takes a number from 1 to 1000, not “\(rest)”.")
    }
    return .undo(count: count)
  }

  private static func parseDelete(_ rest: String) -> ChatCommand {
    if rest.isEmpty { return .delete(nil) }
    guard let session = SessionID(rest) else { return .invalid(notSession(rest)) }
    return .delete(session)
  }

  private static func parseQueue(_ rest: String, prefix: String) -> ChatCommand {
    if rest.isEmpty { return .queue(nil) }
    if let mode = QueueMode(rawValue: rest.lowercased()) { return .queue(mode) }
    let modes = QueueMode.allCases.map(\.rawValue).joined(separator: ", ")
    return .invalid("\(prefix)queue takes one of \(modes), not “\(rest.prefix(40))”.")
  }

  private static func notSession(_ text: some StringProtocol) -> String {
    "“\(text.prefix(40))” is no session id; those have 26 letters and digits."
  }

  private static func unknown(_ name: String, prefix: String) -> String {
    let nearest = Suggestion.nearest(to: name, among: summaries.map(\.name))
    let hint = nearest.map { "Did you mean \(prefix)\($0)? " } ?? ""
    return "There is no command \(prefix)\(name.prefix(40)). \(hint)\(prefix)help lists them."
  }
}

/// The text without white space at its ends.
func trimmed(_ text: some StringProtocol) -> String {
  let start = text.drop { $0.isWhitespace }
  guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
  return String(start[...end])
}
