import Glibc
import HoldfastControl
import HoldfastCore
import HoldfastThreads

/// The host that the crowd talks to.
final class CrowdHost {
  let runtimeFolder: String
  /// What the memory provider wrote down.
  let ledger: String
  let child: Child
  let holdfast: String
  let state: String
  private var isOver = false

  /// Starts it, and returns when it is ready. Each run has a state of its own.
  init(_ around: Surroundings, agents: Int, run: Int) throws {
    let state = around.folder("crowd-\(run)")
    self.state = state
    holdfast = around.holdfast
    runtimeFolder = state + "/run"
    ledger = state + "/plugins/ledger/ledger"
    try write(Self.configuration(around, agents: agents), to: state + "/holdfast.toml")
    child = try Child(
      [around.holdfast, "run", "--state-dir", state, "--log", "warning"], keeping: .nothing)
    try waitUntilReady(agents: agents)
  }

  private static func configuration(_ around: Surroundings, agents: Int) -> String {
    let rooms = (1...agents).map { number in
      // A provider that hangs remembers with every eighth agent.
      let memory = number % 8 == 1 ? "[\"ledger\", \"hung\"]" : "[\"ledger\"]"
      return """
        [agents.a\(number)]
        model = "crowd"
        memory = \(memory)
        tools = ["tools"]
        [plugins.r\(number)]
        plugin = "console"
        path = "\(around.plugins)/console.so"
        agent = "a\(number)"
        config.socket = "r\(number).sock"
        """
    }
    return """
      [host]
      start_timeout_ms = 60000
      [plugins.crowd]
      plugin = "crowd-model"
      path = "\(around.plugin("crowd_model"))"
      [plugins.tools]
      plugin = "crowd-tools"
      path = "\(around.plugin("crowd_tools"))"
      [plugins.ledger]
      plugin = "crowd-ledger"
      path = "\(around.plugin("crowd_ledger"))"
      [plugins.hung]
      plugin = "crowd-ledger"
      path = "\(around.plugin("crowd_ledger"))"
      deadline_retain_ms = 1000
      config.hangs = true
      [plugins.broken]
      plugin = "failing-channel"
      path = "\(around.plugin("failing_channel"))"
      agent = "a1"
      \(rooms.joined(separator: "\n"))
      """
  }

  var control: ControlClient { ControlClient(path: runtimeFolder + "/control.sock") }

  /// What the host says of itself; nil while it does not answer.
  func status() -> HostStatus? {
    guard case .status(let status)? = try? control.ask(.status) else { return nil }
    return status
  }

  private func waitUntilReady(agents: Int) throws {
    let end = nanoseconds() + 120_000_000_000
    while nanoseconds() < end {
      // A channel is connected when its account says so.
      let connected = status()?.plugins.count { $0.detail == "connected" } ?? 0
      if connected >= agents { return }
      if kill(child.pid, 0) != 0 || child.hasEnded { break }
      idle(microseconds: 50_000)
    }
    throw BenchmarkFailure("the host with \(agents) agents does not become ready")
  }

  /// Whether `status` names the provider that hangs, and the session of the call that it is in,
  /// within half a minute.
  func waitUntilBlamed() -> Bool {
    let end = nanoseconds() + 30_000_000_000
    while nanoseconds() < end {
      let status = status()
      let call = status?.longCalls.first { $0.plugin == "hung" }
      let isNamed = status?.problems.contains { $0.contains("hung") } ?? false
      if isNamed, call?.call == "retain", call?.session.isEmpty == false { return true }
      idle(microseconds: 200_000)
    }
    return false
  }

  /// How often the channel that never connects was tried, once it was so many times or half a
  /// minute is over. Each time it is left alone for longer.
  func waitUntilFailing(times: UInt64) -> UInt64 {
    let end = nanoseconds() + 30_000_000_000
    while true {
      let row = status()?.plugins.first { $0.instance == "broken" }
      let failures = row?.failures ?? 0
      if failures >= times || nanoseconds() > end { return failures }
      idle(microseconds: 50_000)
    }
  }

  /// Waits until the ledger is owed nothing; gives the turns that are left after two minutes.
  func waitUntilRetained() -> Int {
    let end = nanoseconds() + 120_000_000_000
    var left = Int.max
    while nanoseconds() < end {
      let rows = (status()?.providers ?? []).filter { $0.instance == "ledger" }
      if !rows.isEmpty { left = rows.reduce(0) { $0 + Int($1.backlogTurns) } }
      if left == 0 { return 0 }
      idle(microseconds: 50_000)
    }
    return left
  }

  /// Stops it; the provider that hangs is left behind.
  func end() {
    if isOver { return }
    isOver = true
    child.end(signal: SIGTERM)
  }
}
