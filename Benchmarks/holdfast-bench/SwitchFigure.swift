/// What a person waits for at `/new` while a memory provider hangs.
enum SwitchFigure {
  static func measure(_ around: Surroundings) throws -> [Figure] {
    let state = around.folder("switch")
    let baseline = around.folder("two-commits") + "/journal.sqlite"
    try JournalFigures(path: baseline).stop()
    let shared = try SharedCounters(path: around.folder + "/switch.shared")
    shared[.hangs] = 1
    let host = try RunningHost(
      around, state: state, configuration: configuration(around),
      environment: ["HOLDFAST_BENCH_SHARED": shared.path])
    defer { host.kill() }
    let client = try ConsoleClient(path: host.console)
    let commits = try Child([around.program("two_commits"), baseline])
    defer { commits.end(signal: 9) }
    var switches: [Double] = []
    var twoCommits: [Double] = []
    for number in 0..<around.times(400) {
      try client.say("turn \(number)")
      idle(microseconds: 5000)
      commits.poke()
      twoCommits.append((commits.line().flatMap { Double($0) } ?? 0) / 1e6)
      idle(microseconds: 5000)
      switches.append(try client.say("/new") / 1e6)
      idle(microseconds: 5000)
    }
    return [figure(Samples(switches), Samples(twoCommits), shared)]
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

  private static func figure(
    _ switches: Samples, _ commits: Samples, _ shared: SharedCounters
  ) -> Figure {
    let beyond = switches.quantile(0.99) - commits.quantile(0.99)
    return Figure(
      "session switch, provider hung, p99 beyond two commits", asked: "≤ 1 ms",
      measured: "\(short(beyond)) ms", isReached: beyond <= 1,
      note: """
        a client of the console sends `/new` to an otherwise idle host whose memory provider never
        returns from its first batch, and waits for the answer: median \(short(switches.median)) ms,
        p99 \(short(switches.quantile(0.99))) ms, of \(switches.count), each after a turn that the
        old session owes. Two synced commits of the same rows in plain C, in turns with them: median
        \(short(commits.median)) ms, p99 \(short(commits.quantile(0.99))) ms
        """,
      obstacle: """
        both 99th percentiles are those of the disk and of whatever else the machine runs; compare
        the medians, and run it again on an idle machine
        """)
  }
}
