import FoundationEssentials
import Glibc
import HoldfastCore
import HoldfastThreads
import Testing

/// Several hosts reach for one state while the one that has it is being killed.
@Suite struct TwoHostsTests {
  /// A host in a process of its own, with a log of its own.
  private final class Rival {
    private let process: Spawned
    private let file: String
    private var status: Int32?

    init(_ stage: Stage, _ number: Int) throws {
      file = stage.folder.path + "/rival-\(number).log"
      process = try Spawned(
        [Clone.holdfast, "run", "--state-dir", stage.state]
          + ["--config", stage.folder.path + "/holdfast.toml"],
        stderr: file)
    }

    deinit {
      kill()
      _ = end()
    }

    func kill() { if status == nil { Glibc.kill(process.pid, SIGKILL) } }

    /// Waits for its end; its exit status.
    func end() -> Int32 {
      let ended = status ?? process.wait()
      status = ended
      return ended
    }

    var log: String { (try? String(contentsOfFile: file, encoding: .utf8)) ?? "" }
    var isReady: Bool { log.contains("is ready, pid") }

    /// Waits until it serves or has given up; whether it serves.
    func settled() throws -> Bool {
      try Patience.until("a host serves or gives up: \(log)") { isReady || process.hasEnded }
      return !process.hasEnded
    }
  }

  @Test func oneOfSeveralHostsServesAndTheOthersSayWhoDoes() throws {
    let seed = Clone.variable("HOLDFAST_SEED").flatMap(UInt64.init) ?? monotonicNanoseconds()
    var dice = Dice(seed: seed)
    let stage = try Stage()
    stage.sections["notes"] =
      "plugin = \"scripted-memory\"\npath = \"\(Clone.fixture("scripted_memory"))\"\n"
    stage.sections["sqlite"] =
      "plugin = \"sqlite-memory\"\npath = \"\(Clone.plugin("sqlite-memory"))\"\n"
    stage.sections["echo"] =
      "plugin = \"scripted-model\"\npath = \"\(Clone.fixture("scripted_model"))\"\n"
    try stage.start()
    let talker = Talker("t1", on: stage.state + "/run/console.sock", command: "/status")
    talker.begin()
    stage.kill9()
    var number = 0
    var serving: Rival?
    for round in 0..<12 {
      // Three reach for the state around the moment in which the one that has it is killed.
      var rivals: [Rival] = []
      let moment = dice.next(below: 4)
      for place in 0..<3 {
        if place == moment { serving?.kill() }
        number += 1
        rivals.append(try Rival(stage, number))
        poll(nil, 0, Int32(dice.next(below: 3)))
      }
      if moment == 3 { serving?.kill() }
      if let serving { #expect(serving.end() == 1000 + SIGKILL) }
      let survivors = try rivals.filter { try $0.settled() }
      for loser in rivals where !survivors.contains(where: { $0 === loser }) {
        #expect(loser.end() == 1, "seed \(seed), round \(round): \(loser.log)")
        #expect(loser.log.contains("another host"), "seed \(seed), round \(round): \(loser.log)")
      }
      #expect(survivors.count <= 1, "seed \(seed), round \(round)")
      serving = survivors.first
    }
    serving?.kill()
    _ = serving?.end()
    try stage.start()
    talker.fallSilent()
    for name in ["notes", "sqlite"] { try stage.flushed(name) }
    try Patience.until("every reply is delivered") { try stage.status().pendingReplies == 0 }
    #expect(stage.stop() == 0)
    talker.end()
    var account = try Account(stage.state, [talker])
    try account.checkEnd(providers: ["notes"])
    for problem in account.tally.problems { Issue.record("seed \(seed): \(problem)") }
    #expect(account.tally.accepted > 0)
  }
}
