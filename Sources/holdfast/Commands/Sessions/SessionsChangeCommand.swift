internal import HoldfastCore

/// `holdfast sessions new`, `reset` and `branch`: what ends in another session at the same place.
enum SessionsChangeCommand {
  private static let title = Option(name: "title", letter: "t", value: "text", help: "its title")

  private static func change(
    _ invocation: Invocation, _ command: (String) -> ChatCommand
  ) throws(CommandFailure) -> ExitCode {
    try invocation.perform(command(invocation.value("title") ?? ""))
  }

  static let new = Command(
    name: "new", summary: "begin a fresh session at the place of this one",
    details: "What was said before stays, and goes to memory under its own session.",
    positionals: [SessionsCommand.session], options: [title],
    examples: [Example("holdfast sessions new main:console:dm:ada", "As /new in that chat.")],
    body: { invocation throws(CommandFailure) in
      try change(invocation) { .new(title: $0) }
    })

  static let reset = Command(
    name: "reset", summary: "the same, and take the old one out of sight",
    positionals: [SessionsCommand.session], options: [title],
    examples: [Example("holdfast sessions reset main:console:dm:ada", "As /reset in that chat.")],
    body: { invocation throws(CommandFailure) in
      try change(invocation) { .reset(title: $0) }
    })

  static let branch = Command(
    name: "branch", summary: "try something else from here, with the same history",
    positionals: [SessionsCommand.session], options: [title],
    examples: [
      Example("holdfast sessions branch 01JCZK3V -t 'other plan'", "As /branch in its chat.")
    ],
    body: { invocation throws(CommandFailure) in
      try change(invocation) { .branch(title: $0) }
    })
}
