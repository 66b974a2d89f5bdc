import HoldfastCore
import Testing

/// What is recalled, for whom, and when it is dropped.
@Suite struct RecallTests {
  private func stage(budget: Int = 20_000) throws -> Stage {
    let stage = try Stage(["notes": 1])
    stage.head += "[memory]\nrecall_budget_ms = \(budget)\n"
    try stage.start()
    return stage
  }

  @Test(arguments: ["/new", "/undo"])
  func aRecallInFlightIsDroppedAndCountedWhenTheSessionMovesOn(command: String) throws {
    let stage = try stage()
    let notes = try stage.director("notes")
    let chat = try stage.chat()
    try chat.ask("first")
    try stage.settled("notes")
    try notes.rule("recall", .hold, times: 1)
    let asked = try chat.say("what did I say?")
    let recall = try notes.next("recall") { $0["query"] == "what did I say?" }
    #expect(try chat.ask(command).isEmpty == false)
    #expect(try chat.reply(to: asked).hasPrefix("Not answered"))
    try notes.next("cancelled") { $0["op"] == recall["op"] }
    try notes.answer(recall)
    try chat.ask("and now?")
    #expect(try stage.row("notes").staleRecalls >= 1)
    let prompts = stage.model.heard("respond").map { $0["last"] }
    #expect(prompts == ["first", "and now?"])
    #expect(stage.stop() == 0)
  }

