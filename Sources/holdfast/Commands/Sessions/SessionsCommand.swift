/// `holdfast sessions`
enum SessionsCommand {
  static let command = Command(
    name: "sessions", summary: "list, read and change conversations",
    details: """
      A session is named by its id, by the first letters of it (at least \
      \(SessionArgument.shortestPrefix), if no other begins so), or by the place it is bound to, \
      such as main:console:dm:ada.
      """,
    examples: [
      Example("holdfast sessions list", "The newest conversations."),
      Example("holdfast sessions history 01JCZK3V", "What was said in one of them."),
      Example("holdfast sessions new main:console:dm:ada", "Begin a fresh one at that place."),
    ],
    subcommands: [
      SessionsListCommand.command, SessionsShowCommand.command, SessionsHistoryCommand.command,
      SessionsExplainCommand.command,
      SessionsChangeCommand.new, SessionsChangeCommand.reset, SessionsResumeCommand.command,
      SessionsChangeCommand.branch, SessionsUndoCommand.command, SessionsDeleteCommand.command,
      SessionsStopCommand.command,
    ])

  /// The argument of most of them.
  static let session = Positional(
    name: "session", help: "an id, the beginning of one, or a place such as main:console:dm:ada")
}
