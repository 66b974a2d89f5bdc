import HoldfastCore
import HoldfastSimulator
import Testing

/// How many sessions are under way with a provider.
@Suite struct ConcurrencyRowTests {
  private static let people = ["alice", "bob", "carol", "dave", "erin"]

  private static func world(_ sessions: Int) -> World {
    let world = World.calm()
    world.shutDown()
    world.change("notes") { $0.concurrentSessions = sessions }
    world.start()
    world.advance(by: .seconds(1))
    world.hold("notes", "retain")
    for person in people { world.talk("one", from: person) }
    return world
  }

  @Test(arguments: [1, 3, 8])
  func asManySessionsAreUnderWayAsTheProviderAllows(_ sessions: Int) throws {
    let world = Self.world(sessions)
    #expect(world.held("notes", "retain") == min(sessions, Self.people.count))
    world.release("notes", "retain")
    world.advance(by: .seconds(2))
    for person in Self.people {
      #expect(world.stored("notes", world.session(of: person)?.id) == [1])
    }
    world.expectSound()
  }

  @Test func aProviderThatIsFoundToTakeMoreSessionsGetsThemAtOnce() throws {
    let world = Self.world(1)
    #expect(world.held("notes", "retain") == 1)
    world.found("notes", sessions: 4)
    world.advance(by: .seconds(1))
    #expect(world.held("notes", "retain") == 4)
    // What is under way stays so; what follows keeps to the new number.
    world.found("notes", sessions: 2)
    world.advance(by: .seconds(1))
    #expect(world.held("notes", "retain") == 4)
    world.holdNoMore("notes", "retain")
    world.advance(by: .seconds(400))
    for person in Self.people {
      #expect(world.stored("notes", world.session(of: person)?.id) == [1])
    }
    world.expectSound()
  }

  /// What is owed goes before what may be asked next.
  @Test func aProviderThatIsBehindIsNotAskedAhead() {
    let world = Self.world(1)
    world.hold("notes", "prefetch")
    for number in 1...30 { world.talk("one", from: "guest \(number)") }
    let asked = world.held("notes", "prefetch")
    #expect(asked > 8 && asked < 20)
    world.talk("one", from: "latecomer")
    #expect(world.held("notes", "prefetch") == asked)
    world.release("notes", "prefetch")
    world.release("notes", "retain")
    world.advance(by: .seconds(60))
    world.hold("notes", "prefetch")
    world.talk("two", from: "latecomer")
    #expect(world.held("notes", "prefetch") == 1, "it has caught up")
    world.release("notes", "prefetch")
    world.advance(by: .seconds(2))
    world.expectSound()
  }

  @Test func oneSessionsBatchesStayInOrder() throws {
    let world = Self.world(8)
    world.talk("two", "three", from: "alice")
    #expect(world.held("notes", "retain") == Self.people.count, "the next waits for the first")
    world.release("notes", "retain")
    world.advance(by: .seconds(2))
    #expect(world.stored("notes", world.session(of: "alice")?.id) == [1, 2, 3])
    world.expectSound()
  }

  @Test func oneStuckSessionLeavesTheOthersTheirPlaces() throws {
    let world = Self.world(3)
    world.holdNoMore("notes", "retain")
    world.advance(by: .seconds(1))
    #expect(world.held("notes", "retain") == 3, "three are stuck")
    #expect(world.stored("notes", world.session(of: "erin")?.id) == [])
    // Two of them come back.
    world.advance(by: .seconds(130))
    #expect(world.stored("notes", world.session(of: "erin")?.id) == [1])
    world.expectSound()
  }

  @Test func aPauseThatALaterFailureMadeLongerEndsAllTheSame() throws {
    let world = World.calm()
    world.shutDown()
    world.change("notes") { $0.concurrentSessions = 8 }
    world.start()
    world.advance(by: .seconds(1))
    // Five failures in the first seconds; two calls pass their deadline while the pause lasts.
    world.script("notes", "retain", .failed, .failed, .failed, .hung, .hung, .failed, .failed)
    for person in Self.people { world.talk("one", from: person) }
    world.advance(by: .seconds(400))
    for person in Self.people {
      #expect(world.stored("notes", world.session(of: person)?.id) == [1])
    }
    world.expectSound()
  }

  @Test func afterThePauseOfItsBreakerAProviderIsTriedWithOneSession() throws {
    let world = Self.world(8)
    // The calls that are held were scripted to go well; those behind them fail.
    world.script("notes", "retain", .failed, .failed, .failed, .failed, .failed)
    world.talk("two", "three", from: "alice")
    world.release("notes", "retain")
    for person in Self.people.dropFirst() { world.talk("two", from: person) }
    #expect(world.provider("notes")?.state == "breaker open", "after five failures in a row")
    world.hold("notes", "retain")
    world.advance(by: .seconds(125))
    #expect(world.held("notes", "retain") == 1)
    world.release("notes", "retain")
    world.advance(by: .seconds(400))
    for person in Self.people.dropFirst() {
      #expect(world.stored("notes", world.session(of: person)?.id) == [1, 2])
    }
    world.expectSound()
  }
}
