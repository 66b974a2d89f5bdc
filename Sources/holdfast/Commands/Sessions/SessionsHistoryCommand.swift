internal import HoldfastControl
internal import HoldfastCore

/// `holdfast sessions history`
enum SessionsHistoryCommand {
  static let command = Command(
    name: "history", summary: "show what was said in a session",
    positionals: [SessionsCommand.session],
    options: [Option(name: "limit", letter: "n", value: "n", help: "only the last turns (20)")],
    examples: [
      Example("holdfast sessions history 01JCZK3V", "Its last 20 turns."),
      Example("holdfast sessions history main:console:dm:ada -n 1", "The last turn at a place."),
    ],
    body: { invocation throws(CommandFailure) in
      let limit = try invocation.number("limit", in: 1...1000, default: 20)
      let session = try SessionArgument(invocation: invocation)
        .session(invocation.positional(0) ?? "")
      guard
        case .history(let listing, let turns) = try invocation.ask(.history(session, limit: limit))
      else { throw Invocation.strange }
      if invocation.isJSON {
        invocation.printJSON(
          HistoryJSON(session: SessionMessage(listing), turns: turns.map(TurnMessage.init)))
      } else if turns.isEmpty {
        invocation.terminal.print("Nothing was said yet.")
      } else {
        invocation.terminal.print(render(turns, invocation.terminal))
      }
      return .ok
    })

  private struct HistoryJSON: Encodable {
    var session: SessionMessage
    var turns: [TurnMessage]
  }

  static func render(_ turns: [TurnRecord], _ terminal: Terminal) -> String {
    turns.map { turn in
      let name = turn.userName.isEmpty ? "user" : turn.userName
      let mark = turn.status == .live ? "" : " (\(turn.status.name))"
      let head = terminal.styled(
        "\(turn.index)  \(Age.date(turn.started.milliseconds))\(mark)", .dim)
      let question = terminal.styled(terminal.harmless(name) + ":", .bold)
      let answer = terminal.styled("agent:", .bold)
      return """
        \(head)
        \(question) \(terminal.harmless(turn.userText))
        \(answer) \(terminal.harmless(turn.answerText))
        """
    }.joined(separator: "\n\n")
  }
}
