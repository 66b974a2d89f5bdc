import FoundationEssentials
import Glibc
import HoldfastCore
import HoldfastThreads
import Testing

/// `kill -9` at random moments while several people talk. `HOLDFAST_CRASH_TRIALS` says how often,
/// `HOLDFAST_SEED` which moments.
@Suite struct CrashTrialTests {
  /// What a test file decides by: SplitMix64 by Vigna.
  private struct Dice {
    var state: UInt64

    mutating func next(below limit: UInt64) -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return (mixed ^ (mixed >> 31)) % limit
    }
  }

  private static let trials = Clone.variable("HOLDFAST_CRASH_TRIALS").flatMap(Int.init) ?? 100
  private static let seed =
    Clone.variable("HOLDFAST_SEED").flatMap(UInt64.init) ?? UInt64(getpid()) << 20
    ^ monotonicNanoseconds()

  @Test func whatWasAcceptedIsRetainedOnceUnderItsSessionHoweverTheHostIsKilled() throws {
    var dice = Dice(state: Self.seed)
    let stage = try Stage()
    for (name, turns) in [("notes", 1), ("deep", 3)] {
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
    stage.sections["echo"] = """
      plugin = "scripted-model"
      path = "\(Clone.fixture("scripted_model"))"
      config.tools = true

      """
    stage.sections["box"] = """
      plugin = "scripted-tools"
      path = "\(Clone.fixture("scripted_tools"))"

      """
    let talkers = zip(1...4, ["/status", "/new", "/undo", "/help"]).map {
      Talker(
        "t\($0)", on: stage.state + "/run/console.sock", command: $1,
        tool: $0 > 2 ? "box__write" : "")
    }
    try stage.start()
    for talker in talkers { talker.begin() }
    for _ in 0..<Self.trials {
      poll(nil, 0, Int32(dice.next(below: 80)))
      stage.kill9()
      try stage.start(isAwaited: dice.next(below: 4) > 0)
    }
    try stage.ready()
    for talker in talkers { talker.fallSilent() }
    for name in ["notes", "deep", "sqlite"] { try stage.flushed(name) }
    try Patience.until("every reply is delivered") { try stage.status().pendingReplies == 0 }
    #expect(stage.stop() == 0)
    for talker in talkers { talker.end() }
    let account = try Account(stage, talkers)
    for problem in account.problems {
      Issue.record("seed \(Self.seed), \(Self.trials) trials: \(problem)")
    }
    print("\(Self.trials) kills, seed \(Self.seed): \(account.summary)")
  }
}

/// Compares what people were told with what the journal and the providers hold.
private struct Account {
  var problems: [String] = []
  var summary = ""

  init(_ stage: Stage, _ talkers: [Talker]) throws {
    let journal = stage.state + "/journal.sqlite"
    let inputs = try Rows.of(
      journal, "SELECT message_id, status, starts, id, text, session FROM inputs")
    let turns = try Rows.of(journal, "SELECT session, idx, status, user_text, input FROM turns")
    let replies = try Rows.of(journal, "SELECT reply_to, status FROM replies")
    problems = talkers.compactMap(\.problem)
    checkInputs(talkers, inputs, turns)
    for name in ["notes", "deep"] {
      let ledger = try Self.ledger("\(stage.state)/plugins/\(name)/ledger")
      let withdrawn = Set(ledger.filter { $0.name == "withdrawn" }.map(Self.place))
      let stored = ledger.filter { $0.name == "stored" }.map { "\(Self.place($0)) \($0["text"])" }
      check(stored, withdrawn, of: name, against: turns)
    }
    let stored = try Rows.of(
      stage.state + "/plugins/sqlite/memory.sqlite",
      "SELECT s.name, m.turn, m.user_text FROM memory m JOIN session s ON s.id = m.session")
    check(stored.map { $0.joined(separator: " ") }, [], of: "sqlite", against: turns)
    checkReplies(talkers, replies)
    try checkTools(stage, turns)
    let answered = Set(replies.map { $0[0] })
    for row in inputs where row[1] == "1" && !answered.contains(row[0]) {
      problems.append("message \(row[0]) has no reply")
    }
    let live = turns.count { $0[2] == "0" }
    let undone = turns.count { $0[2] == "2" }
    summary +=
      "\(inputs.count) messages, \(live) turns, \(undone) taken back, "
      + "\(turns.count - live - undone) interrupted"
  }

