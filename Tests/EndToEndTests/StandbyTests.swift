import FoundationEssentials
import Glibc
import HoldfastCore
import HoldfastThreads
import Testing

/// One host serves a state; another may wait for its end.
@Suite struct StandbyTests {
  /// A second host on the stage's state, in a process of its own.
  private final class Standby {
    private let process: Spawned
    private let file: String
    private var isRunning = true

    init(_ stage: Stage, state: String? = nil, _ arguments: [String] = []) throws {
      file = stage.folder.path + "/standby.log"
      process = try Spawned(
        [Clone.holdfast, "run", "--standby", "--state-dir", state ?? stage.state]
          + ["--config", stage.folder.path + "/holdfast.toml"] + arguments,
        stderr: file)
    }

    /// Waits until it gives up; its exit status.
    func waitForEnd() -> Int32 {
      isRunning = false
      return process.wait()
    }

    var log: String { (try? String(contentsOfFile: file, encoding: .utf8)) ?? "" }

    deinit { if isRunning { _ = end(with: SIGKILL) } }

    var pid: pid_t { process.pid }

    func logged(_ text: String) throws {
      try Patience.until("the standby logs \(text)") { log.contains(text) }
    }

    func end(with signal: Int32) -> Int32 {
      isRunning = false
      kill(process.pid, signal)
      return process.wait()
    }
  }

  @Test func aStandbyServesWithEveryWaitingMessageWhenTheHostIsKilled() throws {
    let stage = try Stage(["notes": 1])
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("one")
    try stage.model.rule("respond", .hold, times: 1)
    let running = try chat.say("two")
    let waiting = try chat.say("three")
    let standby = try Standby(stage)
    try standby.logged("(pid \(stage.pid), since ")
    stage.kill9()
    try chat.connect()
    try standby.logged("taking over")
    #expect(try chat.reply(to: running) == "re: two")
    #expect(try chat.reply(to: waiting) == "re: three")
    #expect(try stage.status().pid == standby.pid)
    try stage.settled("notes")
    #expect(standby.end(with: SIGTERM) == 0)
    let session = try stage.director("notes").ledger.map { $0.split(separator: " ")[0] }
    #expect(Set(session).count == 1)
    #expect(
      try stage.director("notes").ledger.map { $0.split(separator: " ")[2] }
        == ["one", "two", "three"])
  }

  /// How long it takes is measured by `make bench ONLY=standby`. Here it is not much longer than a
  /// start, at least once: a machine with other work may stand still now and then.
  @Test func aStandbyAnswersAsSoonAsAHostThatIsStarted() throws {
    let stage = try Stage()
    var told: [String] = []
    for round in 0..<5 {
      let start = Moments()
      try stage.start()
      let chat = try stage.chat(user: "ana \(round)")
      try chat.ask("one")
      let startSeconds = start.seconds
      let standby = try Standby(stage)
      try standby.logged("standing by")
      let kill = Moments()
      stage.kill9()
      try chat.connect()
      try chat.ask("two")
      let seconds = kill.seconds
      #expect(standby.end(with: SIGTERM) == 0)
      if seconds <= startSeconds + 1 { return }
      told.append("\(seconds) s after a start of \(startSeconds) s")
    }
    Issue.record("the standby is late: \(told)")
  }

  @Test func aStandbyEndsWhenItIsToldToAndLeavesTheHostAlone() throws {
    let stage = try Stage()
    try stage.start()
    let standby = try Standby(stage)
    try standby.logged("standing by")
    #expect(standby.end(with: SIGTERM) == 0)
    #expect(try stage.chat().ask("still there?") == "re: still there?")
    #expect(stage.stop() == 0)
  }

  @Test func aStandbyTellsOfABadConfigurationBeforeItIsNeeded() throws {
    let stage = try Stage()
    try stage.start()
    let file = try stage.folder.write("bad.toml", "[host\n")
    let result = try stage.run("run", "--standby", "--config", file)
    #expect(result.status == 2 && result.errors.contains("bad.toml:1:"))
    #expect(stage.stop() == 0)
  }

  /// It would hold its own state for as long as the other host lives, and serve nobody.
  @Test func aStandbyDoesNotWaitForSocketsOfAHostOnAnotherState() throws {
    let stage = try Stage()
    try stage.start()
    let other = try stage.folder.folder("other")
    chmod(other, 0o700)
    let standby = try Standby(stage, state: other, ["--runtime-dir", stage.state + "/run"])
    try standby.logged("another host has its sockets in \(stage.state)/run (pid \(stage.pid)")
    #expect(standby.waitForEnd() == 1)
    #expect(standby.log.contains("and keeps them; name another folder with --runtime-dir"))
    #expect(try stage.chat().ask("still there?") == "re: still there?")
    #expect(stage.stop() == 0)
  }

  @Test func childrenThatOutliveTheHostHoldNoLock() throws {
    let stage = try Stage()
    stage.sections["leaver"] = "path = \"\(Clone.fixture("leaves_children"))\"\n"
    try stage.start()
    stage.kill9()
    let calls = stage.state + "/plugins/leaver/calls.log"
    let words = try String(contentsOfFile: calls, encoding: .utf8).split(
      whereSeparator: \.isWhitespace)
    let children = words.compactMap { pid_t($0) }
    defer { for child in children { kill(child, SIGKILL) } }
    #expect(children.count == 2 && children.allSatisfy { kill($0, 0) == 0 })
    stage.sections["leaver"] = nil
    try stage.start()
    #expect(try stage.chat().ask("hello") == "re: hello")
    #expect(stage.stop() == 0)
  }
}
