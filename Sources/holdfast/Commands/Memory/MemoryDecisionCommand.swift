internal import HoldfastCore

/// `holdfast memory retry` and `holdfast memory drop`
enum MemoryDecisionCommand {
  private static let batches = Positional(
    name: "batch", count: .many, help: "its number in `holdfast memory pending`")

  static let retry = Command(
    name: "retry", summary: "send parked batches again",
    positionals: [batches],
    examples: [Example("holdfast memory retry 17 18", "Send batches 17 and 18 again.")],
    body: { invocation throws(CommandFailure) in
      try decide(invocation) { .retryBatch($0) }
    })

  static let drop = Command(
    name: "drop", summary: "give parked batches up",
    details: "What is in them will never be remembered by that provider; the transcript stays.",
    positionals: [batches],
    options: [Option(name: "yes", letter: "y", help: "do not ask")],
    examples: [Example("holdfast memory drop 17", "Give batch 17 up, after a question.")],
    body: { invocation throws(CommandFailure) in
      if !invocation.has("yes") {
        let lost = try lost(try numbers(invocation), invocation)
        try Confirmation.ask("Give up for good \(lost.joined(separator: "; "))?", invocation)
      }
      return try decide(invocation) { .dropBatch($0) }
    })

  /// What would be given up.
  private static func lost(
    _ numbers: [Int64], _ invocation: Invocation
  ) throws(CommandFailure) -> [String] {
    let parked = try MemoryPendingCommand.batches([.parked], limit: 1000, invocation)
    var lost: [String] = []
    for number in numbers {
      guard let (provider, cut) = parked.first(where: { $0.cut.id == number }) else {
        throw CommandFailure(
          "there is no parked batch \(number); `holdfast memory pending --parked` lists them")
      }
      let turns = Count.text(cut.turns.count, "turn")
      lost.append(
        "batch \(number) of \(provider): \(turns) (\(cut.turns)) of session \(cut.session)")
    }
    return lost
  }

  private static func decide(
    _ invocation: Invocation, _ request: (Int64) -> ControlRequest
  ) throws(CommandFailure) -> ExitCode {
    for number in try numbers(invocation) { _ = try invocation.perform(request(number)) }
    return .ok
  }

  private static func numbers(_ invocation: Invocation) throws(CommandFailure) -> [Int64] {
    var numbers: [Int64] = []
    for text in invocation.arguments.positionals {
      guard let number = Int64(text), number > 0 else {
        throw CommandFailure(
          "\"\(text)\" is no number of a batch; `holdfast memory pending` lists them",
          status: .usage)
      }
      numbers.append(number)
    }
    return numbers
  }
}
