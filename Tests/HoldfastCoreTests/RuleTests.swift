import HoldfastCore
import HoldfastSimulator
import Testing

/// Single rules of the whole host, each of which was broken once.
@Suite struct SimulatedRuleTests {
  private func quiet(_ world: World) {
    world.settle()
    #expect(world.violation == nil, "\(world.violation ?? "")")
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
}
