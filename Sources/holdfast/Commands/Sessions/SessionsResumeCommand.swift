internal import HoldfastCore

/// `holdfast sessions resume`
enum SessionsResumeCommand {
  static let command = Command(
    name: "resume", summary: "go on with an earlier session",
    positionals: [
      Positional(name: "session", help: "the one to go on with: an id, or the beginning of one")
    ],
    options: [
      Option(
        name: "at", value: "place",
        help: "where, such as main:console:dm:ada; where it was made if left out"),
      Option(name: "move", help: "also if it is in use at another place"),
    ],
    examples: [
      Example("holdfast sessions resume 01JCZK3V", "Go on with it where it was made."),
      Example(
        "holdfast sessions resume 01JCZK3V --at main:console:dm:bo --move",
        "Take it to another chat."),
    ],
    body: { invocation throws(CommandFailure) in
      let finder = SessionArgument(invocation: invocation)
      let session = try finder.session(invocation.positional(0) ?? "")
      let command = ChatCommand.resume(session, move: invocation.has("move"))
      if let text = invocation.value("at") {
        return try invocation.perform(.command(try finder.target(text), command))
      }
      guard case .history(let listing, _) = try invocation.ask(.history(session, limit: 1)) else {
        throw Invocation.strange
      }
      return try invocation.perform(.command(.key(listing.session.key), command))
    })
}
