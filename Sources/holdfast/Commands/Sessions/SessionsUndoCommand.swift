internal import HoldfastCore

/// `holdfast sessions undo`
enum SessionsUndoCommand {
  static let command = Command(
    name: "undo", summary: "take the last turns back, also from memory",
    positionals: [
      SessionsCommand.session,
      Positional(name: "count", count: .optional, help: "how many turns (1)"),
    ],
    examples: [Example("holdfast sessions undo main:console:dm:ada 2", "As /undo 2 in that chat.")],
    body: { invocation throws(CommandFailure) in
      let text = invocation.positional(1) ?? "1"
      guard let count = Int(text), (1...1000).contains(count) else {
        throw CommandFailure("<count> is a number from 1 to 1000, not \"\(text)\"", status: .usage)
      }
      return try invocation.perform(.undo(count: count))
    })
}
