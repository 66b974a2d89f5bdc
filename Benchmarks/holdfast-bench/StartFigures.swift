/// How soon a host is there, how soon a question is answered, and what memory it takes.
enum StartFigures {
  static func measure(_ around: Surroundings) throws -> [Figure] {
    let state = around.folder("start")
    try warmUp(around, state)
    var starts: [Double] = []
    for _ in 0..<around.times(15) {
      let begin = nanoseconds()
      let host = try RunningHost(around, state: state)
      let client = try ConsoleClient(path: host.console)
      starts.append(milliseconds(since: begin))
      withExtendedLifetime(client) { host.stop() }
    }
    let host = try RunningHost(around, state: state)
    defer { host.stop() }
    let status = try commandTimes(around, ["status", "--state-dir", state])
    let list = try commandTimes(around, ["sessions", "list", "--state-dir", state])
    return [
      figure(
        "start to ready", Samples(starts), limit: 100,
        """
        from the start of `holdfast run` with Console, SQLiteMemory and RecallModel, on a state with
        earlier conversations, until every plugin runs and the console has greeted a client; median
        of \(starts.count) starts
        """),
      figure(
        "`holdfast status`", status, limit: 30,
        """
        the whole process, against a running host; median of \(status.count)
        """),
      figure(
        "`holdfast sessions list`", list, limit: 30,
        """
        the whole process, against a running host; median of \(list.count)
        """),
      try resident(host),
    ]
  }

  private static func warmUp(_ around: Surroundings, _ state: String) throws {
    let host = try RunningHost(around, state: state)
    let client = try ConsoleClient(path: host.console)
    for number in 0..<20 { try client.say("my number \(number) is \(number * number)") }
    host.stop()
  }

  private static func figure(
    _ name: String, _ times: Samples, limit: Double, _ note: String
  ) -> Figure {
    Figure(
      name, asked: "≤ \(short(limit)) ms",
      measured: "\(short(times.median)) ms (p90 \(short(times.quantile(0.9))) ms)",
      isReached: times.median <= limit, note: note)
  }

  private static func commandTimes(_ around: Surroundings, _ words: [String]) throws -> Samples {
    var times: [Double] = []
    for _ in 0..<around.times(31) {
      let start = nanoseconds()
      let child = try Child([around.holdfast] + words)
      _ = child.lines()
      guard child.wait() == 0 else { throw BenchmarkFailure("\(words[0]) failed") }
      times.append(milliseconds(since: start))
    }
    return Samples(times)
  }

  private static func resident(_ host: RunningHost) throws -> Figure {
    let client = try ConsoleClient(path: host.console)
    for number in 0..<50 { try client.say("I like the number \(number)") }
    idle(microseconds: 1_500_000)
    let mebibytes = { (name: String) in host.child.memory(name) / 1024 }
    let total = mebibytes("VmRSS")
    return Figure(
      "resident memory", asked: "≤ 20 MB",
      measured: "\(short(total)) MiB", isReached: total * 1.048576 <= 20,
      note: """
        VmRSS of `holdfast run` with Console, SQLiteMemory and RecallModel after 50 turns and
        1.5 s of idleness; \(short(mebibytes("RssAnon"))) MiB of it are the process's own
        (RssAnon), \(short(mebibytes("RssFile"))) MiB are mapped files, mostly of the Swift runtime
        """)
  }
}
