internal import HoldfastCore

/// `holdfast sessions delete`
enum SessionsDeleteCommand {
  static let command = Command(
    name: "delete", summary: "delete a session, and take it back from memory",
    positionals: [SessionsCommand.session],
    options: [Option(name: "yes", letter: "y", help: "do not ask")],
    examples: [Example("holdfast sessions delete 01JCZK3V", "Delete it, after a question.")],
    body: { invocation throws(CommandFailure) in
      let session = try SessionArgument(invocation: invocation)
        .session(invocation.positional(0) ?? "")
      try Confirmation.ask("Delete \(session) and its memories for good?", invocation)
      return try invocation.perform(.command(.session(session), .delete(session)))
    })
}
