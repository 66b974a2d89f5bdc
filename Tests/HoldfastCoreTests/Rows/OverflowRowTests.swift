import HoldfastCore
import HoldfastSimulator
import Testing

/// More messages than may wait, and turns that answer several.
@Suite struct OverflowRowTests {
  /// One turn runs, one waits, and a third message was joined to that.
  private func merged(_ adjust: (inout Configuration) -> Void = { _ in }) -> World {
    let world = World.calm {
      $0.host.queueCap = 1
      adjust(&$0)
    }
    world.hold("echo", "respond")
    for text in ["one", "two", "three"] {
      world.say(text, from: "alice")
      world.advance(by: .milliseconds(50))
    }
    return world
  }

  private func goOn(_ world: World) {
    world.release("echo", "respond")
    world.advance(by: .seconds(3))
  }

  @Test func aMessageBeyondTheCapIsJoinedAndBothAreAnsweredByOneTurn() throws {
    let world = merged()
    #expect(world.receipts.map(\.receipt) == [.accepted, .accepted, .accepted])
    #expect(world.journal.inputs.count == 3)
    goOn(world)
    #expect(world.questions == ["one", "two\nthree"])
    #expect(world.heard(by: "alice") == ["echo: one", "echo: two\nthree"])
    let answer = try #require(world.delivered.last)
    #expect(answer.replyTo == world.receipts.last?.messageID, "the last one is answered")
    let session = try #require(world.session(of: "alice")?.id)
    #expect(world.stored("notes", session) == [1, 2])
    #expect(world.journal.inputs.values.allSatisfy { $0.status == .done })
    world.expectSound()
  }

  @Test func eachMessageOfATurnIsRecalledForAndNothingElseIs() {
    let world = merged()
    goOn(world)
    let asked = world.asked.filter { $0.name == "recall" }.map(\.query)
    #expect(asked == ["one", "two", "three"])
    #expect(world.host?.census().places.allSatisfy { $0.slots == 0 } ?? false)
    world.expectSound()
  }

  @Test func aMergedMessageThatComesAgainIsADuplicateAlsoAfterARestart() {
    let world = merged()
    var again = InboundMessage()
    again.account = "account"
    again.messageID = world.receipts[2].messageID
    (again.chat, again.user, again.text) = ("alice", "alice", "three")
    world.hand(again)
    world.advance(by: .milliseconds(50))
    #expect(world.receipts.last?.receipt == .duplicate)
    world.crash(keeping: 0)
    world.start()
    world.hand(again)
    world.advance(by: .seconds(3))
    #expect(world.receipts.last?.receipt == .duplicate)
    goOn(world)
    #expect(world.heard(by: "alice") == ["echo: one", "echo: two\nthree"])
    world.expectSound()
  }

  @Test func aRestartAnswersEachMessageOfATurnThatRanOnce() throws {
    let world = merged()
    world.release("echo", "respond", first: 1)
    #expect(world.run { $0.held("echo", "respond") == 1 })
    world.advance(by: .milliseconds(100))
    let rows = world.journal.inputs.values.sorted { $0.id < $1.id }
    #expect(rows.map(\.starts) == [1, 1, 1])
    world.crash(keeping: .max)
    world.holdNoMore("echo", "respond")
    world.start()
    world.advance(by: .seconds(3))
    #expect(world.heard(by: "alice") == ["echo: one", "echo: two\nthree"])
    #expect(world.journal.inputs.values.allSatisfy { $0.status == .done })
    world.expectSound()
  }

  @Test func collectedInputSurvivesARestartInItsWindow() throws {
    let world = World.calm { $0.host.queueMode = .collect }
    world.hold("echo", "respond")
    world.say("one", from: "alice")
    world.advance(by: .milliseconds(50))
    world.say("two", from: "alice")
    world.say("three", from: "alice")
    world.advance(by: .milliseconds(50))
    world.release("echo", "respond")
    world.advance(by: .milliseconds(100))
    #expect(world.questions == ["one"])
    world.crash(keeping: .max)
    world.start()
    world.advance(by: .seconds(3))
    #expect(world.questions == ["one", "two\nthree"])
    world.expectSound()
  }

