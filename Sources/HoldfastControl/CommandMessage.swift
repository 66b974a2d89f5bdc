internal import HoldfastCore

/// A chat command as it travels: `{"name":"undo","count":2}`.
struct CommandMessage: Codable, Equatable {
  var name: String
  var title: String?
  var session: String?
  var move: Bool?
  var count: Int?
  var dropWaiting: Bool?
  var text: String?
  var mode: String?

  init(_ command: ChatCommand) {
    switch command {
    case .new(let title): (name, self.title) = ("new", title)
    case .reset(let title): (name, self.title) = ("reset", title)
    case .branch(let title): (name, self.title) = ("branch", title)
    case .resume(let session, let move):
      (name, self.session, self.move) = ("resume", session.description, move)
    case .undo(let count): (name, self.count) = ("undo", count)
    case .stop(let dropWaiting): (name, self.dropWaiting) = ("stop", dropWaiting)
    case .compact: name = "compact"
    case .delete(let session): (name, self.session) = ("delete", session?.description)
    case .queue(let mode): (name, self.mode) = ("queue", mode?.rawValue)
    case .status: name = "status"
    case .sessions: name = "sessions"
    case .memory: name = "memory"
    case .help: name = "help"
    case .invalid(let text): (name, self.text) = ("invalid", text)
    }
  }

  /// The command it stands for.
  func command() throws(ControlProblem) -> ChatCommand {
    switch name {
    case "new": return .new(title: title ?? "")
    case "reset": return .reset(title: title ?? "")
    case "branch": return .branch(title: title ?? "")
    case "resume":
      guard let session = try parsedSession() else {
        throw ControlProblem("the command \"resume\" needs \"session\"")
      }
      return .resume(session, move: move ?? false)
    case "undo":
      let count = count ?? 1
      guard (1...1000).contains(count) else {
        throw ControlProblem("\"count\" is a number from 1 to 1000, not \(count)")
      }
      return .undo(count: count)
    case "stop": return .stop(dropWaiting: dropWaiting ?? false)
    case "compact": return .compact
    case "delete": return .delete(try parsedSession())
    case "queue": return .queue(try mode.map(parsedMode))
    case "status": return .status
    case "sessions": return .sessions
    case "memory": return .memory
    case "help": return .help
    case "invalid": return .invalid(text ?? "")
    default:
      let known = ChatCommand.summaries.map(\.name)
      let question = Suggestion.question(for: String(name.prefix(40)), among: known)
      throw ControlProblem(
        "there is no command \"\(name.prefix(40))\"\(question); known are "
          + known.joined(separator: ", "))
    }
  }

  private func parsedMode(_ text: String) throws(ControlProblem) -> QueueMode {
    if let mode = QueueMode(rawValue: text) { return mode }
    let known = QueueMode.allCases.map(\.rawValue).joined(separator: ", ")
    throw ControlProblem("\"\(text.prefix(40))\" is no mode; known are \(known)")
  }

  private func parsedSession() throws(ControlProblem) -> SessionID? {
    guard let session else { return nil }
    guard let id = SessionID(session) else {
      throw ControlProblem("\"\(session.prefix(40))\" is no session id")
    }
    return id
  }
}
