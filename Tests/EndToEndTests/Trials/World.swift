import FoundationEssentials
import Glibc
import HoldfastCore

/// A state with people talking and providers storing, in which one host after the other ends in
/// another way. For one thread.
struct World {
  private static let providers = ["notes", "deep"]

  private let stage: Stage
  private let server: MemoryServer
  private let talkers: [Talker]
  /// Milliseconds for which a host that is to lose its power may live without meeting that moment.
  var timeToLive = 500
  private let fate: (inout Dice) -> Ordeal
  private var dice: Dice
  /// What came of it so far.
  private(set) var tally = Tally()

  /// A world in which everything follows from `seed`, as far as processes let it. `fate` says what
  /// each life goes through.
  init(seed: UInt64, fate: @escaping (inout Dice) -> Ordeal) throws {
    dice = Dice(seed: seed)
    self.fate = fate
    stage = try Stage()
    // Short, so that many messages share a turn.
    stage.head += "queue_cap = 4\n"
    server = try MemoryServer("--no-log")
    stage.hindsight(server, as: "hindsight")
    for (name, turns) in zip(Self.providers, [1, 3]) {
      stage.sections[name] = """
        plugin = "scripted-memory"
        path = "\(Clone.fixture("scripted_memory"))"
        retain_every_turns = \(turns)

        """
    }
    stage.sections["sqlite"] = """
      plugin = "sqlite-memory"
      path = "\(Clone.plugin("sqlite-memory"))"

      """
    stage.sections["files"] = """
      plugin = "file-memory"
      path = "\(Clone.plugin("file-memory"))"

      """
    stage.sections["echo"] = """
      plugin = "scripted-model"
      path = "\(Clone.fixture("scripted_model"))"
      config.tools = true

      """
    stage.sections["box"] = """
      plugin = "scripted-tools"
      path = "\(Clone.fixture("scripted_tools"))"

      """
    let socket = stage.state + "/run/console.sock"
    // So many that the memory server is asked about several operations at once, now and then.
    let people = dice.next(below: 3) == 0 ? 12 : 4
    let commands = ["/status", "/new", "/undo", "/help"]
    talkers = (0..<people).map {
      Talker(
        "t\($0 + 1)", on: socket, command: commands[$0 % 4], tool: $0 % 4 > 1 ? "box__write" : "")
    }
  }

  /// Lives so often, comes to rest, and gives account.
  mutating func run(lives: Int) throws -> Tally {
    try stage.start()
    for talker in talkers { talker.begin() }
    stage.kill9()
    do {
      try live(times: lives)
      try rest()
    } catch {
      stage.kill9()
      for talker in talkers { talker.fallSilent() }
      for talker in talkers { talker.end() }
      tally.problems += talkers.compactMap(\.problem)
      throw error
    }
    var account = try Account(stage.state, talkers)
    try account.checkEnd(providers: Self.providers)
    try account.checkDocuments(on: server)
    return tally + account.tally
  }

  private mutating func live(times lives: Int) throws {
    for life in 1...lives {
      let ordeal = fate(&dice)
      let problems = tally.problems.count
      // The memory server has lives of its own: it ends as well, and may be away for one of these.
      let serverEnds = dice.next(below: 6)
      if serverEnds < 2 { server.kill() }
      if serverEnds == 0 { try server.restart() }
      do { try live(ordeal) } catch {
        tally.problems.append("\(error)")
        stage.kill9()
      }
      if serverEnds == 1 { try server.restart() }
      tally.serverEndings += serverEnds < 2 ? 1 : 0
      try check()
      for place in problems..<tally.problems.count {
        tally.problems[place] += " in life \(life), \(ordeal)"
      }
    }
  }

  private mutating func rest() throws {
    (stage.environment, stage.wrapper) = ([:], [])
    try stage.start()
    for talker in talkers { talker.fallSilent() }
    for name in Self.providers + ["sqlite", "files", "hindsight"] { try stage.flushed(name) }
    try Patience.until("every reply is delivered") { try stage.status().pendingReplies == 0 }
    if stage.stop() != 0 { tally.problems.append("the last stop failed: \(stage.lastLog)") }
    for talker in talkers { talker.end() }
  }

  private mutating func check() throws {
    let told = talkers.reduce(into: [:]) { $0.merge($1.accepted) { first, _ in first } }
    var account = try Account(stage.state, talkers)
    try account.checkMeanwhile(told: told, providers: Self.providers)
    tally = tally + account.tally
  }

  // MARK: - One life

