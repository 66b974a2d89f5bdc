/// `holdfast memory`
enum MemoryCommand {
  static let command = Command(
    name: "memory", summary: "what memory providers have, and what they are owed",
    details: """
      Finished turns go to every memory provider in batches. A batch that cannot be stored now is \
      sent again for as long as it takes; one that a provider refuses for good is parked until \
      somebody decides.
      """,
    examples: [
      Example("holdfast memory status", "What each provider has acknowledged."),
      Example("holdfast memory pending --parked", "What waits for a decision."),
      Example("holdfast memory recall cat", "What would be remembered of that."),
      Example("holdfast memory retry 17", "Send batch 17 again."),
      Example("holdfast memory backfill notes", "Send `notes` what was said before it was there."),
    ],
    subcommands: [
      MemoryStatusCommand.command, MemoryPendingCommand.command, MemoryRecallCommand.command,
      MemoryDecisionCommand.retry, MemoryDecisionCommand.drop, MemoryBackfillCommand.command,
      MemoryDetachCommand.command,
    ])
}