  @Test func whatAMergedTurnBeganIsInterruptedAsAWholeAfterACrash() throws {
    let world = World.withTools { $0.host.queueMode = .collect }
    world.hold("echo", "respond")
    world.say("one", from: "alice")
    world.advance(by: .milliseconds(50))
    world.say("use box__write:{\"what\":\"x\"}", from: "alice")
    world.say("two", from: "alice")
    world.advance(by: .milliseconds(50))
    world.hold("box", "tool")
    world.release("echo", "respond")
    #expect(world.run { $0.held("box", "tool") == 1 })
    world.crash(keeping: .max)
    world.start()
    world.advance(by: .seconds(3))
    let told = world.heard(by: "alice").filter { $0.hasPrefix("Interrupted: the host ended") }
    #expect(told.count == 1 && told[0].contains("box__write"))
    #expect(world.journal.inputs.values.count { $0.status == .interrupted } == 2)
    #expect(world.tools.calls.count == 1, "nothing of it is run again")
    world.expectSound()
  }

  @Test func aSteeredMessageWhoseTurnIsLostBehindItsToolsHasATurnOfItsOwn() throws {
    let world = World.withTools { $0.host.queueMode = .steer }
    world.hold("box", "tool")
    world.say("use box__look", from: "alice")
    #expect(world.run { $0.held("box", "tool") == 1 })
    world.say("two", from: "alice")
    world.advance(by: .milliseconds(50))
    world.hold("echo", "respond")
    world.release("box", "tool")
    #expect(world.run { $0.questions.count == 2 })
    #expect(world.questions.last == "two")
    world.crash(keeping: .max)
    world.holdNoMore("echo", "respond")
    world.start()
    world.advance(by: .seconds(3))
    #expect(world.heard(by: "alice").last == "echo: two")
    let rows = world.journal.inputs.values.sorted { $0.id < $1.id }
    #expect(rows.map(\.status) == [.interrupted, .done])
    world.expectSound()
  }

  @Test func beyondTheCapASenderIsToldOnceWhereThatIsWanted() throws {
    let world = World.calm {
      $0.host.queueCap = 1
      $0.host.queueOverflow = .refuse
    }
    world.hold("echo", "respond")
    for text in ["one", "two", "three", "four"] {
      world.say(text, from: "alice")
      world.advance(by: .milliseconds(50))
    }
    guard case .rejected(.denied, let why)? = world.receipts.last?.receipt else {
      Issue.record("taken: \(world.receipts)")
      return
    }
    #expect(why.contains("host.queue_cap") && world.receipts.count == 4)
    #expect(world.heard(by: "alice").count { $0.hasPrefix("Not taken: ") } == 1)
    #expect(world.journal.inputs.count == 2, "nothing of it is remembered")
    world.say("else", from: "bob")
    world.advance(by: .milliseconds(50))
    #expect(world.questions.contains("else"), "another place is not held up")
    goOn(world)
    world.say("five", from: "alice")
    world.advance(by: .seconds(1))
    #expect(world.heard(by: "alice").last == "echo: five")
    world.expectSound()
  }

  @Test func whatRunsIsNeverAVictim() throws {
    let world = merged()
    for text in ["four", "five"] {
      world.say(text, from: "alice")
      world.advance(by: .milliseconds(50))
    }
    #expect(world.host?.status().runningTurns == 1)
    goOn(world)
    #expect(world.heard(by: "alice") == ["echo: one", "echo: two\nthree\nfour\nfive"])
    world.expectSound()
  }

  @Test func aStopInterruptsAllMessagesOfAMergedTurn() throws {
    let world = merged()
    world.release("echo", "respond", first: 1)
    #expect(world.run { $0.questions.count == 2 })
    world.advance(by: .milliseconds(50))
    #expect(world.command("/stop") == "Stopped.")
    goOn(world)
    let rows = world.journal.inputs.values.filter { !$0.isCommand }.sorted { $0.id < $1.id }
    #expect(rows.map(\.status) == [.done, .interrupted, .interrupted])
    let session = try #require(world.session(of: "alice")?.id)
    #expect(world.stored("notes", session) == [1])
    world.expectSound()
  }

  @Test func aSwitchInterruptsWhatIsCollectedAndMerged() throws {
    let world = merged { $0.host.queueMode = .collect }
    #expect(world.command("/new").hasPrefix("New session."))
    goOn(world)
    let rows = world.journal.inputs.values.filter { !$0.isCommand }
    #expect(rows.count == 3 && rows.allSatisfy { $0.status == .interrupted })
    #expect(world.questions == ["one"])
    world.talk("four")
    #expect(world.heard(by: "alice").last == "echo: four")
    world.expectSound()
  }

  @Test func anUndoTakesAMergedTurnBackAsOne() throws {
    let world = merged()
    goOn(world)
    #expect(world.command("/undo") == "One turn taken back.")
    world.advance(by: .seconds(2))
    let session = try #require(world.session(of: "alice")?.id)
    #expect(world.stored("notes", session) == [1])
    #expect(world.journal.visibleTurns(of: session, limit: 9, before: 0).map(\.userText) == ["one"])
    world.expectSound()
  }
}
