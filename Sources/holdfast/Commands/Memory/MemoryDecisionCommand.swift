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
      let count = invocation.arguments.positionals.count
      let what = count == 1 ? "this batch" : "these \(count) batches"
      try Confirmation.ask("Give \(what) up for good?", invocation)
      return try decide(invocation) { .dropBatch($0) }
    })

  private static func decide(
    _ invocation: Invocation, _ request: (Int64) -> ControlRequest
  ) throws(CommandFailure) -> ExitCode {
    var numbers: [Int64] = []
    for text in invocation.arguments.positionals {
      guard let number = Int64(text), number > 0 else {
        throw CommandFailure(
          "\"\(text)\" is no number of a batch; `holdfast memory pending` lists them",
          status: .usage)
      }
      numbers.append(number)
    }
    for number in numbers { _ = try invocation.perform(request(number)) }
    return .ok
  }
}
