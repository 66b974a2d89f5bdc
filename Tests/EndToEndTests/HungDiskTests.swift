import FoundationEssentials
import Glibc
import HoldfastCore
import Testing

/// A disk that does not fail but does not answer either: what waits for it waits for ever, and the
/// host must end all the same, since another waits for its locks.
@Suite struct HungDiskTests {
  /// A host whose syncs of files with that in their path do not return once `trouble` is there.
  private struct Ground {
    let stage: Stage
    let trouble: String
    let report: String

    init(_ path: String) throws {
      stage = try Stage(["notes": 1])
      trouble = stage.folder.path + "/trouble"
      report = stage.folder.path + "/report"
      stage.head = "[host]\nshutdown_timeout_ms = 200\n"
      stage.environment = [
        "LD_PRELOAD": Clone.preload("system_faults"), "HOLDFAST_FAULT_REPORT": report,
        "HOLDFAST_FAULT": "fdatasync:hang:1:0:\(path):\(trouble)",
      ]
    }

    func begin() throws { try stage.folder.write("trouble", "") }

    func waitUntilSomethingHangs() throws {
      try Patience.until("something waits for the disk") { access(report, F_OK) == 0 }
    }

    func mend() {
      unlink(trouble)
      stage.environment = [:]
    }

    var bundles: [String] {
      let names = try? FileManager.default.contentsOfDirectory(atPath: stage.state + "/support")
      return (names ?? []).filter { $0.hasPrefix("bundle-") && $0.hasSuffix(".json") }.sorted()
    }
  }

  @Test(arguments: [("journal.sqlite", true), ("/state/", false)])
  func aHostThatIsToldToStopEndsAndLosesNothing(path: String, tells: Bool) throws {
    let ground = try Ground(path)
    let stage = ground.stage
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("one")
    try stage.model.rule("respond", .hold, times: 1)
    let running = try chat.say("two")
    let waiting = try chat.say("three")
    try ground.begin()
    chat.tell("four", id: "never accepted")
    try ground.waitUntilSomethingHangs()
    #expect(stage.stop() == 1)
    #expect(stage.lastLog.contains("the host does not come to its end"))
    #expect(stage.lastLog.contains("the stop failed; ") == tells)
    #expect(ground.bundles.map { $0.hasSuffix("-failed_stop.json") } == (tells ? [true] : []))
    ground.mend()
    try stage.start()
    try chat.connect()
    #expect(try chat.reply(to: running) == "re: two")
    #expect(try chat.reply(to: waiting) == "re: three")
    #expect(try chat.receipt("one", id: "ana in home 1").verb == "duplicate")
    if !tells { try stage.logged("did not stop in an orderly way") }
    try stage.settled("notes")
    #expect(stage.stop() == 0)
    #expect(ground.bundles.count == 1, "it was told of once: \(ground.bundles)")
  }

  @Test func aCrashEndsTheHostThoughItsRecordCannotBeSynced() throws {
    let ground = try Ground("/crash/record")
    try ground.stage.start()
    try ground.begin()
    kill(ground.stage.pid, SIGSEGV)
    #expect(ground.stage.waitForEnd() == 1000 + SIGALRM)
    ground.mend()
    try ground.stage.start()
    let record = try #require(try ground.stage.status().lastCrash)
    #expect(record.kind == "SIGSEGV" && record.text.contains("crash (SIGSEGV) of the host"))
    #expect(ground.stage.stop() == 0)
  }
}
