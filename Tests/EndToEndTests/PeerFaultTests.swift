import HoldfastCore
import HoldfastThreads
import Testing

/// Faults that were reproduced on another host, each absent here: the same as
/// `HoldfastCoreTests/PeerFaultTests.swift`, with the real host and scripted plugins. Each test
/// tells what that host did.
@Suite struct PeerFaultTests {
  /// There, a buffer that was not full was cleared at the end of a session and of the process.
  @Test(
    "R1: what a session's end or a stop finds in the buffer is stored", arguments: [true, false])
  func aBufferSurvivesItsSession(isSwitched: Bool) throws {
    let stage = try Stage(["notes": 5])
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    for text in ["one", "two", "three"] { try chat.ask(text) }
    let session = try stage.current()
    if isSwitched { try chat.ask("/new") }
    #expect(stage.stop() == 0)
    #expect(notes.ledger == ["\(session) 1 one", "\(session) 2 two", "\(session) 3 three"])
  }

  /// There, a switch and a compaction appended the whole session once more.
  @Test("R2: no turn is sent again at a switch or a compaction")
  func nothingIsSentTwice() throws {
    let stage = try Stage(["notes": 1])
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    for number in 1...6 { try chat.ask("turn \(number)") }
    #expect(try chat.ask("/compact").contains("stand behind a summary"))
    try notes.next("compacting")
    try chat.ask("/new")
    try notes.next("switched") { $0["reason"] == "new" }
    #expect(stage.stop() == 0)
    #expect(notes.heard("retain").map(\.range) == (1...6).map { "\($0)-\($0)" })
  }

  /// There, the switch was made in the middle of the queue: the turn behind it was tagged with its
  /// own session as its parent, and with a server that cannot append it was filed in the new
  /// session's document.
  private func switched(behind body: (String, String, [Call]) throws -> Void) throws {
    let stage = try Stage(["notes": 1])
    let notes = try stage.director("notes")
    try stage.start()
    try notes.rule("retain", .hold, times: 1)
    let chat = try stage.chat()
    try chat.ask("one")
    let blocked = try notes.next("retain")
    try chat.ask("two")
    let old = try stage.current()
    try chat.ask("/new")
    try chat.ask("three")
    let new = try stage.current()
    try notes.answer(blocked)
    try stage.settled("notes")
    #expect(stage.stop() == 0)
    try body(old, new, notes.heard("stored"))
  }

