internal import HoldfastCore

/// `holdfast memory status`
enum MemoryStatusCommand {
  static let command = Command(
    name: "status", summary: "show what each provider has and is owed",
    details: """
      STORED counts turns acknowledged since the host started, OWED those that are not yet, OLDEST \
      the age of the oldest of them. RECALL is the median and the 99th percentile of recalls; LATE \
      and STALE count those that came after their turn had gone on, or after their session was \
      over. Exit status 4 if a provider is not there, or owes for longer than memory.alarm_after_ms.
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
      return isWell(status) ? .ok : .degraded
    })

  /// Whether every provider that should run does, and none owes for too long.
  static func isWell(_ status: HostStatus) -> Bool {
    let names = Set(status.providers.map(\.instance))
    let broken = status.plugins.filter {
      names.contains($0.instance) && ["failed", "wedged", "stopped"].contains($0.state)
    }
    return broken.isEmpty && status.providers.allSatisfy { $0.alarm.isEmpty }
  }
}
