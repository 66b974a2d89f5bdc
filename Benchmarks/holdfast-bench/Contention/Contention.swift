import Glibc
import HoldfastThreads

/// `holdfast-bench contention --agents 47 --plugins FOLDER [--turns 12000] [--picture FILE]
/// [--shared yes]`
///
/// A crowd on one host: agents with turns, memory and tool calls, several writers in the same
/// sessions, clients in other processes, a provider that hangs and a channel that fails over and
/// over. In the end every message must have been answered once and retained once, and the thread of
/// the rules must have come to its work in time.
struct Contention {
  /// Messages that many writers say in a second, all together.
  private static let rate = 250
  /// Processes with a writer in each agent's room.
  private static let processes = 4

  private let around: Surroundings
  private let agents: Int
  private let messages: Int
  /// What writers think between an answer and what they say next, in milliseconds.
  private let pause: Int
  private let picture: String
  /// Whether others work on the machine, too, so that a delay is held against a bystander's.
  private let isShared: Bool

  init(_ around: Surroundings, options: [String: String]) throws {
    guard let agents = Int(options["--agents"] ?? "47"), agents > 0,
      let turns = Int(options["--turns"] ?? "12000"), turns > 0
    else { throw BenchmarkFailure("--agents and --turns are numbers from 1 on") }
    self.around = around
    self.agents = agents
    messages = max(2, turns / (agents * Self.processes))
    // A few people talk as fast as they are answered; many, so that all of them together say what
    // two cores can answer while the writers share them.
    pause = agents * Self.processes > 500 ? agents * Self.processes * 1000 / Self.rate : 0
    isShared = options["--shared"] != nil
    picture = options["--picture"] ?? "contention-\(agents).svg"
  }

  /// True if all of it held. On a shared machine delay alone is no fault yet if it is not there
  /// again: a regression is there each time.
  func run() throws -> Bool {
    var left = isShared ? 3 : 1
    while true {
      left -= 1
      let (verdict, seconds) = try judge(run: left)
      tell(verdict, seconds: seconds)
      if verdict.problems.isEmpty { return true }
      if !verdict.faults.isEmpty || left == 0 { return false }
      print("once more, since others may have had the machine")
    }
  }

  private func judge(run: Int) throws -> (Verdict, seconds: Double) {
    let host = try CrowdHost(around, agents: agents, run: run)
    defer { host.end() }
    let watch = CrowdWatch(host)
    let began = nanoseconds()
    let crowd = try (1...Self.processes).map { number in
      try Child([
        "/proc/self/exe", "writers", "--name", "p\(number)", "--folder", host.runtimeFolder,
        "--rooms", "\(agents)", "--messages", "\(messages)", "--pause-ms", "\(pause)",
      ])
    }
    var outcome = Writers.Outcome()
    for process in crowd { try outcome.add(process.lines()) }
    let seconds = milliseconds(since: began) / 1000
    for process in crowd where process.wait() != 0 {
      throw BenchmarkFailure("a process of writers failed")
    }
    let blamed = host.waitUntilBlamed()
    let failures = host.waitUntilFailing(times: Verdict.leastFailures)
    let left = host.waitUntilRetained()
    let observed = watch.end()
    host.end()
    let ledger = Ledger(contents(of: host.ledger))
    try write(observed.picture(agents: agents).svg, to: picture)
    let verdict = Verdict(
      wanted: agents * Self.processes * messages, outcome: outcome, ledger: ledger, left: left,
      isBlamed: blamed, failures: failures, observed: observed, isShared: isShared)
    return (verdict, seconds)
  }

  private func tell(_ verdict: Verdict, seconds: Double) {
    let waits = Samples(verdict.outcome.waits)
    for line in verdict.observed.lines { print(line) }
    print(
      "answers: median \(short(waits.median)) ms, p99 \(short(waits.quantile(0.99))) ms, "
        + "max \(short(waits.quantile(1))) ms; \(short(Double(verdict.wanted) / seconds)) turns/s; "
        + "said again because of busy: \(verdict.outcome.busy)")
    print("picture: \(picture)")
    let problems = verdict.problems
    let figures =
      "\(grouped(verdict.wanted)) turns of \(grouped(agents)) agents in \(short(seconds)) s, "
      + (pause > 0 ? "each writer thinking for \(pause) ms between, " : "")
      + "executor delay p99.9 \(short(verdict.observed.engine.p999)) ms"
    print(
      problems.isEmpty
        ? "every turn answered once and retained once: \(figures)"
        : "FAILED: \(problems.joined(separator: "; ")) (\(figures))")
  }
}