  @Test("R3: a turn that waits behind a blocked batch keeps its own tags across a switch")
  func aSwitchOvertakesNoTurn() throws {
    try switched { old, new, stored in
      #expect(
        stored.map { $0["tags"] } == [
          "session:\(old)", "session:\(old)", "session:\(new) parent:\(old)",
        ])
    }
  }

  @Test("R3b: a turn that waits behind a blocked batch keeps its own document across a switch")
  func aTurnStaysInItsDocument() throws {
    try switched { old, new, stored in
      #expect(stored.map { $0["document"] } == [old, old, new])
      #expect(stored.map(\.session) == [old, old, new])
    }
  }

  /// There, a recall that took longer than the switch waited for it was used by the next session.
  @Test("R4: a recall that outlives its session reaches no prompt of the next one")
  func aSlowRecallStaysOut() throws {
    let stage = try Stage(["notes": 1])
    stage.head += "[memory]\nrecall_budget_ms = 20000\n"
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("the tide turns at six")
    try chat.ask("/new")
    try stage.settled("notes")
    try notes.rule("prefetch", .hold)
    try notes.rule("recall", .hold, times: 2)
    try chat.say("two")
    let old = try notes.next("recall") { $0["query"] == "two" }
    try chat.ask("/new")
    let asked = try chat.say("three")
    let own = try notes.next("recall") { $0["query"] == "three" }
    try notes.answer(old)
    try Patience.until("the late answer is refused") {
      try stage.plugin("notes").staleAnswers == 1
    }
    #expect(stage.model.heard("respond").map { $0["last"] } == ["the tide turns at six"])
    try notes.answer(own)
    #expect(try chat.reply(to: asked) == "re: three")
    let prompt = try stage.model.next("respond") { $0["last"] == "three" }
    #expect(prompt["recalled"] == "0" && prompt["recall"] == "")
    #expect(stage.stop() == 0)
  }

  /// There, whoever asked for the switch waited three seconds for that recall.
  @Test("R4b: who asks for a switch waits for no recall")
  func aSwitchDoesNotWait() throws {
    let stage = try Stage(["notes": 1])
    stage.head += "[memory]\nrecall_budget_ms = 3600000\n"
    let notes = try stage.director("notes")
    try stage.start()
    try notes.rule("recall", .hold)
    let chat = try stage.chat()
    try chat.say("one")
    let held = try notes.next("recall")
    // That recall is answered by nobody, so a switch that waited for it would wait for ever.
    #expect(try chat.ask("/new").hasPrefix("New session."))
    try notes.next("cancelled") { $0["op"] == held["op"] }
    #expect(stage.stop() == 0)
  }

  /// There, a recall that was still queued ran after the switch, and its answer was used there.
  @Test("R5: a recall that waits when its session ends is never asked")
  func aQueuedRecallEndsWithItsSession() throws {
    let stage = try Stage(["notes": 1])
    stage.head += "[memory]\nrecall_budget_ms = 20000\n"
    let notes = try stage.director("notes")
    try stage.start()
    try notes.rule("retain", .hold, times: 1)
    let chat = try stage.chat()
    try chat.ask("one")
    let batch = try notes.next("retain")
    try chat.say("two")
    try Patience.until("its turn has begun") { try stage.status().runningTurns == 1 }
    try chat.ask("/new")
    try notes.answer(batch)
    try chat.ask("three")
    #expect(notes.heard("recall").map { $0["query"] } == ["one", "three"])
    #expect(stage.stop() == 0)
  }

  /// There, each turn was given what had been recalled for the turn before, and the first nothing.
  @Test("R6: each turn, the first one too, is given what was recalled for its own question")
  func aTurnGetsItsOwnRecall() throws {
    let stage = try Stage(["notes": 1])
    stage.head += "[memory]\nrecall_budget_ms = 20000\n"
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("my cat is called Miso")
    try chat.ask("/new")
    try chat.ask("what is it called?")
    try chat.ask("are you sure?")
    let recalls = notes.heard("recall").map { $0["query"] }
    #expect(recalls == ["my cat is called Miso", "what is it called?", "are you sure?"])
    let prompts = stage.model.heard("respond")
    #expect(prompts[1]["recall"].contains("Miso") && prompts[1]["history"] == "")
    #expect(prompts[2]["recall"].contains("Miso"))
    #expect(stage.stop() == 0)
  }

  /// There, a turn that was taken back was stored with the next batch.
  @Test("R7: a turn that was taken back is not stored")
  func anUndoneTurnIsNotStored() throws {
    let stage = try Stage(["notes": 3])
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    for text in ["one", "two", "/undo", "three", "/new"] { try chat.ask(text) }
    try stage.settled("notes")
    #expect(stage.stop() == 0)
    #expect(notes.heard("stored").map { "\($0["turn"]) \($0["text"])" } == ["1 one", "3 three"])
  }

  /// There, compaction in place was taken for a switch to a child of the same name.
  @Test("R8: compaction makes no session its own parent")
  func compactionIsNoParent() throws {
    let stage = try Stage(["notes": 3])
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    for number in 1...5 { try chat.ask("turn \(number)") }
    let session = try stage.current()
    #expect(try chat.ask("/compact").contains("stand behind a summary"))
    try chat.ask("turn 6")
    try chat.ask("/new")
    try stage.settled("notes")
    #expect(stage.stop() == 0)
    let stored = notes.heard("stored")
    #expect(stored.map { $0["turn"] } == (1...6).map(String.init))
    #expect(stored.allSatisfy { $0["tags"] == "session:\(session)" && $0["parent"] == "" })
    #expect(notes.heard("switched").first?["newparent"] == "")
  }

  /// There, the parent's tag was kept with the provider and went with every later batch.
  @Test("R9: a parent's tag ends with the session that has it")
  func aParentTagDoesNotStick() throws {
    let stage = try Stage(["notes": 1])
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("one")
    let first = try stage.current()
    try chat.ask("/branch")
    try chat.ask("two")
    let second = try stage.current()
    try chat.ask("/new")
    try chat.ask("three")
    let third = try stage.current()
    try chat.ask("/resume \(first)")
    try chat.ask("four")
    try stage.settled("notes")
    #expect(stage.stop() == 0)
    #expect(
      notes.heard("stored").map { $0["tags"] } == [
        "session:\(first)", "session:\(second) parent:\(first)",
        "session:\(third) parent:\(second)", "session:\(first)",
      ])
  }

  /// There, each of twenty evicted conversations left a thread, and a third of the turns unstored.
  @Test("R10: twenty conversations that end leave no thread and every turn stored")
  func endedConversationsAreStored() throws {
    let stage = try Stage(["notes": 3])
    let notes = try stage.director("notes")
    try stage.start()
    try stage.chat("chat 0").ask("hello")
    let before = try stage.threads()
    for number in 1...20 {
      let chat = try stage.chat("chat \(number)")
      for text in ["one", "two", "/new"] { try chat.ask(text) }
      chat.hangUp()
    }
    #expect(try stage.threads() == before)
    #expect(stage.stop() == 0)
    let stored = Dictionary(grouping: notes.heard("stored"), by: \.session)
    #expect(stored.count == 21)
    #expect(stored.values.count { $0.map { $0["text"] } == ["one", "two"] } == 20)
  }

  /// There, nobody tried again.
  @Test("R11: a retain that failed is tried until it is stored")
  func aFailedRetainIsTriedAgain() throws {
    let stage = try Stage(["notes": 1])
    let notes = try stage.director("notes")
    try stage.start()
    try notes.rule("retain", .fail, times: 2)
    try stage.chat().ask("one")
    let tries = try (0..<3).map { _ in try notes.next("retain") }
    #expect(Set(tries.map { $0["batch"] }).count == 1)
    try stage.settled("notes")
    #expect(notes.heard("stored").map { $0["text"] } == ["one"])
    #expect(stage.stop() == 0)
  }

  /// There, nothing was recalled until that prefetch returned, and nothing counted it.
  @Test("R12: a prefetch that hangs disables no recall, and is counted")
  func aSlowPrefetchDisablesNothing() throws {
    let stage = try Stage(["notes": 1], settings: "deadline_prefetch_ms = 100")
    stage.head += "[memory]\nrecall_budget_ms = 20000\n"
    let notes = try stage.director("notes")
    try stage.start()
    try notes.rule("prefetch", .hold)
    let chat = try stage.chat()
    try chat.ask("the tide turns at six")
    let held = try notes.next("prefetch")
    try chat.ask("/new")
    try chat.ask("when?")
    let prompt = try stage.model.next("respond") { $0["last"] == "when?" }
    #expect(prompt["recall"].contains("the tide turns at six"))
    let other = try notes.next("prefetch")
    try notes.next("cancelled") { $0["op"] == other["op"] }
    #expect(try stage.plugin("notes").timeouts >= 1)
    #expect(held["op"] != other["op"])
    #expect(stage.stop() == 0)
  }

  /// There, the end of the session came first and the turns were refused behind it.
  @Test("R13: a session's end is told behind its turns, also while the host stops")
  func anEndWaitsForItsTurns() throws {
    let stage = try Stage(["notes": 5])
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    for text in ["one", "two", "three"] { try chat.ask(text) }
    try notes.rule("retain", .hold, times: 1)
    try chat.ask("/new")
    let batch = try notes.next("retain")
    #expect(notes.heard("ended", "switched").isEmpty)
    // The host stops while the batch is under way.
    try stage.done(.stop)
    try notes.answer(batch)
    #expect(stage.waitForEnd() == 0)
    try stage.start()
    try notes.next("switched")
    #expect(stage.stop() == 0)
    let order = notes.heard("stored", "ended", "switched").map(\.name)
    #expect(order == ["stored", "stored", "stored", "ended", "switched"])
  }

  /// There, a provider had to guess what the prefetch was for.
  @Test("R14: a prefetch names its session, scope and epoch")
  func aPrefetchSaysWhatItIsFor() throws {
    let stage = try Stage(["notes": 1])
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("one")
    let first = try stage.current()
    let one = try notes.next("prefetch")
    try chat.ask("/new")
    try chat.ask("two")
    let second = try stage.current()
    let two = try notes.next("prefetch")
    #expect([one.session, two.session] == [first, second])
    #expect([one, two].allSatisfy { $0["scope"] == "main/channel:console/user:ana" })
    #expect(one["epoch"] != two["epoch"] && one["key"] == two["key"])
    #expect(stage.stop() == 0)
  }
}
