import HoldfastCore
import HoldfastSimulator
import Testing

/// An orderly stop loses nothing and waits for nobody beyond its budget.
@Suite struct StopRowTests {
  @Test func aStopWithAHungProviderDefersWhatTheNextStartSends() throws {
    let world = World.calm([("notes", 5)])
    world.talk("one", "two", "three")
    let session = try #require(world.session(of: "alice"))
    world.hold("notes", "retain")
    let began = world.now
    world.stop()
    #expect(world.run { $0.host == nil })
    #expect(world.now.since(began) <= .seconds(10))
    let row = try #require(world.stopReport?.rows.first)
    #expect(row.instance == InstanceID("notes") && row.agent == "main")
    #expect(row.acknowledged == 0 && row.deferred == 3 && row.parked == 0)
    let cut = try #require(world.batches("notes").first?.cut)
    #expect(cut.turns == TurnSet(1...3), "it was offered")

    world.holdNoMore("notes", "retain")
    world.start()
    world.advance(by: .seconds(1))
    #expect(world.ranges("notes") == ["1-3", "1-3"])
    let again = try #require(world.batches("notes").last?.cut)
    #expect(again.id == cut.id && again.keyName == cut.keyName)
    #expect(again.session == session.id && again.document == cut.document)
    #expect(again.tags == cut.tags && again.scope == cut.scope)
    #expect(world.stored("notes", session.id) == [1, 2, 3])
    world.expectSound()
  }

  @Test func aStopFlushesWhatAProviderTakesAndReportsIt() throws {
    let world = World.calm([("notes", 5), ("archive", 1)])
    world.script("archive", "retain", .refused)
    world.talk("one", "two", "three")
    let session = try #require(world.session(of: "alice"))
    let began = world.now
    world.shutDown()
    #expect(world.host == nil)
    #expect(world.now.since(began) <= .seconds(11))
    let rows = try #require(world.stopReport?.rows)
    #expect(rows.map(\.instance.description) == ["notes", "archive"])
    #expect(rows.map(\.acknowledged) == [3, 2])
    #expect(rows.map(\.deferred) == [0, 0])
    #expect(rows.map(\.parked) == [0, 1])
    #expect(world.stopReport?.unresponsive.isEmpty == true)
    #expect(world.stored("notes", session.id) == [1, 2, 3])
    #expect(world.kinds("notes").isEmpty, "a stop ends no session")
    #expect(world.session(of: "alice")?.ended == nil)
    world.expectSound()
  }

  @Test func nothingIsAcceptedOnceAStopHasBegun() throws {
    let world = World.calm()
    world.hold("notes", "retain")
    world.talk("one")
    world.stop()
    let name = world.say("two", from: "alice")
    world.advance(by: .milliseconds(500))
    #expect(world.host?.status().state == "stopping")
    let answer = world.receipts.last { $0.messageID == name }
    #expect(answer?.receipt == .rejected(.stopping, "the host is stopping"))
    #expect(!world.journal.inputs.values.contains { $0.messageID == name })
    world.advance(by: .seconds(11))
    #expect(world.host == nil && world.stopReport?.waitingMessages == 0)
    world.holdNoMore("notes", "retain")
    world.start()
    world.advance(by: .seconds(2))
    #expect(world.heard(by: "alice") == ["echo: one", "echo: two"])
    world.expectSound()
  }

  @Test func aTurnThatDoesNotEndInTimeIsBegunAgainAndNotCounted() throws {
    let world = World.calm()
    world.hold("echo", "respond")
    world.say("one", from: "alice")
    world.say("two", from: "alice")
    world.advance(by: .seconds(1))
    let began = world.now
    world.stop()
    #expect(world.run { $0.host == nil })
    #expect(world.now.since(began) <= .seconds(10))
    #expect(world.stopReport?.waitingMessages == 2)
    #expect(world.journal.inputs.values.allSatisfy { $0.status == .waiting && $0.starts == 0 })
    world.holdNoMore("echo", "respond")
    world.start()
    world.advance(by: .seconds(3))
    #expect(world.questions == ["one", "one", "two"])
    #expect(world.heard(by: "alice") == ["echo: one", "echo: two"])
    world.expectSound()
  }

  @Test func aTurnThatEndsInTimeIsRetainedByTheStop() throws {
    let world = World.calm([("notes", 5)])
    world.hold("echo", "respond")
    world.say("one", from: "alice")
    world.advance(by: .seconds(1))
    let session = try #require(world.session(of: "alice"))
    world.stop()
    world.advance(by: .seconds(1))
    #expect(world.host != nil, "the turn may end")
    world.release("echo", "respond")
    world.advance(by: .seconds(1))
    #expect(world.host == nil)
    #expect(world.heard(by: "alice") == ["echo: one"])
    #expect(world.stored("notes", session.id) == [1])
    #expect(world.stopReport?.rows.map(\.acknowledged) == [1])
    world.expectSound()
  }
}
