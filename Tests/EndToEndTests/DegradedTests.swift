import FoundationEssentials
import HoldfastCore
import Testing

/// A status never says "fine" while memory is owed for too long, or is missing.
@Suite struct DegradedTests {
  @Test func aProviderThatOwesForTooLongShowsInEveryStatusAndInTheExitStatus() throws {
    let stage = try Stage(["notes": 1])
    stage.head += "[memory]\nalarm_after_ms = 1000\n"
    let notes = try stage.director("notes")
    notes.begin(with: "retain", .fail)
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("one")
    try stage.logged("notes owes 1 turns")
    try Patience.until("the host is degraded") { try stage.status().state == "degraded" }
    for command in [["status"], ["memory", "status"]] {
      let shown = try stage.run(command[0], command.count > 1 ? command[1] : "--json")
      #expect(shown.status == 4, "\(command)")
      #expect(shown.output.contains("notes owes 1 turns"))
    }
    #expect(try chat.ask("/status").contains("notes owes 1 turns"))
    try notes.rule("retain", .work)
    try stage.settled("notes")
    #expect(try stage.run("memory", "status").status == 0)
    #expect(stage.stop() == 0)
  }

  @Test func whoeverWritesIsToldThatStrictMemoryIsMissing() throws {
    let stage = try Stage()
    stage.head += "[memory]\nstrict = true\n"
    let blocked = try stage.folder.write("diary", "no folder")
    stage.sections["diary"] = """
      plugin = "file-memory"
      path = "\(Clone.plugin("file-memory"))"
      config.path = "\(blocked)"

      """
    try stage.start()
    let chat = try stage.chat()
    let asked = try chat.say("one")
    #expect(try chat.reply(to: asked).contains("the memory “diary” is not there"))
    #expect(try stage.run("status").status == 4)
    try FileManager.default.removeItem(atPath: blocked)
    try stage.done(.startPlugin(InstanceID("diary")))
    #expect(try chat.reply(to: asked) == "re: one")
    #expect(try stage.run("status").status == 0)
    #expect(stage.stop() == 0)
  }

  @Test func aHostWhoseParentBlockedItsSignalsStopsAllTheSame() throws {
    let stage = try Stage()
    stage.wrapper = ["/usr/bin/env", "--block-signal=TERM", "--block-signal=INT"]
    try stage.start()
    #expect(stage.stop() == 0)
  }
}
