/// Recall from a Hindsight server, beside the peer's.
enum RecallFigures {
  static func measure(_ around: Surroundings) throws -> [Figure] {
    guard isFile(around.plugins + "/hindsight.so"), around.hindsightServer != nil else { return [] }
    let peer = Peer(around)
    return [try waiting(around, peer), try first(around, peer)]
  }

  private static func configuration(_ around: Surroundings, _ server: HindsightServer) -> String {
    """
    [agents.main]
    model = "prompt"
    memory = ["provider"]
    [plugins.console]
    [plugins.prompt]
    plugin = "bench-prompt"
    path = "\(around.plugin("bench_prompt"))"
    [plugins.provider]
    \(HindsightFigures.provider(server, turnsPerBatch: 1))
    """
  }

  /// A person says `/new` while the server holds the recall of what was said before.
  private static func waiting(_ around: Surroundings, _ peer: Peer?) throws -> Figure {
    let server = try HindsightServer(around)
    let shared = try SharedCounters(path: around.folder + "/recall.shared")
    try server.rule(on: "recall", do: "hang")
    let host = try RunningHost(
      around, state: around.folder("recall"), configuration: configuration(around, server),
      plugins: around.plugins, environment: ["HOLDFAST_BENCH_SHARED": shared.path])
    defer { host.kill() }
    let client = try ConsoleClient(path: host.console)
    var turn = 0
    let waits = try SwitchWaits(around, client, times: around.times(400)) {
      let held = try server.counter("recall")
      turn += 1
      client.tell("turn \(turn)")
      try server.wait(for: "recall", atLeast: held + 1)
    }
    var peers = HindsightFigures.absence
    if let peer {
      let theirs = Samples(try peer.numbers("switch_ms", "switch", server, ["--count", "3"]))
      peers = "The caller of \(Peer.name) waits \(grouped(Int(theirs.median))) ms, median of 3"
    }
    return Figure(
      "session switch, recall in flight, p99 beyond two commits", asked: "≤ 1 ms",
      measured: "\(short(waits.beyond)) ms", isReached: waits.beyond <= 1,
      note: """
        as above, each while a turn waits for a recall that the loopback Hindsight server holds:
        \(waits.note). \(waits.comparison). \(peers)
        """,
      obstacle: SwitchWaits.obstacle)
  }

  /// The server recalls the question itself, so what reached the prompt shows which was asked.
  private static func first(_ around: Surroundings, _ peer: Peer?) throws -> Figure {
    let question = "when does the ferry leave"
    let server = try HindsightServer(around)
    let shared = try SharedCounters(path: around.folder + "/recall.shared")
    let host = try RunningHost(
      around, state: around.folder("first"), configuration: configuration(around, server),
      plugins: around.plugins, environment: ["HOLDFAST_BENCH_SHARED": shared.path])
    defer { host.stop() }
    let client = try ConsoleClient(path: host.console)
    let answer = try client.answer(to: question)
    let isRecalled = answer.contains("about \(question)")
    var peers = HindsightFigures.absence
    if let peer {
      let found = try peer.numbers("recalled", "first", server, ["--question", question])
      peers = "With \(Peer.name): \(found == [1] ? "the same" : "nothing")"
    }
    return Figure(
      "recall in the prompt of the first turn", asked: "of its question",
      measured: isRecalled ? "of its question" : "none", isReached: isRecalled,
      note: """
        the loopback server recalls a sentence that repeats the question; the model answers the
        first message of a new session with what was recalled for it. \(peers)
        """)
  }
}
