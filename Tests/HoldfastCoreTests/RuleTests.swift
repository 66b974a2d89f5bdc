@testable import HoldfastCore
import HoldfastSimulator
import Testing

/// Single rules of the whole host, each of which was broken once.
@Suite struct SimulatedRuleTests {
  private func quiet(_ world: World) {
    world.settle()
    #expect(world.violation == nil, "\(world.violation?.description ?? "")")
  }

  @Test func aPluginThatWasSlowWithAnEventIsUsedAgain() {
    let world = World.calm()
    world.converse("one")
    world.hold("notes", "event")
    world.converse("/new")
    world.converse("two")
    world.advance(by: .seconds(60))
    #expect(world.host?.status().plugins.first { $0.instance == "notes" }?.state == "wedged")
    let session = world.session(of: "alice")?.id
    world.release("notes", "event")
    world.runUntilQuiet()
    #expect(world.stored("notes", session) == [1])
    quiet(world)
  }

  @Test func aRefusedCommandDoesNotStopTheTurnThatRuns() {
    let world = World.calm()
    world.converse("one")
    world.hold("echo", "respond")
    world.say("two", from: "alice")
    world.advance(by: .milliseconds(200))
    world.say("/resume \(SessionID(value: 5))", from: "alice")
    world.release("echo", "respond")
    world.runUntilQuiet()
    #expect(world.stored("notes", world.session(of: "alice")?.id) == [1, 2])
    quiet(world)
  }

  @Test func aMovedSessionTakesItsLastIndexAlong() throws {
    let world = World.calm()
    world.converse("one", in: "here")
    let id = try #require(world.session(of: "alice", in: "here")?.id)
    world.hold("echo", "respond")
    world.say("two", from: "alice", in: "here")
    world.advance(by: .milliseconds(200))
    world.say("/resume \(id) --move", from: "alice", in: "there")
    world.runUntilQuiet()
    world.release("echo", "respond")
    world.converse("three", in: "there")
    #expect(world.stored("notes", id) == [1, 3])
    #expect(world.session(of: "alice", in: "here") == nil)
    quiet(world)
  }

  @Test func aDeadLetterSurvivesARestart() throws {
    let world = World.calm()
    world.script("notes", "retain", .refused)
    world.converse("one")
    world.crash(keeping: 0)
    world.start()
    world.runUntilQuiet()
    #expect(world.host?.status().providers.map(\.parkedBatches) == [1])
    let cut = try #require(world.journal.cuts.values.first)
    world.ask(.retryBatch(cut.id))
    world.runUntilQuiet()
    #expect(world.stored("notes", cut.session) == [1])
    quiet(world)
  }

  @Test func aDeletionTakesBackWhatStandsBehindASummary() throws {
    let world = World.calm()
    for number in 1...8 { world.converse("turn \(number)") }
    let id = try #require(world.session(of: "alice")?.id)
    world.converse("/compact")
    #expect(world.journal.sessions[id]?.summaryLimit == 4)
    #expect(world.stored("notes", id).count == 8)
    world.converse("/delete")
    #expect(world.stored("notes", id).isEmpty)
    quiet(world)
  }

  @Test func aBranchKeepsWhatItSharesWithADeletedSession() throws {
    let world = World.calm()
    world.converse("one")
    let parent = try #require(world.session(of: "alice")?.id)
    world.converse("/branch")
    world.converse("/delete \(parent)")
    #expect(world.stored("notes", parent).isEmpty)
    world.converse("two")
    #expect(world.prompts.last?.messages.map(\.text).contains("one") == true)
    quiet(world)
  }

  @Test func repliesWaitNoLongerThanTheirChannel() {
    let world = World.calm()
    world.script("console", "send", .hung)
    world.hold("console", "send")
    world.converse("one")
    world.converse("two")
    world.release("console", "send")
    world.runUntilQuiet()
    #expect(world.heard(by: "alice").last == "echo: two")
    quiet(world)
  }

