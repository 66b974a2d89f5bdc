import HoldfastCore
import HoldfastSimulator
import Testing

/// Several providers at once: what each remembers, and that none holds up another.
@Suite struct ProvidersRowTests {
  private static func world(_ priorities: [String: Int]) -> World {
    World.calm([("notes", 1), ("archive", 1)]) { configuration in
      for position in configuration.plugins.indices {
        let name = configuration.plugins[position].instance.description
        configuration.plugins[position].priority = priorities[name] ?? 0
      }
    }
  }

  private static func who(_ world: World) -> [String] {
    world.prompts.last?.recalled.map { $0.provider?.description ?? "nobody" } ?? []
  }

  @Test func theHigherPriorityComesFirst() throws {
    let world = Self.world(["archive": 10])
    world.talk("one", "two", "three")
    #expect(Self.who(world) == ["archive", "archive", "notes", "notes"])
    world.expectSound()
  }

  @Test func equalPrioritiesTakeTurns() throws {
    let world = Self.world([:])
    world.talk("one", "two", "three")
    #expect(Self.who(world) == ["notes", "archive", "notes", "archive"])
    world.expectSound()
  }

  @Test func allShareOneBudget() throws {
    let world = Self.world(["archive": 10])
    world.talk("one", "two")
    let each = try #require(world.prompts.last?.recalled.first?.text.count)
    world.shutDown()
    world.configuration.memory.recallMaxChars = 3 * each + each / 2
    world.start()
    world.advance(by: .seconds(1))
    world.talk("three", "four")
    let recalled = try #require(world.prompts.last?.recalled)
    #expect(Self.who(world) == ["archive", "archive", "archive"])
    #expect(recalled.map(\.text.count).reduce(0, +) <= 3 * each + each / 2)
    world.expectSound()
  }

  @Test func aHungProviderCostsTheBudgetAndNobodyElsesMemories() throws {
    let world = Self.world(["archive": 10])
    world.talk("one")
    world.hold("archive", "recall")
    world.say("two", from: "alice")
    world.advance(by: .milliseconds(1450))
    #expect(world.questions == ["one"])
    world.advance(by: .milliseconds(100))
    #expect(world.questions == ["one", "two"])
    #expect(Self.who(world).contains("notes"))
    #expect(world.provider("archive")?.lateRecalls == 1)
    #expect(world.provider("notes")?.lateRecalls == 0)
    world.release("archive", "recall")
    world.expectSound()
  }

  @Test func aProviderWithAnOpenBreakerCostsNothing() throws {
    let world = Self.world([:])
    for _ in 0..<5 { world.script("archive", "recall", .failed) }
    world.talk("1", "2", "3", "4", "5")
    world.hold("archive", "recall")
    world.say("6", from: "alice")
    world.advance(by: .milliseconds(100))
    #expect(world.questions.last == "6")
    #expect(Set(Self.who(world)) == ["notes"])
    #expect(world.provider("archive")?.recallState == "breaker open")
    #expect(world.provider("archive")?.state == "running", "it still gets its batches")
    #expect(world.provider("archive")?.backlogTurns == 0)
    world.release("archive", "recall")
    world.expectSound()
  }

  @Test func whatOneFailsToStoreTheOtherHas() throws {
    let world = Self.world([:])
    world.hold("archive", "retain")
    world.talk("one", "two")
    let session = try #require(world.session(of: "alice")?.id)
    #expect(world.stored("notes", session) == [1, 2])
    #expect(world.stored("archive", session) == [])
    #expect(world.provider("archive")?.backlogTurns == 2)
    world.release("archive", "retain")
    world.advance(by: .seconds(200))
    #expect(world.stored("archive", session) == [1, 2])
    world.expectSound()
  }
}
