import HoldfastControl
import HoldfastCore

/// What becomes of everybody else while plugins do what no plugin should.
enum CompanyFigure {
  /// Probes come every 10 ms.
  private static let seconds = 30.0

  static func measure(_ around: Surroundings) throws -> [Figure] {
    let host = try RunningHost(
      around, state: around.folder("company"), configuration: configuration(around))
    defer { host.kill() }
    let client = try ConsoleClient(path: host.console)
    try client.say("one")
    let control = ControlClient(path: host.control)
    try waitUntilNamed(control)
    let start = nanoseconds()
    var waits: [Double] = []
    while milliseconds(since: start) < seconds * 1000 * around.effort {
      waits.append(try client.say("turn \(waits.count)") / 1e6)
      idle(microseconds: 10_000)
    }
    guard case .status(let status) = try control.ask(.status),
      let engine = status.executors.first(where: { $0.name == "engine" })
    else { throw BenchmarkFailure("the host does not say how it is") }
    return [figure(engine.sinceStart, Samples(waits))]
  }

  /// The plugins that compute and sleep are named, with the call that they are in.
  private static func waitUntilNamed(_ control: ControlClient) throws {
    for _ in 0..<200 {
      if case .status(let status) = try control.ask(.status),
        Set(status.longCalls.map(\.plugin)).isSuperset(of: ["spinner", "sleeper"])
      {
        return
      }
      idle(microseconds: 50_000)
    }
    throw BenchmarkFailure("`status` does not name the plugins that hang")
  }

  private static func configuration(_ around: Surroundings) -> String {
    let company = [("spinner", "spins"), ("sleeper", "sleeps"), ("orphan", "begins")].map {
      """
      [plugins.\($0)]
      plugin = "bench-company"
      path = "\(around.plugin("bench_company"))"
      config.does = "\($1)"
      """
    }
    return """
      [agents.main]
      model = "recall"
      memory = ["notes"]
      [plugins.console]
      [plugins.recall]
      [plugins.notes]
      plugin = "sqlite-memory"
      \(company.joined(separator: "\n"))
      """
  }

  private static func figure(_ delay: DelayFigures, _ waits: Samples) -> Figure {
    Figure(
      "executor delay beside plugins that hang, p99.9", asked: "≤ 5 ms",
      measured: "\(short(delay.p999Milliseconds)) ms", isReached: delay.p999Milliseconds <= 5,
      note: """
        how long whatever is handed to the rules waits for its turn, by the host's own probes, while
        a plugin computes in an endless loop on one of the cores, one sleeps for an hour in a
        callback, one has work for every turn that it never ends, and a person talks: median
        \(short(delay.p50Milliseconds)) ms, p99 \(short(delay.p99Milliseconds)) ms, longest
        \(short(delay.maxMilliseconds)) ms, of \(grouped(Int(delay.samples))) probes. Each of
        \(grouped(waits.count)) messages was answered, median \(short(waits.median)) ms, p99
        \(short(waits.quantile(0.99))) ms; `status` names the first two with their call
        """)
  }
}
