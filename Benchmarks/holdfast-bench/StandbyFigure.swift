import Glibc

/// How soon a host that stands by answers in the place of one that is killed.
enum StandbyFigure {
  private static let limit = 1000.0

  static func measure(_ around: Surroundings) throws -> [Figure] {
    let state = around.folder("standby")
    var times: [Double] = []
    for _ in 0..<around.times(15) { times.append(try takeOver(around, state)) }
    let samples = Samples(times)
    let slowest = samples.quantile(1)
    return [
      Figure(
        "standby answers", asked: "≤ 1 s",
        measured: "\(short(samples.median)) ms (slowest \(short(slowest)) ms)",
        isReached: slowest <= limit,
        note: """
          from `kill -9` of a host with Console, SQLiteMemory and RecallModel until a client that
          connects to the same socket has the answer to a message, given by `holdfast run
          --standby`; median of \(times.count), of which the slowest counts
          """)
    ]
  }

  /// Milliseconds.
  private static func takeOver(_ around: Surroundings, _ state: String) throws -> Double {
    let host = try RunningHost(around, state: state)
    try ConsoleClient(path: host.console).say("my number is 1")
    let standby = try Child(
      [
        around.holdfast, "run", "--standby", "--state-dir", state, "--plugins",
        around.basicPlugins,
      ], keeping: .standardError)
    while true {
      guard let line = standby.line() else { throw BenchmarkFailure("the standby ended") }
      if line.contains("standing by") { break }
    }
    let begin = nanoseconds()
    host.kill()
    try ConsoleClient(path: host.console).say("what is my number?")
    let time = milliseconds(since: begin)
    standby.end(signal: SIGTERM)
    return time
  }
}
