internal import HoldfastCore

/// `holdfast memory detach`
enum MemoryDetachCommand {
  static let command = Command(
    name: "detach", summary: "write off what a provider is owed",
    details: """
      For a provider that does not come back, or a destination that its memories do not go to any \
      more: what it is owed is given up for good, dead letters too. What it has stays there and is \
      not taken back any more. A provider that is still configured goes on from now.
      """,
    positionals: [Positional(name: "provider", help: "its name when it was configured")],
    options: [
      Option(name: "destination", value: "text", help: "only where its memories went to this"),
      Option(name: "agent", value: "name", help: "only for this agent"),
      Option(name: "yes", letter: "y", help: "do not ask"),
    ],
    examples: [
      Example("holdfast memory detach old-notes", "End its debt, after a question."),
      Example(
        "holdfast memory detach notes --destination before.sqlite",
        "The same, for where it stored before."),
    ],
    body: { invocation throws(CommandFailure) in
      let row = try enrolment(invocation)
      try Confirmation.ask("Give up for good \(debt(row))?", invocation)
      return try invocation.perform(.detach(EnrolmentID(row.enrolment)))
    })

  /// The one that is meant.
  private static func enrolment(
    _ invocation: Invocation
  ) throws(CommandFailure) -> ProviderStatusRow {
    let name = invocation.positional(0) ?? ""
    guard case .status(let status) = try invocation.ask(.status) else { throw Invocation.strange }
    let own = status.providers.filter { row in
      row.instance == name && invocation.value("agent").map { $0 == row.agent } ?? true
        && invocation.value("destination").map { $0 == row.destination } ?? true
    }
    guard let first = own.first else {
      throw CommandFailure(
        "no provider “\(name)” is owed anything there; `holdfast memory status` lists them")
    }
    if own.count == 1 { return first }
    let places = own.map {
      "\($0.destination.isEmpty ? "\"\"" : $0.destination) (agent \($0.agent))"
    }
    throw CommandFailure(
      "\(name) is enrolled at \(places.joined(separator: ", ")); say which with --destination or "
        + "--agent", status: .usage)
  }

  /// What is given up.
  private static func debt(_ row: ProviderStatusRow) -> String {
    let parts = [
      "\(Count.text(row.backlogTurns, "turn")) of \(Count.text(row.backlogSessions, "session"))",
      Count.text(row.parkedBatches, "parked batch", "parked batches"),
      Count.text(row.owedWithdrawals, "withdrawal"),
    ]
    let place = row.destination.isEmpty ? "" : " in \(row.destination)"
    return parts.joined(separator: ", ") + " that \(row.instance)\(place) is owed"
  }
}
