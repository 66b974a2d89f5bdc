import HoldfastCore
import HoldfastSimulator
import Testing

/// Faults that were reproduced on another host, each absent here. Each test tells what that host
/// did; `EndToEndTests/PeerFaultTests.swift` shows the same with the real host.
@Suite struct PeerFaultTests {
  private func turns(_ world: World) -> [TurnIndex] {
    world.batches("notes").flatMap { $0.turns.map(\.index) }
  }

  /// There, a buffer that was not full was cleared at the end of a session and of the process.
  @Test(
    "R1: what a session's end or a stop finds in the buffer is stored", arguments: [true, false])
  func aBufferSurvivesItsSession(_ isSwitched: Bool) throws {
    let world = World.calm([("notes", 5)])
    world.talk("one", "two", "three")
    let session = try #require(world.session(of: "alice"))
    if isSwitched { _ = world.command("/new") }
    world.shutDown()
    #expect(world.stored("notes", session.id) == [1, 2, 3])
    world.start()
    world.expectSound()
  }

  /// There, a switch and a compaction appended the whole session once more.
  @Test("R2: no turn is sent again at a switch or a compaction")
  func nothingIsSentTwice() throws {
    let world = World.calm()
    world.talk("1", "2", "3", "4", "5", "6")
    #expect(world.command("/compact").contains("stand behind a summary"))
    world.advance(by: .seconds(5))
    _ = world.command("/new")
    world.expectSound()
    #expect(turns(world) == [1, 2, 3, 4, 5, 6])
  }

