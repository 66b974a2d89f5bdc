import HoldfastCore
import HoldfastSimulator
import Testing

/// What was taken back is nowhere, in whatever state it was.
@Suite struct UndoRowTests {
  @Test func anUndoneTurnThatIsInNoCutIsDropped() throws {
    let world = World.calm([("notes", 3)])
    world.talk("one", "two")
    let session = try #require(world.session(of: "alice"))
    #expect(world.command("/undo 2") == "2 turns taken back.")
    world.expectSound()
    #expect(world.batches("notes").isEmpty && world.takenBack("notes").isEmpty)
    #expect(world.journal.turns[session.id]?.map(\.status) == [.withdrawn, .withdrawn])
    #expect(world.provider("notes")?.backlogTurns == 0)
  }

  @Test func anUndoneTurnInFlightIsWithdrawnBehindItsAcknowledgement() throws {
    let world = World.calm()
    world.hold("notes", "retain")
    world.talk("one")
    let session = try #require(world.session(of: "alice"))
    #expect(world.command("/undo") == "One turn taken back.", "the provider still hangs")
    world.advance(by: .seconds(5))
    #expect(world.takenBack("notes").isEmpty)
    #expect(world.provider("notes")?.owedWithdrawals == 1)
    world.release("notes", "retain")
    world.advance(by: .seconds(1))
    let withdrawal = try #require(world.takenBack("notes").first)
    #expect(withdrawal.turns.map(\.turn) == [1])
    #expect(withdrawal.turns.first?.key == world.batches("notes").first?.key)
    #expect(withdrawal.document == session.id.description)
    #expect(withdrawal.context.session == session.id && withdrawal.context.reason == "undo")
    #expect(world.stored("notes", session.id).isEmpty)
    #expect(world.provider("notes")?.owedWithdrawals == 0)
    world.expectSound()
    #expect(world.ranges("notes") == ["1"] && world.takenBack("notes").count == 1)
  }

  @Test func anAcknowledgedTurnThatIsUndoneIsWithdrawn() throws {
    let world = World.calm([("notes", 2)])
    world.talk("one", "two")
    let session = try #require(world.session(of: "alice"))
    #expect(world.stored("notes", session.id) == [1, 2])
    let epoch = try #require(world.journal.bindings[world.key(of: "alice")]?.epoch)
    #expect(world.command("/undo") == "One turn taken back.")
    #expect(world.journal.bindings[world.key(of: "alice")]?.epoch == epoch + 1)
    #expect(world.session(of: "alice")?.id == session.id)
    #expect(world.takenBack("notes").map { $0.turns.map(\.turn) } == [[2]])
    #expect(world.stored("notes", session.id) == [1])
    #expect(world.provider("notes")?.owedWithdrawals == 0)
    world.expectSound()
    #expect(world.ranges("notes") == ["1-2"] && world.takenBack("notes").count == 1)
  }

  @Test func anUndoneTurnOfADeadLetterThatMayBeStoredIsWithdrawnNowAndAfterARetry() throws {
    let world = World.calm()
    world.script("notes", "retain", .hung, .refused)
    world.talk("one")
    world.advance(by: .seconds(125))
    let session = try #require(world.session(of: "alice"))
    let letter = try #require(world.journal.cuts.values.first { $0.status == .parked })
    #expect(letter.isUnknown && letter.attempts == 2)
    #expect(world.command("/undo") == "One turn taken back.")
    #expect(world.takenBack("notes").count == 1)
    #expect(world.provider("notes")?.parkedBatches == 1)

    let request = world.ask(.retryBatch(letter.id))
    world.advance(by: .seconds(1))
    #expect(world.answers[request] == .done("Batch \(letter.id) is sent again."))
    #expect(world.ranges("notes") == ["1", "1", "1"])
    #expect(Set(world.batches("notes").map(\.key)).count == 1)
    #expect(world.takenBack("notes").map { $0.turns.map(\.turn) } == [[1], [1]])
    #expect(Set(world.takenBack("notes").map(\.key)).count == 2)
    #expect(world.stored("notes", session.id).isEmpty)
    #expect(world.provider("notes")?.parkedBatches == 0)
    #expect(world.provider("notes")?.owedWithdrawals == 0)
    world.expectSound()
  }

  @Test func anUndoneTurnLeavesADeadLetterThatWasNeverStored() throws {
    let world = World.calm([("notes", 2)])
    world.script("notes", "retain", .refused)
    world.talk("one", "two")
    let session = try #require(world.session(of: "alice"))
    let letter = try #require(world.journal.cuts.values.first { $0.status == .parked })
    #expect(world.command("/undo") == "One turn taken back.")
    #expect(world.journal.cuts[letter.id]?.status == .dropped)
    let rest = try #require(world.journal.cuts.values.first { $0.status == .parked })
    #expect(rest.turns == TurnSet(1...1) && rest.keyName != letter.keyName)
    world.ask(.retryBatch(rest.id))
    world.advance(by: .seconds(1))
    #expect(world.stored("notes", session.id) == [1])
    world.expectSound()
    #expect(world.takenBack("notes").isEmpty)
  }