  /// Each accepted message was accepted once, and became one turn or was marked.
  private mutating func checkInputs(
    _ talkers: [Talker], _ inputs: [[String]], _ turns: [[String]]
  ) {
    let rows = Dictionary(grouping: inputs) { $0[0] }
    let made = Dictionary(grouping: turns) { $0[4] }
    for (id, text) in talkers.flatMap({ $0.accepted }) {
      guard let row = rows[id], row.count == 1, row[0][4] == text else {
        problems.append("message \(id) is \(rows[id]?.count ?? 0) times in the inbox")
        continue
      }
      let own = made[row[0][3]] ?? []
      let isFine =
        switch row[0][1] {
        case "1": own.count == 1 && own[0][2] != "1" && own[0][0] == row[0][5]
        case "2": own.count <= 1 && own.allSatisfy { $0[2] == "1" }
        case "3": own.isEmpty && (Int(row[0][2]) ?? 0) >= 3
        default: false
        }
      if !isFine { problems.append("message \(id) \(row[0]) has the turns \(own)") }
    }
  }

  /// A provider has every live turn once, under its own session; of those that were taken back it
  /// has been told, if it ever had them; and it has nothing else.
  private mutating func check(
    _ stored: [String], _ withdrawn: Set<String>, of name: String, against turns: [[String]]
  ) {
    let counts = Dictionary(stored.map { ($0, 1) }, uniquingKeysWith: +)
    var known: Set<String> = []
    for turn in turns where turn[2] != "1" {
      let place = "\(turn[0]) \(turn[1])"
      let count = counts["\(place) \(turn[3])"] ?? 0
      known.insert("\(place) \(turn[3])")
      if turn[2] == "0", count != 1 { problems.append("\(name) has \(count) times \(turn)") }
      if turn[2] == "0", withdrawn.contains(place) {
        problems.append("\(name) was told to forget \(turn)")
      }
      if turn[2] == "2", count > 0, !withdrawn.contains(place) {
        problems.append("\(name) still has \(turn), which was taken back")
      }
    }
    for turn in counts.keys where !known.contains(turn) {
      problems.append("\(name) has \(turn), which is no turn")
    }
  }

  /// A reply came once, or is marked as unknown.
  private mutating func checkReplies(_ talkers: [Talker], _ replies: [[String]]) {
    let rows = Dictionary(replies.map { ($0[0], $0[1]) }) { first, _ in first }
    var unknown = 0
    var unseen = 0
    for (id, status) in rows {
      let seen = talkers.compactMap { $0.replies[id] }.reduce(0, +)
      if status == "4" { unknown += 1 }
      if seen > 1 { problems.append("the reply to \(id) came \(seen) times, status \(status)") }
      if seen == 0, status != "4" {
        unseen += 1
        problems.append("the reply to \(id) never came, status \(status)")
      }
    }
    summary += "\(rows.count) replies, \(unknown) unknown, \(unseen) unseen; "
  }

  /// A tool was called at most once for each message, and for each turn that its model answered.
  private mutating func checkTools(_ stage: Stage, _ turns: [[String]]) throws {
    let rows = try Rows.of(stage.state + "/journal.sqlite", "SELECT count(*) FROM tool_calls")
    if rows != [["0"]] { problems.append("calls of \(rows) turns are still in the journal") }
    let log = try String(contentsOfFile: "\(stage.state)/plugins/box/calls.log", encoding: .utf8)
    let written = log.split(separator: "\n").map(String.init)
    let counts = Dictionary(written.map { ($0, 1) }, uniquingKeysWith: +)
    for (line, count) in counts where count > 1 { problems.append("\(line) \(count) times") }
    for turn in turns where turn[2] != "1" && turn[3].hasPrefix("use box__write") {
      let word = turn[3].split(separator: "\"").dropFirst(3).first ?? ""
      if counts["wrote \(word)"] != 1 { problems.append("\(word) was answered and not written") }
    }
    summary += "\(written.count) calls of a tool; "
  }

  private static func ledger(_ path: String) throws -> [Call] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { Call($0) }
  }

  private static func place(_ call: Call) -> String { "\(call.session) \(call["turn"])" }
}
