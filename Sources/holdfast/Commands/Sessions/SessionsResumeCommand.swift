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
      let session = try finder.listing(invocation.positional(0) ?? "").session
      let command = ChatCommand.resume(session.id, move: invocation.has("move"))
      let place = try invocation.value("at").map(finder.target) ?? .key(session.key)
      return try invocation.perform(.command(place, command))
    })
}