  @Test func aBatchThatSurelyFailedIsTrimmedAndOneThatMayHaveArrivedIsNot() throws {
    let world = World.calm([("notes", 2)])
    world.script("notes", "retain", .failed)
    world.say("one", from: "alice")
    world.advance(by: .seconds(1))
    world.say("two", from: "alice")
    world.advance(by: .milliseconds(200))
    let session = try #require(world.session(of: "alice"))
    #expect(world.ranges("notes") == ["1-2"])
    _ = world.command("/undo")
    world.advance(by: .seconds(10))
    #expect(world.ranges("notes") == ["1-2", "1"])
    #expect(Set(world.batches("notes").map(\.key)).count == 2)
    #expect(world.stored("notes", session.id) == [1] && world.takenBack("notes").isEmpty)

    world.script("notes", "retain", .lost)
    world.talk("three", "four")
    _ = world.command("/undo")
    world.advance(by: .seconds(130))
    #expect(world.ranges("notes") == ["1-2", "1", "3-4", "3-4"], "unknown is sticky")
    #expect(world.takenBack("notes").map { $0.turns.map(\.turn) } == [[4]])
    #expect(world.stored("notes", session.id) == [1, 3])
    world.expectSound()
  }

  @Test func aTurnAfterAnUndoHasANewIndexAndANewKeyAndIsStored() throws {
    let world = World.calm()
    world.talk("one", "two")
    let session = try #require(world.session(of: "alice"))
    _ = world.command("/undo")
    world.talk("three")
    #expect(world.journal.turns[session.id]?.map(\.index) == [1, 2, 3])
    #expect(world.ranges("notes") == ["1", "2", "3"])
    #expect(Set(world.batches("notes").map(\.key)).count == 3)
    #expect(world.stored("notes", session.id) == [1, 3])
    let prompt = try #require(world.prompts.last)
    #expect(prompt.messages.map(\.text) == ["one", "echo: one", "three"])
    world.expectSound()
  }

  @Test func aRunningTurnIsInterruptedByAnUndoAndNeverRetained() throws {
    let world = World.calm()
    world.talk("one")
    let session = try #require(world.session(of: "alice"))
    world.hold("echo", "respond")
    world.say("two", from: "alice")
    world.say("three", from: "alice")
    world.advance(by: .seconds(1))
    #expect(world.command("/undo") == "One turn taken back.")
    world.release("echo", "respond")
    world.advance(by: .seconds(1))
    #expect(world.journal.turns[session.id]?.map(\.status) == [.withdrawn, .interrupted])
    #expect(world.stored("notes", session.id).isEmpty && world.ranges("notes") == ["1"])
    let told = "Not answered: the session was rewound."
    #expect(world.heard(by: "alice").count { $0 == told } == 2)
    world.expectSound()
  }

  @Test func whatIsBeingWithdrawnIsInNoPrompt() throws {
    let world = World.calm()
    world.talk("one", "two")
    let session = try #require(world.session(of: "alice"))
    world.hold("notes", "withdraw")
    _ = world.command("/undo")
    #expect(world.stored("notes", session.id) == [1, 2], "the provider has not done it yet")
    world.say("three", from: "alice")
    world.advance(by: .seconds(3))
    #expect(world.questions.last == "three")
    #expect(world.prompts.last?.recalled.map(\.firstTurn) == [1])
    world.release("notes", "withdraw")
    world.advance(by: .seconds(1))
    #expect(world.stored("notes", session.id) == [1, 3])
    world.expectSound()
  }

  @Test func aProviderThatCannotTakeTurnsBackIsNotAskedTo() throws {
    let world = World.calm()
    world.shutDown()
    world.change("notes") { $0.canWithdraw = false }
    world.start()
    world.talk("one")
    #expect(world.command("/undo") == "One turn taken back.")
    #expect(world.log.contains { $0.text.contains("cannot take turns back") })
    #expect(world.provider("notes")?.owedWithdrawals == 0)
    world.expectSound()
    #expect(world.takenBack("notes").isEmpty)
  }

  /// Whether the journal answers or syncs first is another thing in each round.
  @Test(arguments: 0..<16) func aWithdrawalThatIsNotAskedForLeavesItsRoomToOthers(
    round: Int
  ) throws {
    let world = World.calm()
    world.shutDown()
    world.change("notes") { $0.canWithdraw = false }
    world.start()
    // The older session is looked at first.
    for number in 0...round { world.say("zero \(number)", from: "bob") }
    world.talk("one")
    world.hold("notes", "event")
    world.say("two", from: "bob")
    world.advance(by: .seconds(12))
    #expect(world.plugin("notes")?.state == "wedged")
    #expect(world.command("/undo") == "One turn taken back.")
    world.say("three", from: "bob")
    world.advance(by: .seconds(1))
    world.journalDelay = 0...4
    world.release("notes", "event")
    world.advance(by: .seconds(5))
    #expect(world.provider("notes")?.backlogTurns == 0)
    world.expectSound()
  }

  @Test func aProviderThatComesBackHearsOfTheSwitchBeforeAWithdrawal() throws {
    let world = World.calm()
    world.say("zero", from: "bob")
    world.talk("one")
    let old = try #require(world.session(of: "alice"))
    _ = world.command("/new")
    world.ask(.stopPlugin(InstanceID("notes")))
    world.advance(by: .seconds(1))
    // The older session owes something too, and is looked at first.
    world.say("two", from: "bob")
    _ = world.command("/resume \(old.id)")
    #expect(world.command("/undo") == "One turn taken back.")
    world.advance(by: .seconds(1))
    world.ask(.startPlugin(InstanceID("notes")))
    world.advance(by: .seconds(5))
    #expect(world.takenBack("notes").map { $0.turns.map(\.turn) } == [[1]])
    #expect(world.stored("notes", old.id).isEmpty)
    world.expectSound()
  }

  @Test func thereIsNothingToTakeBackInAnEmptySession() {
    let world = World.calm()
    #expect(world.command("/undo") == "There is nothing to take back.")
    #expect(world.command("/undo none").contains("takes a number from 1 to 1000"))
    world.expectSound()
  }
}
