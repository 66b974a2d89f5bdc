import HoldfastCore
import HoldfastSimulator
import Testing

/// What is remembered comes in time, or not at all, and only where it belongs.
@Suite struct RecallRowTests {
  @Test(arguments: ["/new", "/undo", "/branch", "/delete"])
  func aRecallThatArrivesAfterItsEpochIsDroppedAndCounted(_ command: String) throws {
    let world = World.calm()
    world.talk("one")
    world.hold("notes", "recall")
    world.say("two", from: "alice")
    world.advance(by: .milliseconds(100))
    #expect(world.held("notes", "recall") == 1)
    #expect(world.command(command) != "nothing", "the command waits for nobody")
    #expect(world.provider("notes")?.staleRecalls == 1)
    world.release("notes", "recall")
    world.advance(by: .seconds(3))
    #expect(world.plugin("notes")?.staleAnswers == 1)
    #expect(world.questions == ["one"])

    world.talk("three")
    let prompt = try #require(world.prompts.last)
    #expect(world.questions == ["one", "three"])
    #expect(prompt.context.session == world.session(of: "alice")?.id)
    #expect(world.provider("notes")?.staleRecalls == 1)
    world.expectSound()
  }

  @Test func aRecallThatHasNotBegunIsCancelledByASwitch() throws {
    let world = World.calm()
    world.hold("notes", "retain")
    world.talk("one")
    world.hold("notes", "recall")
    world.say("two", from: "alice")
    world.advance(by: .milliseconds(100))
    #expect(world.held("notes", "retain") == 1 && world.held("notes", "recall") == 0)
    _ = world.command("/new")
    world.advance(by: .seconds(5))
    #expect(world.held("notes", "recall") == 0, "it is asked neither then nor later")
    world.release("notes", "retain")
    world.release("notes", "recall")
    world.talk("three")
    #expect(world.questions == ["one", "three"])
    world.expectSound()
  }

  @Test func aRecallWaitsForTheFlushOfTheOldSession() throws {
    let world = World.calm([("notes", 5)])
    world.talk("one")
    let old = try #require(world.session(of: "alice"))
    world.hold("notes", "retain")
    _ = world.command("/new")
    world.say("two", from: "alice")
    world.advance(by: .milliseconds(200))
    #expect(world.questions == ["one"], "its recall waits for the flush")
    world.release("notes", "retain")
    world.advance(by: .milliseconds(200))
    #expect(world.questions == ["one", "two"])
    #expect(world.prompts.last?.recalled.map(\.session) == [old.id])
    #expect(world.prompts.last?.recallBlock.contains("remembers \(old.id) 1") == true)
    world.expectSound()
  }

  @Test func aRecallAnswersItsOwnQuestionAndStartsBeforeItsTurn() throws {
    let world = World.calm()
    world.talk("one")
    world.hold("echo", "respond")
    world.say("two", from: "alice")
    world.advance(by: .seconds(1))
    world.hold("notes", "recall")
    world.say("three", from: "alice")
    world.advance(by: .seconds(1))
    #expect(world.questions == ["one", "two"], "its turn has not begun")
    #expect(world.held("notes", "recall") == 1, "its recall has")
    world.release("notes", "recall")
    world.release("echo", "respond")
    world.advance(by: .seconds(1))
    #expect(world.questions == ["one", "two", "three"])
    #expect(world.prompts.last?.recalled.map(\.firstTurn) == [1])
    #expect(world.plugin("notes")?.timeouts == 0)
    world.expectSound()
  }

  @Test func aLateRecallIsReplacedByWhatThePrefetchLeft() throws {
    let world = World.calm()
    world.talk("one", "two")
    let session = try #require(world.session(of: "alice"))
    world.hold("notes", "recall")
    world.say("three", from: "alice")
    world.advance(by: .milliseconds(1400))
    #expect(world.questions == ["one", "two"])
    world.advance(by: .milliseconds(200))
    #expect(world.questions == ["one", "two", "three"], "the budget is 1500 ms")
    #expect(world.prompts.last?.recalled.map(\.session) == [session.id])
    #expect(world.prompts.last?.recalled.map(\.firstTurn) == [1])
    #expect(world.heard(by: "alice").last == "echo: three")
    #expect(world.provider("notes")?.lateRecalls == 1)
    #expect(world.plugin("notes")?.timeouts == 1)

    world.release("notes", "recall")
    world.talk("four")
    #expect(world.prompts.last?.recalled.map(\.firstTurn) == [1, 2, 3], "nothing is disabled")
    #expect(world.plugin("notes")?.staleAnswers == 1)
    world.expectSound()
  }

