internal import HoldfastCore

/// `holdfast memory status`
enum MemoryStatusCommand {
  static let command = Command(
    name: "status", summary: "show what each provider has and is owed",
    details: """
      STORED counts turns acknowledged since the host started, OWED those that are not yet, OLDEST \
      the age of the oldest of them. RECALL is the median and the 99th percentile of recalls; LATE \
      and STALE count those that came after their turn had gone on, or after their session was \
      over.
      """,
    examples: [Example("holdfast memory status", "One row for each provider and agent.")],
    body: { invocation throws(CommandFailure) in
      guard case .status(let status) = try invocation.ask(.status) else {
        throw Invocation.strange
      }
      if invocation.isJSON {
        invocation.printJSON(status.providers)
      } else if status.providers.isEmpty {
        invocation.terminal.print("No memory provider is configured.")
      } else {
        invocation.terminal.print(ProviderTable.render(status.providers, invocation.terminal))
      }
      return .ok
    })
}
