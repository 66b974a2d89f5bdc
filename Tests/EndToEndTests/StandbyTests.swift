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

    init(_ stage: Stage) throws {
      file = stage.folder.path + "/standby.log"
      process = try Spawned(
        [Clone.holdfast, "run", "--standby", "--state-dir", stage.state]
          + ["--config", stage.folder.path + "/holdfast.toml"],
        stderr: file)
    }

    deinit { if isRunning { _ = end(with: SIGKILL) } }

    var pid: pid_t { process.pid }

    func logged(_ text: String) throws {
      try Patience.until("the standby logs \(text)") {
        ((try? String(contentsOfFile: file, encoding: .utf8)) ?? "").contains(text)
      }
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