  @Test(arguments: [true, false]) func whetherAProviderIsAskedAheadIsConfigured(_ prefetch: Bool) {
    let world = World.calm { $0.plugins[2].prefetch = prefetch }
    world.hold("notes", "prefetch")
    world.talk("one")
    #expect(world.held("notes", "prefetch") == (prefetch ? 1 : 0))
    #expect(world.questions == ["one"], "it recalls as ever")
    world.release("notes", "prefetch")
    world.expectSound()
  }

  @Test func aPrefetchIsAskedForTheSessionAndDroppedByASwitch() throws {
    let world = World.calm()
    world.hold("notes", "prefetch")
    world.talk("one")
    #expect(world.held("notes", "prefetch") == 1)
    _ = world.command("/new")
    #expect(world.provider("notes")?.staleRecalls == 1)
    world.release("notes", "prefetch")
    world.advance(by: .milliseconds(100))
    world.hold("notes", "recall")
    world.say("two", from: "alice")
    world.advance(by: .seconds(2))
    #expect(world.questions == ["one", "two"])
    #expect(world.prompts.last?.recalled.isEmpty == true, "what came for the old session is gone")
    world.expectSound()
  }

  @Test func fiveFailedRecallsOpenABreakerThatRetainsDoNotShare() throws {
    let world = World.calm()
    for _ in 0..<5 { world.script("notes", "recall", .failed) }
    world.talk("1", "2", "3", "4", "5")
    let session = try #require(world.session(of: "alice"))
    let calls = try #require(world.plugin("notes")?.calls)
    world.talk("6")
    #expect(world.plugin("notes")?.calls == calls + 1, "a retain, no recall and no prefetch")
    #expect(world.stored("notes", session.id) == [1, 2, 3, 4, 5, 6])
    #expect(world.provider("notes")?.state == "running")
    #expect(world.provider("notes")?.lastError == "not now")
    world.advance(by: .seconds(121))
    world.talk("7")
    #expect(world.prompts.last?.recalled.isEmpty == false)
    #expect(world.provider("notes")?.recalls == 1)
    world.expectSound()
  }

  @Test func aProviderThatIsStillLoadingIsWaitedForWithinTheBudget() throws {
    let world = World.calm()
    world.talk("one")
    world.shutDown()
    world.hold("notes", "load")
    world.start()
    world.say("two", from: "alice")
    world.advance(by: .milliseconds(500))
    #expect(world.plugin("notes")?.state == "loading")
    #expect(world.questions == ["one"])
    world.release("notes", "load")
    world.advance(by: .milliseconds(100))
    #expect(world.questions == ["one", "two"])
    #expect(world.prompts.last?.recalled.map(\.firstTurn) == [1])
    world.expectSound()
  }

  @Test func aProviderThatIsThereLateInTheBudgetIsStillAsked() throws {
    let world = World.calm()
    world.talk("one")
    world.shutDown()
    world.hold("notes", "load")
    world.start()
    world.say("two", from: "alice")
    world.advance(by: .milliseconds(1300))
    #expect(world.questions == ["one"])
    world.release("notes", "load")
    world.advance(by: .milliseconds(100))
    #expect(world.questions == ["one", "two"])
    #expect(world.prompts.last?.recalled.map(\.firstTurn) == [1])
    world.expectSound()
  }

  @Test func afterItsPauseARecallBreakerLetsOneThrough() throws {
    let world = World.calm()
    for _ in 0..<5 { world.script("notes", "recall", .failed) }
    world.talk("1", "2", "3", "4", "5")
    world.advance(by: .seconds(121))
    world.hold("notes", "recall")
    for person in ["alice", "bob", "carol"] { world.say("6", from: person) }
    world.advance(by: .milliseconds(500))
    #expect(world.held("notes", "recall") == 1, "its outcome decides about the others")
    world.release("notes", "recall")
    world.advance(by: .seconds(1))
    world.talk("7", from: "bob")
    #expect(world.provider("notes")?.recallState == "running")
    #expect(world.provider("notes")?.recalls == 2)
    world.expectSound()
  }

  @Test func aProviderThatLoadsTooSlowlyForARecallIsOwedTheTurn() throws {
    let world = World.calm()
    world.talk("one")
    let session = try #require(world.session(of: "alice"))
    world.shutDown()
    world.hold("notes", "load")
    world.start()
    world.say("two", from: "alice")
    world.advance(by: .milliseconds(1450))
    #expect(world.questions == ["one"])
    world.advance(by: .milliseconds(100))
    #expect(world.questions == ["one", "two"], "the budget is 1500 ms, whoever is missing")
    #expect(world.prompts.last?.recalled.isEmpty == true)
    #expect(world.heard(by: "alice").last == "echo: two")
    #expect(world.provider("notes")?.state == "paused")
    #expect(world.provider("notes")?.backlogTurns == 1)
    world.release("notes", "load")
    world.advance(by: .milliseconds(200))
    #expect(world.stored("notes", session.id) == [1, 2])
    #expect(world.provider("notes")?.backlogTurns == 0)
    world.expectSound()
  }
}
