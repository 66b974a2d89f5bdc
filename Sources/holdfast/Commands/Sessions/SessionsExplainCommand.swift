internal import HoldfastCore

/// `holdfast sessions explain`
enum SessionsExplainCommand {
  static let command = Command(
    name: "explain", summary: "say what a session waits for, and what will be done about it",
    details: """
      Says why the host considers the session idle, at work for long, stalled or stuck: what its \
      lane is at, which plugin and call it waits in, for how long and since what progress; the row \
      of the rules that it matches; and what will be done about it, and when.
      """,
    positionals: [SessionsCommand.session],
    examples: [
      Example("holdfast sessions explain 01JCZK3V", "Why is there no answer?"),
      Example("holdfast sessions explain main:console:dm:ada --json", "The same for a program."),
    ],
    body: { invocation throws(CommandFailure) in
      let session = try SessionArgument(invocation: invocation)
        .session(invocation.positional(0) ?? "")
      guard case .explanation(let explanation) = try invocation.ask(.explain(session)) else {
        throw Invocation.strange
      }
      if invocation.isJSON {
        invocation.printJSON(explanation)
      } else {
        invocation.terminal.print(render(explanation, invocation.terminal))
      }
      return .ok
    })

  /// The explanation for people.
  static func render(_ explanation: SessionExplanation, _ terminal: Terminal) -> String {
    var lines = [terminal.prose(explanation.sentence), terminal.prose(explanation.next)]
    if explanation.attempts > 0 {
      let attempts = explanation.attempts == 1 ? "attempt" : "attempts"
      lines.append("\(explanation.attempts) \(attempts) to recover it within the last hour")
    }
    return lines.joined(separator: "\n")
  }
}