  private mutating func live(_ ordeal: Ordeal) throws {
    let report = FaultReport(path: stage.folder.path + "/report")
    unlink(report.path)
    stage.environment = ordeal.environment(report: report.path)
    stage.wrapper = ordeal.wrapper(state: stage.state, report: report.path)
    try stage.start(isAwaited: false)
    tally.lives += 1
    switch ordeal {
    case .kill(let pause, let isReady):
      if isReady { try stage.ready() }
      poll(nil, 0, Int32(pause))
      end(stage.isReady ? "killed while it served" : "killed while it started")
    case .stop(let pause, let killAfter):
      try stage.ready()
      poll(nil, 0, Int32(pause))
      try stop(killAfter: killAfter)
    case .inside(_, let how, _):
      awaitEnd(milliseconds: 400)
      end(report.met.map { "killed, \(how) \($0)" } ?? "killed before its time")
    case .traced:
      awaitEnd(milliseconds: 1500)
      end(report.traced.map { "killed by the kernel in \($0)" } ?? "killed before its time")
    case .power:
      awaitEnd(milliseconds: timeToLive)
      end(report.met.map { "lost its power, \($0)" } ?? "killed before its time")
    case .fault(_, let error, _, _):
      try suffer(ordeal, met: { report.met.map { "\(error) \($0)" } })
    case .tracedFault(_, let error, _, _):
      try suffer(ordeal, met: { report.injected.map { "\(error) \($0) by the kernel" } })
    }
  }

  /// Waits until the fault was met, hears what the host says of it, and ends the host.
  private mutating func suffer(_ ordeal: Ordeal, met: () -> String?) throws {
    var fault: String?
    let limit = Moments(milliseconds: stage.wrapper.isEmpty ? 400 : 1200)
    while fault == nil, !stage.hasEnded, !limit.isOver {
      fault = met()
      poll(nil, 0, 2)
    }
    fault = fault ?? met()
    if let fault {
      tally.faults[fault, default: 0] += 1
      if ordeal.isFault, fault.contains("journal.sqlite"), Self.isReported(fault, of: ordeal) {
        try Patience.until("the host speaks of \(fault)") {
          stage.hasEnded || stage.lastLog.contains("journal ")
        }
        if !stage.lastLog.contains("journal ") {
          tally.problems.append("the host ended without a word about \(fault)")
        }
      }
    }
    poll(nil, 0, Int32(dice.next(below: 60)))
    if stage.hasEnded {
      let status = stage.waitForEnd()
      if status != 1 { tally.problems.append("ended with \(status): \(stage.lastLog)") }
      tally.endings[Self.saidWhy, default: 0] += 1
    } else if dice.next(below: 4) == 0, !stage.lastLog.isEmpty {
      // One that has said nothing yet may not listen to that signal yet either.
      try stop(killAfter: nil)
    } else {
      // It may come to its own end in this very moment, as above.
      end(
        fault == nil ? "killed while it served" : "killed after a fault of the disk",
        or: fault == nil && met() == nil ? [:] : [1: Self.saidWhy])
    }
  }

  /// Truncating a log that is empty anyway is nothing that anybody has to know of.
  /// Of a log that cannot be opened for writing once, whoever only reads learns nothing: SQLite
  /// opens it for reading at once. The first to open it is the one who writes.
  private static func isReported(_ fault: String, of ordeal: Ordeal) -> Bool {
    switch ordeal {
    case .fault(let call, _, let from, count: 1), .tracedFault(let call, _, let from, count: 1):
      if call.name == "open64", call.path.hasSuffix("-wal"), from > 1 { return false }
    default: break
    }
    return !fault.contains("truncate")
  }

  private mutating func stop(killAfter: Int?) throws {
    stage.tellToStop()
    if let killAfter {
      poll(nil, 0, Int32(killAfter))
      end("killed while it stopped", or: [0: "stopped", 1: "stopped"])
    } else {
      let status = stage.waitForEnd()
      if status > 1 { tally.problems.append("a stop ended with \(status): \(stage.lastLog)") }
      tally.endings["stopped", default: 0] += 1
    }
  }

  private static let saidWhy = "ended by itself, saying why"

  /// Kills the host. `others` says how it may have ended just before, by exit status.
  private mutating func end(_ how: String, or others: [Int32: String] = [:]) {
    let status = stage.kill9()
    if status != 1000 + SIGKILL, others[status] == nil {
      tally.problems.append("ended with \(status) when it was to be killed: \(stage.lastLog)")
    }
    tally.endings[others[status] ?? how, default: 0] += 1
  }

  private func awaitEnd(milliseconds: Int) {
    let limit = Moments(milliseconds: milliseconds)
    while !stage.hasEnded, !limit.isOver { poll(nil, 0, 1) }
  }
}
