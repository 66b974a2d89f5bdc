import HoldfastCore
import HoldfastSimulator
import Testing

/// A key moves to another session.
@Suite struct SwitchRowTests {
  @Test(arguments: ["/new", "/branch", "/reset"])
  func nothingIsPromisedOfAnEmptySession(_ command: String) throws {
    let world = World.calm()
    world.talk("one")
    #expect(world.command(command).contains("/resume"))
    guard command != "/branch" else { return }
    #expect(!world.command(command).contains("/resume"), "that one would be refused")
    world.expectSound()
  }

  @Test func aTurnThatRunsMakesASessionThatCanBeResumed() throws {
    let world = World.calm()
    world.hold("echo", "respond")
    world.say("one", from: "alice")
    world.advance(by: .milliseconds(100))
    let old = try #require(world.session(of: "alice")?.id)
    #expect(world.command("/new").contains("/resume \(old) goes back"))
    #expect(world.command("/resume \(old)").contains("goes on"))
    world.release("echo", "respond")
    world.expectSound()
  }

  /// Whoever says a command does not wait until a slow channel has delivered what became of the
  /// messages before it.
  @Test(arguments: ["/new", "/branch", "/undo", "/stop --drop"])
  func aCommandIsAnsweredBeforeTheMessagesThatItInterrupts(_ command: String) throws {
    let world = World.calm()
    world.talk("before")
    world.hold("echo", "respond")
    world.say("one", from: "alice")
    world.say("two", from: "alice")
    world.advance(by: .milliseconds(100))
    let count = world.heard(by: "alice").count
    world.say(command, from: "alice")
    world.advance(by: .seconds(1))
    let heard = Array(world.heard(by: "alice").dropFirst(count))
    #expect(heard.count == 3)
    let notices = ["Not answered", "Interrupted", "Dropped"]
    #expect(heard.map { text in notices.contains { text.hasPrefix($0) } } == [false, true, true])
    world.release("echo", "respond")
    world.expectSound()
  }

  @Test func twoTurnsThenASwitchGiveOneBatchThenTheSwitch() throws {
    let world = World.calm([("notes", 3)])
    world.talk("one", "two")
    let old = try #require(world.session(of: "alice"))
    #expect(world.batches("notes").isEmpty)
    world.hold("notes", "retain")
    #expect(world.command("/new plans").hasPrefix("New session."))

    let new = try #require(world.session(of: "alice"))
    #expect(new.id != old.id && new.parent == old.id && new.title == "plans")
    let batch = try #require(world.batches("notes").first)
    #expect(world.ranges("notes") == ["1-2"])
    #expect(batch.turns.map(\.userText) == ["one", "two"])
    #expect(batch.cut.session == old.id && batch.context.session == old.id)
    #expect(batch.cut.document == old.id.description)
    #expect(batch.cut.tags == ["session:\(old.id)"])
    #expect(batch.cut.parent == nil && batch.context.parent == nil)
    #expect(batch.cut.scope == old.scope)
    #expect(world.kinds("notes").isEmpty, "nothing is told before the flush has concluded")

    world.release("notes", "retain")
    world.advance(by: .seconds(1))
    #expect(world.kinds("notes") == [.sessionEnded, .sessionSwitched])
    let change = try #require(world.switches("notes").first)
    #expect(change.context.session == old.id && change.newSession == new.id)
    #expect(change.newParent == old.id && change.newLastTurn == 0)
    #expect(change.context.reason == "new" && !change.isReset)
    #expect(change.newEpoch == change.context.epoch + 1)
    #expect(world.stored("notes", old.id) == [1, 2])
    world.expectSound()
    #expect(world.batches("notes").count == 1)
  }

