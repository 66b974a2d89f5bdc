import FoundationEssentials
import Glibc
import HoldfastCore
import Testing

/// A plugin in the host's process takes it down: the record names plugin, call and session, and
/// the next start goes on where the last one was.
@Suite struct CrashRecordTests {
  /// Calls without a session.
  private static let general = ["create", "query", "start", "receipt", "stop", "destroy"]
  private static let calls =
    general + ["event", "recall", "respond", "send", "retain", "withdraw", "on_cancel"]

  private func stage(in call: String, how: String) throws -> Stage {
    let stage = try Stage(["notes": 1])
    stage.agent = "model = \"bad\"\n"
    stage.head += "[memory]\nrecall_budget_ms = 100\n"
    stage.sections["bad"] = """
      plugin = "ends-the-host"
      path = "\(Clone.fixture("ends_the_host"))"
      config.in = "\(call)"
      config.how = "\(how)"

      """
    return stage
  }

  /// Lets the host die, and starts it again with a plugin that is harmless now.
  private func crash(_ stage: Stage, in call: String) throws -> Int32 {
    let isAtEnd = ["stop", "destroy"].contains(call)
    try stage.start(isAwaited: isAtEnd)
    if isAtEnd { try stage.settled("bad") }
    let status = isAtEnd ? stage.stop() : stage.waitForEnd()
    stage.sections["bad"]?.replace("in = \"\(call)\"", with: "in = \"nothing\"")
    try stage.start()
    return status
  }

  /// Gives the session of the one message that there was.
  @discardableResult
  private func expectNothingLost(_ stage: Stage) throws -> String {
    // The provider may have died between its ledger and its telling of it.
    let file = stage.state + "/plugins/notes/ledger"
    var stored: [Call] = []
    try Patience.until("the message is a turn that was retained") {
      let text = try String(contentsOfFile: file, encoding: .utf8)
      stored = text.split(separator: "\n").map { Call($0) }.filter { $0.name == "stored" }
      return !stored.isEmpty
    }
    try stage.settled("notes")
    try stage.settled("bad")
    let session = stored.first?.session ?? ""
    #expect(stored.map { "\($0["turn"]) \($0["text"])" } == ["1 hello"])
    #expect(try stage.status().inputsSetAside == 0)
    #expect(stage.stop() == 0)
    return session
  }

  /// A host that is started again and again does without a plugin that ends it each time.
  @Test(arguments: ["retain", "recall", "create", "event"])
  func aPluginThatEndsOneHostAfterTheOtherIsLeftOut(call: String) throws {
    let stage = try Stage(["notes": 1])
    stage.head += "[memory]\nrecall_budget_ms = 100\n"
    stage.sections["bad"] = """
      plugin = "ends-the-host"
      path = "\(Clone.fixture("ends_the_host"))"
      config.in = "\(call)"
      config.how = "crash"

      """
    stage.agent = "model = \"echo\"\nmemory = [\"notes\", \"bad\"]\n"
    for _ in 0..<3 {
      try stage.start(isAwaited: false)
      #expect(stage.waitForEnd() > 1000)
    }
    try stage.start()
    let chat = try stage.chat("office", user: "bob")
    #expect(try chat.ask("two") == "re: two")
    try stage.settled("notes")
    let bad = try stage.plugin("bad")
    #expect(bad.state == "failed" && bad.detail.contains("ended the host 3 times"))
    #expect(bad.detail.contains("holdfast plugin enable bad"))
    #expect(try stage.run("status").status == 4)
    stage.sections["bad"]?.replace("in = \"\(call)\"", with: "in = \"nothing\"")
    #expect(stage.stop() == 0)
    try stage.start()
    #expect(try stage.plugin("bad").state == "failed", "nobody has said that it is well")
    #expect(try stage.run("plugin", "enable", "bad").status == 0)
    try stage.settled("bad")
    #expect(try stage.plugin("bad").state == "running")
    #expect(stage.stop() == 0)
  }

