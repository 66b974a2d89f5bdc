internal import HoldfastControl
internal import HoldfastCore

/// `holdfast memory pending`
enum MemoryPendingCommand {
  static let command = Command(
    name: "pending", summary: "list batches that are not acknowledged",
    positionals: [
      Positional(
        name: "provider", count: .optional, help: "its name in the configuration; all if left out")
    ],
    options: [
      Option(name: "parked", help: "only those that wait for a decision"),
      Option(name: "limit", letter: "n", value: "n", help: "at most so many of each kind (50)"),
    ],
    examples: [
      Example("holdfast memory pending", "Everything that is on its way or parked."),
      Example("holdfast memory pending notes --parked", "What the provider `notes` has refused."),
    ],
    body: { invocation throws(CommandFailure) in
      let limit = try invocation.number("limit", in: 1...1000, default: 50)
      let kinds: [CutStatus] = invocation.has("parked") ? [.parked] : [.parked, .open]
      let name = invocation.positional(0)
      show(try batches(kinds, of: name, limit: limit, invocation), invocation)
      return .ok
    })

  /// Batches of the provider that is named, or of all.
  static func batches(
    _ kinds: [CutStatus], of name: String? = nil, limit: Int, _ invocation: Invocation
  ) throws(CommandFailure) -> [(provider: String, cut: CutRecord)] {
    var found: [(provider: String, cut: CutRecord)] = []
    let names = if let name { [name] } else { try providers(invocation) }
    for provider in names {
      for kind in kinds {
        let request = ControlRequest.batches(InstanceID(provider), kind, limit: limit)
        guard case .batches(let cuts) = try invocation.ask(request) else {
          throw Invocation.strange
        }
        found += cuts.map { (provider, $0) }
      }
    }
    return found
  }

  private static func providers(_ invocation: Invocation) throws(CommandFailure) -> [String] {
    guard case .status(let status) = try invocation.ask(.status) else { throw Invocation.strange }
    // A provider of two agents has two rows and one list of batches.
    return Set(status.providers.map(\.instance)).sorted()
  }

  private static func show(
    _ found: [(provider: String, cut: CutRecord)], _ invocation: Invocation
  ) {
    if invocation.isJSON {
      invocation.printJSON(found.map { PendingJSON(provider: $0.provider, batch: .init($0.cut)) })
    } else if found.isEmpty {
      invocation.terminal.print("Nothing is pending.")
    } else {
      invocation.terminal.print(render(found, invocation.terminal, now: Age.now))
    }
  }

  private struct PendingJSON: Encodable {
    var provider: String
    var batch: BatchMessage
  }

  static func render(
    _ found: [(provider: String, cut: CutRecord)], _ terminal: Terminal, now: Int64
  ) -> String {
    var table = Table([
      .init(title: "BATCH", isNumber: true), .init(title: "MEMORY", minimum: 6),
      .init(title: "STATE"), .init(title: "SESSION"), .init(title: "TURNS", minimum: 5),
      .init(title: "AGE", isNumber: true), .init(title: "TRIES", isNumber: true),
      .init(title: "REASON", isOmittedIfEmpty: true),
    ])
    // A reason is a sentence, for which a row of a terminal has no room.
    let isShort = terminal.width != nil
    for (provider, cut) in found {
      let state = cut.isUnknown ? "\(cut.status.name)?" : cut.status.name
      table.add([
        "\(cut.id)", "\(provider)",
        .init(text: state, style: cut.status == .parked ? .red : nil), "\(cut.session)",
        "\(cut.turns)", "\(Age.text(since: cut.created.milliseconds, now: now))",
        "\(cut.attempts)", "\(isShort ? "" : cut.reason)",
      ])
    }
    let reasons = found.filter { isShort && !$0.cut.reason.isEmpty }.map { _, cut in
      terminal.prose("batch \(cut.id): \(Terminal.withoutControls(cut.reason))", hanging: 2)
    }
    return ([table.render(terminal)] + (reasons.isEmpty ? [] : [""] + reasons))
      .joined(separator: "\n")
  }
}
