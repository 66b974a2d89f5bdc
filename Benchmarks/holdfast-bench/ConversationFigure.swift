/// Whole turns: message, inbox, prompt, model, turn, reply.
enum ConversationFigure {
  private static let chats = 64
  private static let count = 20_000

  static func measure(_ around: Surroundings) throws -> [Figure] {
    var rates: [Double] = []
    for round in 0..<around.times(3) {
      let shared = try SharedCounters(path: around.folder + "/conversations-\(round).shared")
      shared[.chats] = UInt64(chats)
      shared[.wantedTurns] = UInt64(count)
      let host = try RunningHost(
        around, state: around.folder("conversations-\(round)"),
        configuration: Crowd.configuration(
          around, provider: Crowd.provider(around, turnsPerBatch: 100)),
        environment: ["HOLDFAST_BENCH_SHARED": shared.path])
      try shared.wait(for: .ended, atLeast: 1)
      rates.append(Double(count) / Double(shared[.ended] - shared[.began]) * 1e9)
      host.stop()
    }
    let rate = Samples(rates).median
    return [
      Figure(
        "whole conversation turns", measured: "\(short(rate)) /s",
        note: """
          \(chats) people on a channel in the process, each says 150 bytes as soon as the last
          answer is there; every message goes through inbox, history, model, turn, outbox and
          delivery, three synced transactions and two reads, and into a provider in batches of 100;
          the model answers at once. \(grouped(count)) turns, median of \(rates.count) runs
          """)
    ]
  }
}
