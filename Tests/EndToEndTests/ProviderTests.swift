import FoundationEssentials
import HoldfastCore
import Testing

/// Providers that come, go, move and misbehave.
@Suite struct ProviderTests {
  @Test func aProviderThatIsAddedLaterStartsAtTheEndOfEverySession() throws {
    let stage = try Stage(["notes": 1])
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("early")
    try stage.settled("notes")
    #expect(stage.stop() == 0)
    let late = try stage.provider("late")
    try stage.start()
    try chat.connect()
    try chat.ask("after")
    try stage.settled("late")
    #expect(stage.stop() == 0)
    #expect(late.heard("stored").map { $0["text"] } == ["after"])
    #expect(late.heard("stored").map { $0["turn"] } == ["2"])
  }

  @Test func aProviderThatIsRemovedAndAddedAgainGoesOnWhereItWas() throws {
    let stage = try Stage(["notes": 1, "other": 1])
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("one")
    try stage.settled("notes")
    #expect(stage.stop() == 0)
    let section = stage.sections.removeValue(forKey: "notes")
    try stage.start()
    try chat.connect()
    try chat.ask("two")
    try stage.settled("other")
    let row = try stage.row("notes")
    #expect(row.state == "paused" && row.backlogTurns == 1)
    #expect(stage.stop() == 0)
    stage.sections["notes"] = section
    try stage.start()
    try chat.connect()
    try chat.ask("three")
    try stage.settled("notes")
    #expect(stage.stop() == 0)
    #expect(notes.heard("stored").map { $0["text"] } == ["one", "two", "three"])
  }

  @Test func anotherDestinationIsAnotherEnrolmentFromNowOn() throws {
    let stage = try Stage()
    let notes = try stage.provider("notes", settings: "config.bank = \"first\"")
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("one")
    try stage.settled("notes")
    #expect(stage.stop() == 0)
    stage.sections["notes"]?.replace("\"first\"", with: "\"second\"")
    try stage.start()
    try chat.connect()
    try chat.ask("two")
    try Patience.until("the second bank has its turn") {
      try stage.status().providers.contains {
        $0.destination == "second" && $0.acknowledgedTurns == 1
      }
    }
    #expect(stage.stop() == 0)
    #expect(notes.heard("stored").map { $0["text"] } == ["one", "two"])
    let folder = stage.state + "/plugins/notes"
    for (bank, text) in [("first", "one"), ("second", "two")] {
      let lines = try String(contentsOfFile: "\(folder)/\(bank)", encoding: .utf8)
      #expect(lines.split(separator: "\n").map { Call($0)["text"] } == [text])
    }
  }

  /// What an entry point is called by here, and what a person does to have it called.
  private static let entries = ["retain", "recall", "event", "prefetch", "withdraw"]

  @Test(arguments: entries) func aFailureInAnyEntryPointStaysWithItsProvider(entry: String) throws {
    let stage = try Stage(["bad": 1, "good": 1])
    let (bad, good) = (try stage.director("bad"), try stage.director("good"))
    bad.begin(with: entry, .fail)
    try stage.start()
    let chat = try stage.chat()
    #expect(try chat.ask("one") == "re: one")
    #expect(try chat.ask("/undo") == "One turn taken back.")
    #expect(try chat.ask("two") == "re: two")
    try stage.settled("good")
    #expect(good.heard("stored").map { $0["text"] } == ["one", "two"])
    try Patience.until("the failure is counted") { try stage.plugin("bad").failures > 0 }
    #expect(try stage.plugin("good").failures == 0)
    if entry == "retain" || entry == "recall" {
      #expect(try stage.row("bad").lastError == "scripted failure")
    }
    #expect(bad.heard("destroy").isEmpty)
    #expect(stage.stop() == 0)
  }

  @Test(arguments: entries) func aHangInAnyEntryPointStaysWithItsProvider(entry: String) throws {
    let stage = try Stage(["bad": 1, "good": 1])
    stage.head += "[memory]\nrecall_budget_ms = 100\n"
    let (bad, good) = (try stage.director("bad"), try stage.director("good"))
    bad.begin(with: entry, .hang, times: 1)
    try stage.start()
    let (chat, other) = (try stage.chat(), try stage.chat("office", user: "bob"))
    #expect(try chat.ask("one") == "re: one")
    #expect(try chat.ask("/undo") == "One turn taken back.")
    #expect(try other.ask("two") == "re: two")
    try stage.settled("good")
    #expect(good.heard("stored").map { $0["text"] } == ["one", "two"])
    #expect(try stage.plugin("good").timeouts == 0)
    let hung = try bad.next(entry == "event" ? "opened" : entry)
    #expect(try stage.plugin("bad").state == "running", "\(hung) may still return")
    try bad.release()
    try stage.settled("bad")
    #expect(stage.stop() == 0)
  }

