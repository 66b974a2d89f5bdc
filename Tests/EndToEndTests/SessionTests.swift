import HoldfastCore
import Testing

/// The session operations as a person and a memory provider see them.
@Suite struct SessionTests {
  @Test func aTurnThatRunsAndMessagesThatWaitAreInterruptedByASwitch() throws {
    let stage = try Stage(["notes": 1])
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("before")
    try stage.model.rule("respond", .hold, times: 1)
    let running = try chat.say("running")
    let prompt = try stage.model.next("respond") { $0["last"] == "running" }
    let waiting = try chat.say("waiting")
    let old = try stage.current()
    #expect(try chat.ask("/new").hasPrefix("New session."))
    for id in [running, waiting] { #expect(try chat.reply(to: id).hasPrefix("Not answered")) }
    // What the model still says belongs nowhere any more.
    try stage.model.answer(prompt)
    try chat.ask("after")
    try stage.settled("notes")
    let new = try stage.current()
    #expect(notes.ledger == ["\(old) 1 before", "\(new) 1 after"])
    #expect(notes.heard("interrupted").map { $0["first"] } == ["2"])
    #expect(stage.model.heard("respond").map { $0["last"] } == ["before", "running", "after"])
    #expect(stage.stop() == 0)
  }

  @Test func stopInterruptsTheTurnAndKeepsOrDropsWhatWaits() throws {
    let stage = try Stage(["notes": 1])
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    #expect(try chat.ask("/stop") == "Nothing is running.")
    try stage.model.rule("respond", .hold, times: 2)
    let first = try chat.say("first")
    try stage.model.next("respond")
    let second = try chat.say("second")
    #expect(try chat.ask("/stop") == "Stopped.")
    #expect(try chat.reply(to: first) == "Interrupted.")
    try stage.model.next("respond") { $0["last"] == "second" }
    let third = try chat.say("third")
    try chat.ask("/stop --drop")
    #expect(try chat.reply(to: second) == "Interrupted.")
    #expect(try chat.reply(to: third) == "Dropped by /stop.")
    #expect(try chat.ask("fourth") == "re: fourth")
    try stage.settled("notes")
    #expect(notes.heard("stored").map { $0["text"] } == ["fourth"])
    #expect(stage.stop() == 0)
  }

  @Test func aReplyThatNobodyWasThereForWaitsForWhoeverComesBack() throws {
    let stage = try Stage(["notes": 1])
    try stage.start()
    let chat = try stage.chat()
    try stage.model.rule("respond", .hold, times: 1)
    let asked = try chat.say("are you there?")
    let prompt = try stage.model.next("respond")
    chat.hangUp()
    // The console has noticed once it has let the next one in: it looks at those who are there
    // first.
    let other = try stage.chat("elsewhere", user: "ben")
    defer { other.hangUp() }
    try stage.model.answer(prompt)
    try Patience.until("the reply could not be delivered") {
      let status = try stage.status()
      return status.pendingReplies == 1 && status.plugins.contains { $0.failures > 0 }
    }
    #expect(stage.stop() == 0)
    try stage.start()
    try chat.connect()
    #expect(try chat.reply(to: asked) == "re: are you there?")
    #expect(stage.stop() == 0)
  }

  @Test func aReplyThatNobodyHasShownIsKeptForWhoeverComesBack() throws {
    let stage = try Stage(["notes": 1])
    try stage.start()
    let chat = try stage.chat(acknowledges: true)
    try stage.model.rule("respond", .hold, times: 1)
    let asked = try chat.say("are you there?")
    try stage.model.answer(try stage.model.next("respond"))
    // The reply has come as far as this client, which ends without having shown it.
    _ = try chat.next { $0.verb == "reply" }
    chat.hangUp()
    try Patience.until("the reply is kept") {
      let status = try stage.status()
      return status.pendingReplies == 1 && status.plugins.contains { $0.failures > 0 }
    }
    try chat.connect()
    let reply = try chat.next { $0.verb == "reply" && $0.id == asked }
    #expect(reply.fields[5] == "re: are you there?")
    chat.acknowledge(reply)
    try Patience.until("the reply is delivered") { try stage.status().pendingReplies == 0 }
    #expect(stage.stop() == 0)
  }

  @Test func aSessionIsResumedWhereItWasLeft() throws {
    let stage = try Stage(["notes": 1])
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("in the first")
    let first = try stage.current()
    try chat.ask("/new")
    try chat.ask("in the second")
    let second = try stage.current()
    #expect(try chat.ask("/resume \(first)").hasPrefix("Session \(first) goes on"))
    try chat.ask("back again")
    #expect(stage.model.heard("respond").last?["history"] == "in the first\nre: in the first")
    try stage.settled("notes")
    let change = try notes.next("switched") { $0["reason"] == "resume" }
    #expect(change.session == second && change["new"] == first)
    #expect(notes.heard("ended").map(\.session) == [first])
    #expect(notes.ledger.last == "\(first) 2 back again")
    #expect(stage.stop() == 0)
  }

  @Test func aResumeThatCannotBeIsRefusedWithItsReason() throws {
    let stage = try Stage(["notes": 1])
    try stage.start()
    let (chat, other) = (try stage.chat("home"), try stage.chat("office"))
    try chat.ask("hello")
    try other.ask("hello")
    let (mine, held) = (try stage.current("home"), try stage.current("office"))
    let empty = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    #expect(
      try chat.ask("/resume \(empty)")
        == "There is no session \(empty) here. /sessions lists them.")
    #expect(
      try chat.ask("/resume \(held)")
        == "Session \(held) is in use at main:console:dm:office. /resume \(held) --move takes it "
        + "from there.")
    #expect(try chat.ask("/resume \(mine)") == "Session \(mine) is the current one.")
    try chat.ask("/new")
    let fresh = try stage.current("home")
    try chat.ask("/new")
    #expect(
      try chat.ask("/resume \(fresh)")
        == "Session \(fresh) is empty; there is nothing to go on with.")
    #expect(try chat.ask("/resume nonsense").hasPrefix("“nonsense” is no session id"))
    #expect(try chat.ask("/resume \(held) --move").hasPrefix("Session \(held) goes on"))
    #expect(try stage.current("home") == held)
    #expect(stage.stop() == 0)
  }

  @Test func aBranchSharesTheHistoryAndLeavesItsParentsTurnsToTheParent() throws {
    let stage = try Stage(["notes": 2])
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    for text in ["one", "two", "three"] { try chat.ask(text) }
    let parent = try stage.current()
    #expect(try chat.ask("/branch").hasPrefix("New branch."))
    let child = try stage.current()
    try chat.ask("four")
    #expect(stage.model.heard("respond").last?["history"].hasSuffix("three\nre: three") ?? false)
    #expect(try chat.ask("/undo 3") == "3 turns taken back.")
    try chat.ask("five")
    #expect(stage.model.heard("respond").last?["history"] == "one\nre: one")
    try chat.ask("/new")
    try chat.ask("six")
    let third = try stage.current()
    try chat.ask("/new")
    try stage.settled("notes")
    #expect(
      notes.ledger == [
        "\(parent) 1 one", "\(parent) 2 two", "\(parent) 3 three", "\(child) 5 five",
        "\(third) 1 six",
      ])
    #expect(notes.heard("withdraw").isEmpty)
    let tags = Dictionary(
      notes.heard("stored").map { ($0.session, $0["tags"]) }, uniquingKeysWith: { $1 })
    #expect(tags[parent] == "session:\(parent)")
    #expect(tags[child] == "session:\(child) parent:\(parent)")
    #expect(tags[third] == "session:\(third) parent:\(child)")
    #expect(stage.stop() == 0)
  }

  @Test func goingThereAndBackWhileTheFirstFlushIsDeferredKeepsTheOrder() throws {
    let stage = try Stage(["notes": 3])
    let notes = try stage.director("notes")
    try stage.start()
    try notes.rule("retain", .fail, times: 1)
    let chat = try stage.chat()
    try chat.ask("a one")
    let first = try stage.current()
    try chat.ask("/new")
    for text in ["b one", "b two", "b three"] { try chat.ask(text) }
    let second = try stage.current()
    let other = try notes.next("stored")
    #expect(other.session == second, "the other session is not held up")
    try chat.ask("/resume \(first)")
    try chat.ask("a two")
    try chat.ask("/new")
    try stage.settled("notes")
    let stored = notes.ledger
    #expect(stored.filter { $0.hasPrefix(first) } == ["\(first) 1 a one", "\(first) 2 a two"])
    #expect(stored.count == 5)
    let switches = notes.heard("switched").map { "\($0.session) \($0["new"])" }
    #expect(switches.prefix(2) == ["\(first) \(second)", "\(second) \(first)"])
    #expect(stage.stop() == 0)
  }

  @Test func compactionLeavesWhatIsOwedOwedAndMakesNoSessionItsOwnParent() throws {
    let stage = try Stage(["notes": 10])
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    for number in 1...6 { try chat.ask("turn \(number)") }
    let session = try stage.current()
    try notes.rule("compacting", .hold, times: 1)
    chat.tell("/compact", id: "compact")
    let asked = try notes.next("compacting")
    #expect(asked.session == session && asked.range == "1-2" && asked["reason"] == "compress")
    #expect(notes.heard("retain").map(\.range) == ["1-6"], "the flush comes first")
    try notes.answer(asked)
    #expect(try chat.reply(to: "compact") == "Turns up to 2 stand behind a summary now.")
    let change = try notes.next("switched")
    #expect(change.session == session && change["new"] == session && change["reason"] == "compress")
    #expect(change["newparent"] == "" && change["newepoch"] == change["epoch"])
    #expect(notes.heard("retain", "switched").map(\.name) == ["retain", "switched"])
    try chat.ask("turn 7")
    let history = stage.model.heard("respond").last?["history"] ?? ""
    #expect(
      history.hasPrefix("Summary of what was said before:") && !history.contains("\nturn 2\n"))
    #expect(history.contains("Kept for notes: scripted answer"))
    try chat.ask("/new")
    try stage.settled("notes")
    #expect(notes.ledger == (1...7).map { "\(session) \($0) turn \($0)" })
    #expect(notes.heard("retain").allSatisfy { $0["parent"] != $0.session && $0["parent"] == "" })
    #expect(stage.stop() == 0)
  }

  @Test func aDeletedSessionIsTakenBackFromMemoryAndGone() throws {
    let stage = try Stage(["notes": 1])
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("one")
    try chat.ask("two")
    try stage.settled("notes")
    let session = try stage.current()
    #expect(try chat.ask("/delete") == "Session \(session) is deleted.")
    try notes.next("deleted")
    try stage.settled("notes")
    #expect(Set(notes.heard("withdrawn").map { $0["turn"] }) == ["1", "2"])
    #expect(try stage.sessions().allSatisfy { $0.session.id.description != session })
    try chat.ask("three")
    #expect(stage.model.heard("respond").last?["history"] == "")
    #expect(stage.model.heard("respond").last?["recalled"] == "0")
    #expect(stage.stop() == 0)
    #expect(
      try Rows.of(
        stage.state + "/journal.sqlite", "SELECT idx FROM turns WHERE session = '\(session)'"
      ).isEmpty)
  }
}
