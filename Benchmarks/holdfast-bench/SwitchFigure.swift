/// What a person waits for at `/new` while a memory provider hangs.
enum SwitchFigure {
  static func measure(_ around: Surroundings) throws -> [Figure] {
    let shared = try SharedCounters(path: around.folder + "/switch.shared")
    shared[.hangs] = 1
    let host = try RunningHost(
      around, state: around.folder("switch"), configuration: configuration(around),
      environment: ["HOLDFAST_BENCH_SHARED": shared.path])
    defer { host.kill() }
    let client = try ConsoleClient(path: host.console)
    var turn = 0
    let waits = try SwitchWaits(around, client, times: around.times(400)) {
      turn += 1
      try client.say("turn \(turn)")
    }
    return [figure(waits)]
  }

  private static func configuration(_ around: Surroundings) -> String {
    """
    [agents.main]
    model = "recall"
    memory = ["hangs"]
    [plugins.console]
    [plugins.recall]
    [plugins.hangs]
    plugin = "bench-memory"
    path = "\(around.plugin("bench_memory"))"
    """
  }

  private static func figure(_ waits: SwitchWaits) -> Figure {
    Figure(
      "session switch, provider hung, p99 beyond two commits", asked: "≤ 1 ms",
      measured: "\(short(waits.beyond)) ms", isReached: waits.beyond <= 1,
      note: """
        a client of the console sends `/new` to an otherwise idle host whose memory provider never
        returns from its first batch, and waits for the answer: \(waits.note), each after a turn
        that the old session owes. \(waits.comparison)
        """,
      obstacle: SwitchWaits.obstacle)
  }
}
