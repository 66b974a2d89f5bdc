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
    var raw = Handed()
    for round in 0..<around.times(10) {
      for turn in 0..<100 {
        try client.say("turn \(round) \(turn)")
        idle(microseconds: [100, 300, 1000][turn % 3])
      }
      for gap in ["100", "300", "1000"] {
        let child = try Child([around.program("handoff"), "33", gap])
        for line in child.lines() {
          let words = line.split(separator: " ").compactMap { Double($0) }
          if words.count == 2 { raw.add(words[0], isSameCore: words[1] == 1) }
        }
        child.wait()
      }
    }
    var events = Handed()
    for sample in shared.samples { events.add(sample.nanoseconds, isSameCore: sample.isSameCore) }
    return [figure(events, raw)]
  }

  /// Microseconds of hand-offs, by whether both threads ran on one core: that one is woken on
  /// another core takes several times as long, and which of the two happens is up to the scheduler.
  private struct Handed {
    private(set) var same: [Double] = []
    private(set) var other: [Double] = []

    mutating func add(_ nanoseconds: Double, isSameCore: Bool) {
      if isSameCore { same.append(nanoseconds / 1000) } else { other.append(nanoseconds / 1000) }
    }

    var count: Int { same.count + other.count }
    var share: Double { Double(same.count) / Double(max(1, count)) }

    var note: String {
      "on one core median \(short(Samples(same).median)) µs of \(same.count), on two "
        + "\(short(Samples(other).median)) µs of \(other.count)"
    }

    /// How many times as long these took, like compared with like; of each kind there must be some.
    func over(_ raw: Handed) -> Double {
      let pairs = [(same, raw.same), (other, raw.other)].filter { $0.0.count >= 10 }
      let all = pairs.reduce(0) { $0 + $1.0.count }
      return pairs.reduce(0) { sum, pair in
        let ratio = Samples(pair.0).median / max(Samples(pair.1).median, 0.001)
        return sum + ratio * Double(pair.0.count) / Double(max(1, all))
      }
    }
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

  private static func figure(_ events: Handed, _ raw: Handed) -> Figure {
    let ratio = events.over(raw)
    return Figure(
      "event from commit to handled, over the raw hand-off", asked: "≤ 1.5 ×",
      measured: "\(short(ratio)) ×", isReached: ratio <= 1.5,
      note: """
        from SQLite's return from the step that made a turn durable until a C plugin's callback for
        `turn.completed` begins, in a whole host with Console, SQLiteMemory and RecallModel, after
        idle gaps of 100 to 1000 µs: \(events.note). Raw hand-off through a futex in plain C, in
        turns with it: \(raw.note). The ratio compares like with like
        """,
      obstacle: """
        between the commit and the wake-up the rules run, publish the event to every plugin's
        mailbox and write it down for the plugin, on caches that the wait for the disk left cold
        """)
  }
}