  @Test func aBatchThatCannotBeReadWasNotOffered() {
    let world = World.calm([("notes", 2)])
    world.talk("one")
    let session = world.session(of: "alice")?.id
    world.failsToRead = { if case .turns = $0 { true } else { false } }
    world.say("/new", from: "alice")
    world.advance(by: .seconds(10))
    #expect(world.heard(by: "alice").count == 2)
    #expect(world.switches("notes").isEmpty && world.batches("notes").isEmpty)
    world.failsToRead = nil
    world.runUntilQuiet()
    #expect(world.switches("notes").count == 1)
    #expect(world.stored("notes", session) == [1])
    #expect(world.batches("notes").map(\.attempt) == [1])
    quiet(world)
  }

  @Test func whatIsTakenBackWhileARecallWaitsStaysOutOfItsPrompt() {
    let world = World.calm()
    world.converse("one", in: "here")
    world.converse("two", in: "there")
    world.hold("echo", "respond")
    world.say("three", from: "alice", in: "there")
    world.advance(by: .milliseconds(200))
    world.say("four", from: "alice", in: "there")
    world.advance(by: .milliseconds(200))
    world.say("/undo", from: "alice", in: "here")
    world.advance(by: .milliseconds(200))
    let undone = world.session(of: "alice", in: "here")?.id
    #expect(world.stored("notes", undone).isEmpty)
    world.release("echo", "respond")
    world.runUntilQuiet()
    let session = world.session(of: "alice", in: "there")?.id
    #expect(world.prompts.last?.messages.last?.text == "four")
    #expect(world.prompts.last?.recalled.map(\.session) == [session])
    quiet(world)
  }

  @Test func aProviderOfTwoAgentsTakesOneSessionAtATime() {
    let world = World.calm([("notes", 1)]) { configuration in
      configuration.agents += configuration.agents
      configuration.agents[1].name = "aide"
      configuration.plugins += configuration.plugins.prefix(1)
      configuration.plugins[configuration.plugins.count - 1].instance = World.office
      configuration.plugins[configuration.plugins.count - 1].agent = "aide"
    }
    world.hold("notes", "retain")
    world.say("one", from: "alice")
    world.say("two", from: "alice", on: World.office)
    world.advance(by: .seconds(1))
    #expect(world.prompts.count == 2 && world.held("notes", "retain") == 1)
    world.release("notes", "retain")
    world.runUntilQuiet()
    #expect(world.batches("notes").count == 2)
    quiet(world)
  }

  @Test func aSwitchWaitsForNothingThatWasTakenBack() throws {
    let world = World.calm()
    world.hold("notes", "retain")
    world.say("one", from: "alice", in: "there")
    world.advance(by: .milliseconds(200))
    world.say("two", from: "alice", in: "here")
    world.advance(by: .seconds(2))
    let old = try #require(world.session(of: "alice", in: "here")?.id)
    world.say("/new", from: "alice", in: "here")
    world.advance(by: .milliseconds(200))
    #expect(world.switches("notes").isEmpty && world.held("notes", "retain") == 1)
    world.say("/delete \(old)", from: "alice", in: "here")
    world.advance(by: .milliseconds(200))
    #expect(world.switches("notes").count == 1 && world.held("notes", "retain") == 1)
    world.release("notes", "retain")
    quiet(world)
  }

  @Test func anAnswerThatComesAfterItsTurnsWereTakenBackLosesThem() {
    let (id, session) = (EnrolmentID(1), SessionID(value: 7))
    let request = RecallRequest(
      context: CallContext(), query: "", maxItems: 1, maxCharacters: 100)
    var slot = RecallSlot(request: request, session: session, epoch: 1)
    slot.parts[id] = .asked(OperationID(1), since: Instant(nanoseconds: 1))
    slot.forget(Forgotten(session: session, turns: TurnSet(2...3)), at: id)
    let ranges: [(TurnIndex, TurnIndex)] = [(1, 1), (1, 2), (3, 5), (4, 4), (0, 0)]
    let items = ranges.map { first, last in
      var item = RecallItem(text: "\(first)", score: 1, scope: Scope("a"))
      item.session = session
      (item.firstTurn, item.lastTurn) = (first, last)
      return item
    }
    slot.answered(id, items)
    #expect(slot.items(for: session, epoch: 1)?.first?.items.map(\.text) == ["1", "4"])
  }
}