  @Test func aRecallThatHasNotStartedIsCancelledByASwitch() throws {
    let stage = try stage()
    let notes = try stage.director("notes")
    let ana = try stage.chat()
    let bob = try stage.chat("office", user: "bob")
    for chat in [ana, bob] { try chat.ask("good morning") }
    try stage.settled("notes")
    try notes.rule("event", .hang, times: 1)
    try ana.ask("hello")
    // The provider's thread is held by ana's event, so bob's recall has to queue.
    let asked = try bob.say("what now?")
    try Patience.until("bob's turn runs") { try stage.status().runningTurns == 1 }
    try bob.ask("/new")
    #expect(try bob.reply(to: asked).hasPrefix("Not answered"))
    try notes.release()
    try bob.ask("later")
    #expect(
      notes.heard("recall").map { $0["query"] } == [
        "good morning", "good morning", "hello", "later",
      ])
    #expect(stage.stop() == 0)
  }

  @Test func theFirstTurnOfASessionRemembersWhatTheEndedSessionSaid() throws {
    let stage = try stage()
    let notes = try stage.director("notes")
    let chat = try stage.chat()
    try chat.ask("my cat is called Miso")
    try chat.ask("/new")
    try chat.ask("what is my cat called?")
    #expect(try notes.next("recall") { $0["query"] == "what is my cat called?" }["reason"] != "")
    let prompt = try stage.model.next("respond") { $0["last"] == "what is my cat called?" }
    #expect(prompt["recall"].contains("my cat is called Miso") && prompt["recalled"] == "1")
    #expect(prompt["history"] == "")
    #expect(stage.stop() == 0)
  }

  @Test func aRecallThatIsTooSlowIsCountedAndTheNextOneWorks() throws {
    let stage = try stage(budget: 100)
    let notes = try stage.director("notes")
    let chat = try stage.chat()
    try chat.ask("the tide turns at six")
    try chat.ask("/new")
    try stage.settled("notes")
    try notes.rule("prefetch", .hold)
    try notes.rule("recall", .hold, times: 1)
    #expect(try chat.ask("hello") == "re: hello")
    let late = try notes.next("recall") { $0["query"] == "hello" }
    try notes.next("cancelled") { $0["op"] == late["op"] }
    #expect(try stage.row("notes").lateRecalls == 1)
    #expect(stage.model.heard("respond").last?["recalled"] == "0", "there was no prefetch either")
    try chat.ask("when does the tide turn?")
    let prompt = try stage.model.next("respond") { $0["last"].hasPrefix("when") }
    #expect(prompt["recall"].contains("the tide turns at six"))
    #expect(stage.stop() == 0)
  }

  @Test func memoriesOfOneUserNeverReachAnother() throws {
    let stage = try stage()
    let notes = try stage.director("notes")
    let ana = try stage.chat("home", user: "ana")
    let bob = try stage.chat("office", user: "bob")
    try ana.ask("ana's secret is seven")
    try bob.ask("bob's secret is nine")
    for chat in [ana, bob] { try chat.ask("/new") }
    try stage.settled("notes")
    try ana.ask("what do you know of me?")
    try bob.ask("what do you know of her?")
    let hers = try stage.model.next("respond") { $0["last"].hasSuffix("of me?") }
    let his = try stage.model.next("respond") { $0["last"].hasSuffix("of her?") }
    #expect(hers["recall"].contains("seven") && !hers["recall"].contains("nine"))
    #expect(his["recall"].contains("nine") && !his["recall"].contains("seven"))
    #expect(Set(notes.heard("stored").map { $0["scope"] }).count == 2)
    #expect(stage.stop() == 0)
  }

  @Test func aRecallStartsWhenItsMessageIsAcceptedAndNotWithItsTurn() throws {
    let stage = try stage()
    let notes = try stage.director("notes")
    let chat = try stage.chat()
    try chat.ask("first")
    try stage.settled("notes")
    try stage.model.rule("respond", .hold, times: 1)
    let running = try chat.say("second")
    let prompt = try stage.model.next("respond") { $0["last"] == "second" }
    let waiting = try chat.say("third")
    try notes.next("recall") { $0["query"] == "third" }
    #expect(stage.model.heard("respond").map { $0["last"] } == ["first", "second"])
    try stage.model.answer(prompt)
    #expect(try chat.reply(to: running) == "re: second")
    #expect(try chat.reply(to: waiting) == "re: third")
    #expect(notes.heard("recall").map { $0["query"] } == ["first", "second", "third"])
    #expect(stage.stop() == 0)
  }

  @Test func aLateRecallIsReplacedByWhatThePrefetchLeft() throws {
    let stage = try stage(budget: 300)
    let notes = try stage.director("notes")
    let chat = try stage.chat()
    try chat.ask("the tide turns at six")
    try chat.ask("/new")
    try stage.settled("notes")
    try notes.rule("recall", .hold)
    try chat.ask("hello")
    // The provider is asked for this turn's recall behind that prefetch, on the same thread.
    try notes.next("prefetch") { $0.session == (try? stage.current()) }
    #expect(try chat.ask("when does it turn?") == "re: when does it turn?")
    let prompts = stage.model.heard("respond")
    #expect(prompts.map { $0["last"] }.suffix(2) == ["hello", "when does it turn?"])
    #expect(prompts.suffix(2).map { $0["recalled"] } == ["0", "1"])
    #expect(prompts.last?["recall"].contains("the tide turns at six") == true)
    #expect(try stage.row("notes").lateRecalls == 2)
    #expect(stage.stop() == 0)
  }

  @Test func memoriesOfAnotherScopeAreRefusedWhateverAProviderAnswers() throws {
    let stage = try Stage()
    stage.head += "[memory]\nrecall_budget_ms = 20000\n"
    stage.sections["odd"] = """
      plugin = "foreign-scope"
      path = "\(Clone.fixture("foreign_scope"))"

      """
    try stage.start()
    try stage.chat().ask("what do you know?")
    let prompt = try stage.model.next("respond")
    #expect(prompt["recall"].contains("- mine\n") && !prompt["recall"].contains("a secret"))
    #expect(stage.stop() == 0)
  }

  @Test func whatIsBeingWithdrawnIsInNoPrompt() throws {
    let stage = try stage()
    let notes = try stage.director("notes")
    let chat = try stage.chat()
    try chat.ask("keep this")
    try chat.ask("forget this")
    try stage.settled("notes")
    try notes.rule("withdraw", .hold, times: 1)
    try chat.ask("/undo")
    let held = try notes.next("withdraw")
    try chat.ask("/new")
    try chat.ask("what did I say?")
    let prompt = try stage.model.next("respond") { $0["last"] == "what did I say?" }
    #expect(prompt["recall"].contains("keep this") && !prompt["recall"].contains("forget this"))
    #expect(notes.heard("withdrawn").isEmpty, "the provider still has it")
    try notes.answer(held)
    try stage.settled("notes")
    #expect(stage.stop() == 0)
  }
}