  @Test(arguments: calls) func aCrashInAnyCallIsRecordedAndLosesNothing(call: String) throws {
    let stage = try stage(in: call, how: "crash")
    #expect(try crash(stage, in: call) > 1000)
    let record = try #require(try stage.status().lastCrash)
    #expect(record.plugin == "bad" && record.call == call && record.kind == "SIGSEGV")
    #expect(record.text.contains("ends_the_host") || record.text.contains(".so"))
    let isGeneral = Self.general.contains(call) || call == "on_cancel"
    #expect(record.session.isEmpty == isGeneral)
    let shown = try stage.run("status").output
    #expect(shown.contains("last crash: SIGSEGV in plugin bad, call \(call), "), "\(shown)")
    if !isGeneral { #expect(shown.contains("session \(record.session)")) }
    let session = try expectNothingLost(stage)
    if !isGeneral { #expect(record.session == session) }
  }

  @Test(arguments: ["create", "recall", "retain", "event", "destroy"])
  func anExitInACallIsRecordedAndLosesNothing(call: String) throws {
    let stage = try stage(in: call, how: "exit")
    #expect(try crash(stage, in: call) == 70)
    let record = try #require(try stage.status().lastCrash)
    #expect(record.plugin == "bad" && record.call == call && record.kind == "exit")
    try expectNothingLost(stage)
  }

  @Test func anExitBeforeAPluginSaysWhatItIsIsNamed() throws {
    let stage = try Stage(["notes": 1])
    stage.sections["bad"] = """
      plugin = "ends-at-entry"
      path = "\(Clone.fixture("ends_at_entry"))"

      """
    try stage.start(isAwaited: false)
    #expect(stage.waitForEnd() == 70)
    stage.sections["bad"] = nil
    try stage.start()
    let record = try #require(try stage.status().lastCrash)
    #expect(record.plugin == "bad" && record.call == "hf_plugin_main" && record.kind == "exit")
    #expect(stage.stop() == 0)
  }

  private func section(_ how: String) -> String {
    """
    plugin = "crashes-in-thread"
    path = "\(Clone.fixture("crashes_in_thread"))"
    config.how = "\(how)"

    """
  }

  /// Of a thread that the host did not start, the code on its stack says whose it is.
  @Test(arguments: [("write", "SIGSEGV"), ("call", "SIGSEGV"), ("abort", "SIGABRT")])
  func aCrashInAThreadOfAPluginsOwnNamesThePlugin(how: String, kind: String) throws {
    let stage = try Stage(["notes": 1])
    stage.sections["bad"] = section(how)
    try stage.start()
    // The host may end before it has said that it has the message.
    _ = try? stage.chat().ask("hello")
    #expect(stage.waitForEnd() > 1000)
    stage.sections["bad"] = nil
    try stage.start()
    let record = try #require(try stage.status().lastCrash)
    #expect(record.plugin == "bad" && record.call.isEmpty && record.kind == kind, "\(record)")
    #expect(record.text.contains("of plugin bad in a thread of its own at 0x"), "\(record)")
    let words = "\(kind) in plugin bad, in a thread of its own"
    #expect(try stage.run("status").output.contains("last crash: " + words))
    #expect(try stage.run("doctor").output.contains(words))
    #expect(stage.stop() == 0)
  }

  @Test func ofInstancesThatShareTheirCodeBothAreNamed() throws {
    let stage = try Stage(["notes": 1])
    stage.sections["bad"] = section("write")
    stage.sections["other"] = section("nothing")
    try stage.start()
    _ = try? stage.chat().ask("hello")
    #expect(stage.waitForEnd() == 1000 + SIGSEGV)
    stage.sections["bad"] = nil
    try stage.start()
    let plugin = try #require(try stage.status().lastCrash).plugin
    #expect(["bad or other", "other or bad"].contains(plugin))
    #expect(stage.stop() == 0)
  }

  @Test func theLastTwentyRecordsStayAndWhoEndsWellLeavesNone() throws {
    let stage = try stage(in: "create", how: "exit")
    let file = stage.folder.path + "/holdfast.toml"
    for _ in 0..<22 {
      try stage.start(isAwaited: false)
      #expect(stage.waitForEnd() == 70)
      // Or it would be left out after three of them.
      #expect(try stage.run("plugin", "enable", "bad", "--config", file).status == 0)
    }
    stage.sections["bad"]?.replace("in = \"create\"", with: "in = \"nothing\"")
    for _ in 0..<3 {
      try stage.start()
      #expect(stage.stop() == 0)
    }
    let folder = stage.state + "/crash"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    let sizes = try names.filter { $0.hasPrefix("record-") }.map { name in
      try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8).utf8.count
    }
    #expect(sizes.count { $0 > 0 } == 20 && sizes.count == 21)
  }

  @Test func aHostThatWasKilledLeftNoRecord() throws {
    let stage = try Stage(["notes": 1])
    try stage.start()
    stage.kill9()
    try stage.start()
    #expect(try stage.status().lastCrash == nil)
    #expect(try !stage.run("status").output.contains("last crash"))
    #expect(stage.stop() == 0)
  }
}