  /// There, the switch was made in the middle of the queue: the turn behind it was tagged with its
  /// own session as its parent.
  @Test("R3: a turn that waits behind a blocked batch keeps its own tags across a switch")
  func aSwitchOvertakesNoTurn() throws {
    let world = World.calm()
    world.hold("notes", "retain")
    world.talk("one", "two")
    let old = try #require(world.session(of: "alice"))
    _ = world.command("/new")
    world.talk("three")
    let new = try #require(world.session(of: "alice"))
    world.holdNoMore("notes", "retain")
    world.release("notes", "retain")
    world.expectSound()
    #expect(
      world.batches("notes").map(\.cut.tags) == [
        ["session:\(old.id)"], ["session:\(old.id)"],
        ["session:\(new.id)", "parent:\(old.id)"],
      ])
    #expect(world.batches("notes").allSatisfy { $0.cut.parent != $0.cut.session })
  }

  /// There, with a server that cannot append, that turn was filed in the new session's document.
  @Test("R3b: a turn that waits behind a blocked batch keeps its own document across a switch")
  func aTurnStaysInItsDocument() throws {
    let world = World.calm()
    world.hold("notes", "retain")
    world.talk("one", "two")
    let old = try #require(world.session(of: "alice"))
    _ = world.command("/new")
    let new = try #require(world.session(of: "alice"))
    world.holdNoMore("notes", "retain")
    world.release("notes", "retain")
    world.expectSound()
    #expect(world.batches("notes").allSatisfy { $0.cut.document == old.id.description })
    #expect(world.stored("notes", old.id) == [1, 2] && world.stored("notes", new.id).isEmpty)
  }

  /// There, a recall that took longer than the switch waited for it was used by the next session.
  @Test("R4: a recall that outlives its session reaches no prompt of the next one")
  func aSlowRecallStaysOut() throws {
    let world = World.calm { $0.memory.recallBudget = .seconds(10) }
    world.talk("one")
    world.hold("notes", "recall")
    world.say("two", from: "alice")
    world.advance(by: .seconds(4))
    _ = world.command("/new")
    world.say("three", from: "alice")
    world.advance(by: .milliseconds(100))
    let asked = world.asked.filter { $0.name == "recall" }
    #expect(asked.map(\.query) == ["one", "two", "three"])
    // Only the first of the two that are held is answered, and it is the old session's.
    world.release("notes", "recall", first: 1)
    world.advance(by: .seconds(11))
    #expect(world.plugin("notes")?.staleAnswers == 1)
    #expect(world.questions == ["one", "three"])
    #expect(world.prompts.last?.recalled.isEmpty == true)
    world.expectSound()
  }

  /// There, whoever asked for the switch waited three seconds for that recall.
  @Test("R4b: who asks for a switch waits for no recall")
  func aSwitchDoesNotWait() throws {
    let world = World.calm { $0.memory.recallBudget = .seconds(10) }
    world.talk("one")
    world.hold("notes", "recall")
    world.say("two", from: "alice")
    world.advance(by: .seconds(1))
    let began = world.now
    world.say("/new", from: "alice")
    #expect(world.run { $0.heard(by: "alice").last?.hasPrefix("New session.") == true })
    #expect(world.now.since(began) <= .milliseconds(20), "a few syncs of a millisecond each")
    world.expectSound()
  }

  /// There, a recall that was still queued ran after the switch, and its answer was used there.
  @Test("R5: a recall that waits when its session ends is never asked")
  func aQueuedRecallEndsWithItsSession() throws {
    let world = World.calm()
    world.hold("notes", "retain")
    world.talk("one")
    world.say("two", from: "alice")
    world.advance(by: .milliseconds(100))
    _ = world.command("/new")
    world.release("notes", "retain")
    world.advance(by: .seconds(5))
    #expect(world.asked.filter { $0.name == "recall" }.map(\.query) == ["one"])
    #expect(world.questions == ["one"])
    world.expectSound()
  }

  /// There, each turn was given what had been recalled for the turn before, and the first nothing.
  @Test("R6: each turn, the first one too, is given what was recalled for its own question")
  func aTurnGetsItsOwnRecall() throws {
    let world = World.calm()
    world.talk("one")
    _ = world.command("/new")
    world.talk("two", "three")
    #expect(world.asked.filter { $0.name == "recall" }.map(\.query) == ["one", "two", "three"])
    let first = try #require(world.prompts.dropFirst().first)
    #expect(first.messages.count == 1, "the first turn of its session")
    #expect(first.recalled.count == 1)
    #expect(world.prompts.last?.recalled.count == 2, "what the turn before said is known by now")
    world.expectSound()
  }

  /// There, a turn that was taken back was stored with the next batch.
  @Test("R7: a turn that was taken back is not stored")
  func anUndoneTurnIsNotStored() throws {
    let world = World.calm([("notes", 3)])
    world.talk("one", "two")
    let session = try #require(world.session(of: "alice"))
    _ = world.command("/undo")
    world.talk("three")
    _ = world.command("/new")
    world.expectSound()
    #expect(world.stored("notes", session.id) == [1, 3])
    #expect(world.batches("notes").flatMap { $0.turns.map(\.userText) } == ["one", "three"])
  }

  /// There, compaction in place was taken for a switch to a child of the same name.
  @Test("R8: compaction makes no session its own parent")
  func compactionIsNoParent() throws {
    let world = World.calm([("notes", 3)])
    world.talk("1", "2", "3", "4", "5")
    let session = try #require(world.session(of: "alice"))
    #expect(world.command("/compact").contains("stand behind a summary"))
    world.talk("6")
    _ = world.command("/new")
    world.expectSound()
    #expect(world.batches("notes").allSatisfy { $0.cut.tags == ["session:\(session.id)"] })
    #expect(world.batches("notes").allSatisfy { $0.cut.parent == nil && $0.context.parent == nil })
    #expect(world.switches("notes").first?.newParent == nil)
  }

  /// There, the parent's tag was kept with the provider and went with every later batch.
  @Test("R9: a parent's tag ends with the session that has it")
  func aParentTagDoesNotStick() throws {
    let world = World.calm()
    world.talk("one")
    let first = try #require(world.session(of: "alice"))
    _ = world.command("/branch")
    world.talk("two")
    let second = try #require(world.session(of: "alice"))
    _ = world.command("/new")
    world.talk("three")
    let third = try #require(world.session(of: "alice"))
    _ = world.command("/resume \(first.id)")
    world.talk("four")
    world.expectSound()
    #expect(
      world.batches("notes").map(\.cut.tags) == [
        ["session:\(first.id)"], ["session:\(second.id)", "parent:\(first.id)"],
        ["session:\(third.id)", "parent:\(second.id)"], ["session:\(first.id)"],
      ])
  }

  /// There, each of twenty evicted conversations left a thread, and a third of the turns unstored.
  @Test("R10: conversations that the host lets go of are stored, with one call under way at a time")
  func evictedConversationsAreStored() throws {
    let world = World.calm([("notes", 3)])
    world.shutDown()
    world.placesKept = 1
    world.start()
    world.runUntilQuiet()
    world.hold("notes", "retain")
    let people = (1...20).map { "person\($0)" }
    for person in people { world.talk("one", "two", from: person) }
    world.advance(by: .seconds(120))
    #expect(world.held("notes", "retain") == 1)
    let sessions = people.compactMap { world.session(of: $0)?.id }
    world.holdNoMore("notes", "retain")
    world.release("notes", "retain")
    world.expectSound()
    #expect(sessions.count == 20)
    #expect(sessions.allSatisfy { world.stored("notes", $0) == [1, 2] })
  }

  /// There, nobody tried again.
  @Test("R11: a retain that failed is tried until it is stored")
  func aFailedRetainIsTriedAgain() throws {
    let world = World.calm()
    world.script("notes", "retain", .failed, .hung, .lost, .failed)
    world.talk("one")
    let session = try #require(world.session(of: "alice"))
    world.advance(by: .seconds(1800))
    #expect(world.stored("notes", session.id) == [1])
    #expect(world.batches("notes").count == 5 && Set(world.batches("notes").map(\.key)).count == 1)
    #expect(world.provider("notes")?.backlogTurns == 0)
    world.expectSound()
  }

  /// There, nothing was recalled until that prefetch returned, and nothing counted it.
  @Test("R12: a prefetch that hangs disables no recall, and is counted")
  func aSlowPrefetchDisablesNothing() throws {
    let world = World.calm()
    world.hold("notes", "prefetch")
    world.talk("one")
    #expect(world.held("notes", "prefetch") == 1)
    world.talk("two")
    #expect(world.prompts.last?.recalled.map(\.firstTurn) == [1])
    world.advance(by: .seconds(11))
    #expect(world.plugin("notes")?.timeouts == 1)
    world.talk("three")
    #expect(world.prompts.last?.recalled.map(\.firstTurn) == [1, 2])
    world.expectSound()
  }

  /// There, the end of the session came first and the turns were refused behind it.
  @Test("R13: a session's end is told behind its turns, also while the host stops")
  func anEndWaitsForItsTurns() throws {
    let world = World.calm([("notes", 5)])
    world.talk("one", "two", "three")
    let session = try #require(world.session(of: "alice"))
    world.hold("notes", "retain")
    _ = world.command("/new")
    world.stop()
    world.advance(by: .milliseconds(200))
    #expect(world.ranges("notes") == ["1-3"] && world.kinds("notes").isEmpty)
    world.release("notes", "retain")
    world.advance(by: .seconds(11))
    #expect(world.stored("notes", session.id) == [1, 2, 3])
    world.start()
    world.expectSound()
    #expect(world.kinds("notes").prefix(2) == [.sessionEnded, .sessionSwitched])
  }

  /// There, a provider had to guess what the prefetch was for.
  @Test("R14: a prefetch names its session, scope and epoch")
  func aPrefetchSaysWhatItIsFor() throws {
    let world = World.calm()
    world.talk("one")
    let first = try #require(world.session(of: "alice"))
    _ = world.command("/new")
    world.talk("two")
    let second = try #require(world.session(of: "alice"))
    let asked = world.asked.filter { $0.name == "prefetch" }
    #expect(asked.map(\.context.session) == [first.id, second.id])
    #expect(asked.map(\.context.scope) == [first.scope, second.scope])
    #expect(Set(asked.map(\.context.epoch)).count == 2)
    world.expectSound()
  }
}