  @Test func aSwitchWithAnEmptyBufferSendsNoBatchAndRotatesTheSession() throws {
    let world = World.calm([("notes", 3)])
    #expect(world.command("/new").hasPrefix("New session."))
    let first = try #require(world.session(of: "alice"))
    #expect(world.command("/new").hasPrefix("New session."))
    let second = try #require(world.session(of: "alice"))
    #expect(second.id > first.id && second.parent == first.id)
    #expect(world.switches("notes").last?.newSession == second.id)
    world.expectSound()
    #expect(world.batches("notes").isEmpty)
  }

  @Test func aThirdTurnBehindABlockedBatchFollowsUnderTheOldSession() throws {
    let world = World.calm([("notes", 2)])
    world.hold("notes", "retain")
    world.talk("one", "two", "three")
    let old = try #require(world.session(of: "alice"))
    #expect(world.held("notes", "retain") == 1)
    #expect(world.command("/new").hasPrefix("New session."), "the provider still hangs")
    world.talk("four")
    #expect(world.heard(by: "alice").last == "echo: four")
    #expect(world.ranges("notes") == ["1-2"] && world.switches("notes").isEmpty)

    world.release("notes", "retain")
    world.hold("notes", "retain")
    world.advance(by: .milliseconds(50))
    #expect(world.ranges("notes") == ["1-2", "3"])
    #expect(world.switches("notes").isEmpty, "the flush has not concluded with the first batch")
    world.release("notes", "retain")
    world.advance(by: .milliseconds(50))
    #expect(world.switches("notes").count == 1)
    let own = world.batches("notes").filter { $0.cut.session == old.id }
    #expect(own.map(\.cut.turns.description) == ["1-2", "3"])
    #expect(own.allSatisfy { $0.cut.tags == ["session:\(old.id)"] && $0.cut.parent == nil })
    #expect(own.allSatisfy { $0.cut.document == old.id.description })
    #expect(Set(own.map(\.key)).count == 2)
    #expect(world.stored("notes", old.id) == [1, 2, 3])
    world.expectSound()
  }

  @Test func aRunningTurnAndWaitingMessagesAreInterruptedInTheSwitchItself() throws {
    let world = World.calm()
    world.talk("zero")
    world.hold("echo", "respond")
    for text in ["one", "two", "three"] { world.say(text, from: "alice") }
    world.advance(by: .seconds(2))
    let old = try #require(world.session(of: "alice"))
    #expect(world.questions == ["zero", "one"])
    world.say("/new", from: "alice")
    let isSwitched = world.run { world in
      let isSwitched = world.session(of: "alice")?.id != old.id
      let ended = world.journal.inputs.values.count { $0.status == .interrupted }
      #expect(ended == (isSwitched ? 3 : 0))
      return isSwitched
    }
    #expect(isSwitched)
    world.advance(by: .milliseconds(200))
    let new = try #require(world.session(of: "alice"))
    #expect(world.journal.turns[old.id]?.map(\.status) == [.live, .interrupted])
    world.release("echo", "respond")
    world.advance(by: .seconds(5))
    #expect(world.journal.turns[old.id]?.count == 2)
    #expect(world.journal.turns[new.id] == nil)
    #expect(world.stored("notes", old.id) == [1], "an interrupted turn is not retained")
    let heard = world.heard(by: "alice")
    #expect(heard.count { $0 == "Not answered: the session was switched." } == 3)
    #expect(!heard.contains { $0.hasPrefix("echo: one") })
    world.expectSound()
  }

  @Test func aSwitchSendsNothingAgainThatWasRetained() throws {
    let world = World.calm()
    world.talk("one", "two", "three")
    let old = try #require(world.session(of: "alice"))
    #expect(world.ranges("notes") == ["1", "2", "3"])
    #expect(world.command("/new").hasPrefix("New session."))
    #expect(world.command("/branch").hasPrefix("New branch."))
    #expect(world.command("/resume \(old.id)").hasPrefix("Session \(old.id)"))
    world.expectSound()
    #expect(world.ranges("notes") == ["1", "2", "3"])
    #expect(world.stored("notes", old.id) == [1, 2, 3])
    #expect(world.switches("notes").map(\.context.reason) == ["new", "branch", "resume"])
  }

