/// From a commit to the plugin that hears of it.
enum EventFigure {
  static func measure(_ around: Surroundings) throws -> [Figure] {
    let shared = try SharedCounters(path: around.folder + "/events.shared")
    let host = try RunningHost(
      around, state: around.folder("events"), configuration: configuration(around),
      environment: [
        "HOLDFAST_BENCH_SHARED": shared.path, "LD_PRELOAD": around.program("sync_clock.so"),
      ])
    defer { host.stop() }
    let client = try ConsoleClient(path: host.console)
    var raw: [Double] = []
    for round in 0..<around.times(10) {
      for turn in 0..<100 {
        try client.say("turn \(round) \(turn)")
        idle(microseconds: [100, 300, 1000][turn % 3])
      }
      for gap in ["100", "300", "1000"] {
        let child = try Child([around.program("handoff"), "33", gap])
        raw += child.lines().compactMap { Double($0) }
        child.wait()
      }
    }
    return [figure(Samples(shared.samples.map { $0 / 1000 }), Samples(raw.map { $0 / 1000 }))]
  }

  private static func configuration(_ around: Surroundings) -> String {
    """
    [agents.main]
    model = "recall"
    memory = ["notes"]
    [plugins.console]
    [plugins.recall]
    [plugins.notes]
    plugin = "sqlite-memory"
    [plugins.listener]
    plugin = "bench-listener"
    path = "\(around.plugin("bench_listener"))"
    """
  }

  private static func figure(_ events: Samples, _ raw: Samples) -> Figure {
    let ratio = events.median / max(raw.median, 0.001)
    return Figure(
      "event from commit to handled, over the raw hand-off", asked: "≤ 1.5 ×",
      measured: "\(short(ratio)) ×", isReached: ratio <= 1.5,
      note: """
        from SQLite's return from the step that made a turn durable until a C plugin's callback for
        `turn.completed` begins, in a whole host with Console, SQLiteMemory and RecallModel, after
        idle gaps of 100 to 1000 µs: median \(short(events.median)) µs, p10
        \(short(events.quantile(0.1))), p90 \(short(events.quantile(0.9))), of \(events.count).
        Raw hand-off through a futex in plain C, in turns with it: median \(short(raw.median)) µs,
        p10 \(short(raw.quantile(0.1))), p90 \(short(raw.quantile(0.9))), of \(raw.count)
        """,
      obstacle: """
        between the commit and the wake-up the rules run, publish the event to every plugin's
        mailbox and write it down for the plugin, on caches that the wait for the disk left cold:
        \(short(events.median - raw.median)) µs more than the raw hand-off. Where waking takes 20 µs
        that is within the bound, where it takes 4 µs it is not
        """)
  }
}
