internal import HoldfastCore

/// `holdfast sessions stop`
enum SessionsStopCommand {
  static let command = Command(
    name: "stop", summary: "interrupt the running turn of a session",
    positionals: [SessionsCommand.session],
    options: [Option(name: "drop", help: "also forget the messages that wait")],
    examples: [Example("holdfast sessions stop main:console:dm:ada", "As /stop in that chat.")],
    body: { invocation throws(CommandFailure) in
      try invocation.perform(.stop(dropWaiting: invocation.has("drop")))
    })
}