  @Test func goingThereAndBackKeepsTheOrderOfADeferredSessionAndHoldsNobodyUp() throws {
    let world = World.calm([("notes", 5)])
    world.talk("a1", "a2")
    let first = try #require(world.session(of: "alice"))
    world.script("notes", "retain", .failed)
    #expect(world.command("/new").hasPrefix("New session."))
    let second = try #require(world.session(of: "alice"))
    world.say("b1", from: "alice")
    world.advance(by: .milliseconds(200))
    #expect(world.command("/resume \(first.id)").hasPrefix("Session"))
    #expect(world.batches("notes").map(\.cut.session) == [first.id, second.id])
    #expect(world.stored("notes", first.id).isEmpty)
    #expect(world.stored("notes", second.id) == [1], "not held up by the retry")
    #expect(world.switches("notes").map(\.newSession) == [second.id, first.id])

    world.talk("a3")
    world.expectSound()
    let own = world.batches("notes").filter { $0.cut.session == first.id }
    try #require(own.map(\.cut.turns.description) == ["1-2", "1-2", "3"])
    #expect(own[0].key == own[1].key && own[0].cut.id == own[1].cut.id)
    #expect(world.stored("notes", first.id) == [1, 2, 3])
    #expect(world.journal.sessions[first.id]?.ended == nil)
  }

  @Test func aResetHidesTheOldSession() throws {
    let world = World.calm([("notes", 3)])
    world.talk("one")
    let old = try #require(world.session(of: "alice"))
    #expect(world.command("/reset").hasPrefix("New session."))
    #expect(world.journal.sessions[old.id]?.isHidden == true)
    #expect(world.journal.sessions[old.id]?.ended != nil)
    #expect(world.ranges("notes") == ["1"])
    #expect(world.switches("notes").map(\.isReset) == [true])
    #expect(!world.command("/sessions").contains(old.id.description))
    world.expectSound()
  }

  @Test func aSessionInUseIsResumedElsewhereOnlyByAMove() throws {
    let world = World.calm()
    world.talk("one", in: "here")
    world.talk("two", in: "there")
    let here = try #require(world.session(of: "alice", in: "here"))
    let there = try #require(world.session(of: "alice", in: "there"))
    let key = world.key(of: "alice", in: "here")
    let refusal = world.command("/resume \(here.id)", in: "there")
    #expect(refusal.contains("is in use at \(key)"))
    #expect(world.session(of: "alice", in: "there")?.id == there.id)
    #expect(world.command("/resume \(here.id) --move", in: "there").contains("goes on"))
    #expect(world.session(of: "alice", in: "there")?.id == here.id)
    #expect(world.session(of: "alice", in: "here") == nil)
    world.talk("three", in: "there")
    #expect(world.stored("notes", here.id) == [1, 2])
    world.talk("four", in: "here")
    #expect(world.session(of: "alice", in: "here")?.parent == nil)
    world.expectSound()
  }

  @Test func aSessionThatIsUnknownEmptyOrNoIDCannotBeResumed() throws {
    let world = World.calm()
    world.talk("one")
    let used = try #require(world.session(of: "alice"))
    let unknown = SessionID(value: used.id.value + 1)
    #expect(world.command("/resume \(unknown)").hasPrefix("There is no session \(unknown)"))
    #expect(world.command("/resume").hasPrefix("Say which session"))
    #expect(world.command("/resume nonsense").contains("is no session id"))
    _ = world.command("/new")
    let empty = try #require(world.session(of: "alice"))
    #expect(world.command("/resume \(used.id)").contains("goes on"))
    #expect(world.command("/resume \(empty.id)").hasPrefix("Session \(empty.id) is empty"))
    #expect(world.session(of: "alice")?.id == used.id)
    world.expectSound()
  }
}