  @Test func aProviderThatCannotBeCreatedIsNamedAndIsOwedItsTurns() throws {
    let stage = try Stage(["bad": 1, "good": 1])
    let bad = try stage.director("bad")
    bad.begin(with: "create", .fail)
    try stage.start()
    let chat = try stage.chat()
    #expect(try chat.ask("one") == "re: one")
    try stage.settled("good")
    let plugin = try stage.plugin("bad")
    #expect(plugin.state == "failed" && plugin.detail.contains("scripted failure"))
    let status = try stage.status()
    #expect(status.state == "degraded" && status.problems.contains(plugin.detail))
    #expect(try stage.row("bad").backlogTurns == 1)
    let shown = try stage.run("status")
    #expect(shown.status == 4 && shown.output.contains("scripted failure"))
    #expect(stage.stop() == 0)
    try stage.start()
    try stage.settled("bad")
    #expect(bad.heard("stored").map { $0["text"] } == ["one"])
    #expect(stage.stop() == 0)
  }

  @Test func aProviderThatNeverStartsOrNeverEndsHoldsUpNobody() throws {
    let stage = try Stage()
    try stage.provider("good")
    let stuck = try stage.provider("stuck", settings: "deadline_create_ms = 200")
    stuck.begin(with: "create", .hang)
    try stage.start()
    #expect(try stage.chat().ask("one") == "re: one")
    try stage.settled("good")
    #expect(try stage.plugin("stuck").detail.contains("create did not return within 200 ms"))
    #expect(stage.stop() == 0)
    stuck.begin(with: "destroy", .hang)
    try stage.start()
    try stage.settled("stuck")
    #expect(stage.stop() == 0)
    #expect(stage.log.contains("Plugin stuck did not return in time."))
    #expect(stuck.heard("stored").map { $0["text"] } == ["one"])
  }

  @Test func everyCallNamesItsSession() throws {
    let stage = try Stage(["notes": 1])
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("one")
    try notes.next("prefetch")
    try stage.settled("notes")
    let session = try stage.current()
    let calls = notes.heard("opened", "recall", "completed", "retain", "prefetch")
    #expect(calls.count == 5)
    for call in calls {
      #expect(call.session == session && call["key"] == "main:console:dm:home")
      #expect(call["user"] == "ana" && call["scope"] == "main/channel:console/user:ana")
      #expect(call["epoch"] == "1" && call["parent"] == "")
      if call.name != "opened" && call.name != "recall" { #expect(call.range == "1-1") }
    }
    // A turn of a branch, which is taken back.
    try chat.ask("/branch")
    try chat.ask("two")
    try stage.settled("notes")
    try chat.ask("/undo")
    try stage.settled("notes")
    let child = try stage.current()
    let later = notes.heard("recall", "completed", "retain", "withdraw", "undone")
      .filter { $0.session == child }
    #expect(later.map(\.name).sorted() == ["completed", "recall", "retain", "undone", "withdraw"])
    for call in later {
      #expect(call["key"] == "main:console:dm:home" && call["parent"] == session)
      #expect(call["user"] == "ana" && call["scope"] == "main/channel:console/user:ana")
      #expect(call["epoch"] == "2", "\(call.name)")
      if call.name != "recall" { #expect(call.range == "2-2") }
    }
    #expect(later.first { $0.name == "retain" }?["reason"] == "retain")
    #expect(later.first { $0.name == "withdraw" }?["reason"] == "undo")
    #expect(stage.stop() == 0)
  }

  @Test func aPluginThatCrashesTheHostIsNamedAndNothingIsLost() throws {
    let stage = try Stage(["notes": 1])
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    try notes.rule("retain", .raise, times: 1)
    try chat.say("one")
    #expect(stage.waitForEnd() > 1000)
    #expect(stage.log.contains("notes"))
    try stage.start()
    try stage.settled("notes")
    #expect(notes.heard("stored").map { $0["text"] } == ["one"])
    #expect(stage.stop() == 0)
  }

  @Test func theNumberOfThreadsDoesNotGrowWithSessions() throws {
    let stage = try Stage(["notes": 1])
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat("chat 0")
    try chat.ask("hello")
    try stage.settled("notes")
    let before = try stage.threads()
    for number in 1...100 {
      let other = try stage.chat("chat \(number)")
      try other.ask("hello \(number)")
    }
    try stage.settled("notes")
    #expect(try stage.threads() == before)
    #expect(try stage.sessions().count == 101)
    #expect(Set(notes.heard("stored").map(\.session)).count == 101)
    #expect(stage.stop() == 0)
  }
}
