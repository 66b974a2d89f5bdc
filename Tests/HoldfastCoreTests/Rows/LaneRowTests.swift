import HoldfastCore
import HoldfastSimulator
import Testing

/// What becomes of messages that arrive while a turn runs, by mode and by how far that turn is.
@Suite struct LaneRowTests {
  /// How far the turn of the first message is when the second one arrives.
  enum Moment: CaseIterable {
    case nothingRuns, gathering, modelAsked, toolsCalled, marking, compacting, deciding
  }

  /// A world in that moment, once the first message was said.
  private func world(_ mode: QueueMode, at moment: Moment) -> World {
    let world = World.withTools { $0.host.queueMode = mode }
    if moment == .compacting {
      world.talk("a", "b", "c", "d", "e", "f")
      world.hold("echo", "respond")
      world.say("/compact", from: "alice")
      world.advance(by: .milliseconds(50))
      world.holdNoMore("echo", "respond")
      world.say("one", from: "alice")
      #expect(world.run { $0.host?.status().runningTurns == 1 })
      return world
    }
    if moment == .nothingRuns { return world }
    if moment == .gathering { world.hold("notes", "recall") }
    if moment == .modelAsked || moment == .deciding { world.hold("echo", "respond") }
    if moment == .toolsCalled || moment == .marking { world.hold("box", "tool") }
    world.say(moment == .modelAsked || moment == .deciding ? "one" : "use box__look", from: "alice")
    switch moment {
    case .marking:
      #expect(world.run { !$0.journal.toolCalls.isEmpty })
      #expect(world.tools.calls.isEmpty, "the row is not synced yet")
    case .toolsCalled: #expect(world.run { $0.held("box", "tool") == 1 })
    case .gathering: #expect(world.run { $0.held("notes", "recall") == 1 })
    default: #expect(world.run { $0.held("echo", "respond") == 1 })
    }
    if moment == .deciding { world.say("/sessions", from: "alice") }
    return world
  }

  private func finish(_ world: World) {
    world.advance(by: .milliseconds(100))
    world.release("notes", "recall")
    world.advance(by: .milliseconds(100))
    world.release("box", "tool")
    world.release("echo", "respond")
    world.advance(by: .seconds(8))
  }

  /// What was said in each turn that was answered, in order, without what a moment needed.
  private func turns(_ world: World) throws -> [String] {
    let session = try #require(world.session(of: "alice")?.id)
    return world.journal.visibleTurns(of: session, limit: 100, before: 0).map(\.userText)
      .filter { !["a", "b", "c", "d", "e", "f"].contains($0) }
  }

  @Test(arguments: Moment.allCases) func aFollowUpHasTheNextTurn(_ moment: Moment) throws {
    let world = world(.followup, at: moment)
    let first = try #require(try firstText(at: moment, world))
    world.say("two", from: "alice")
    world.say("three", from: "alice")
    finish(world)
    #expect(try turns(world) == first + ["two", "three"])
    world.expectSound()
  }

  @Test(arguments: Moment.allCases) func whatIsCollectedHasOneTurn(_ moment: Moment) throws {
    let world = world(.collect, at: moment)
    let first = try #require(try firstText(at: moment, world))
    world.say("two", from: "alice")
    world.say("three", from: "alice")
    finish(world)
    let rest = moment == .nothingRuns ? ["two", "three"] : ["two\nthree"]
    #expect(try turns(world) == first + rest)
    #expect(world.heard(by: "alice").contains("echo: \(rest[rest.count - 1])"))
    world.expectSound()
  }

  @Test(arguments: Moment.allCases) func aTurnIsSteered(_ moment: Moment) throws {
    let world = world(.steer, at: moment)
    let first = try #require(try firstText(at: moment, world))
    world.say("two", from: "alice")
    finish(world)
    switch moment {
    case .nothingRuns, .modelAsked, .deciding: #expect(try turns(world) == first + ["two"])
    case .gathering, .toolsCalled, .marking:
      #expect(try turns(world) == ["use box__look\ntwo"], "its model was asked once more")
      let rows = world.journal.inputs.values.filter { !$0.isCommand }
      #expect(rows.count == 2 && rows.allSatisfy { $0.status == .done })
    case .compacting: #expect(try turns(world).joined(separator: "\n") == "one\ntwo")
    }
    world.expectSound()
  }

  @Test(arguments: Moment.allCases) func theNewestWins(_ moment: Moment) throws {
    let world = world(.interrupt, at: moment)
    let first = try #require(try firstText(at: moment, world))
    world.say("two", from: "alice")
    finish(world)
    #expect(try turns(world) == (moment == .nothingRuns ? first : []) + ["two"])
    let told = world.heard(by: "alice").filter { $0.hasPrefix("Interrupted by a newer message.") }
    #expect(told.count == (moment == .nothingRuns ? 0 : 1))
    world.expectSound()
  }

  private func firstText(at moment: Moment, _ world: World) throws -> [String]? {
    switch moment {
    case .nothingRuns: []
    case .modelAsked, .deciding, .compacting: ["one"]
    case .gathering, .toolsCalled, .marking: ["use box__look"]
    }
  }

  @Test func anInterruptionEndsWhatWaitsInTheTransactionThatAcceptsTheNewOne() throws {
    let world = World.calm { $0.host.queueMode = .followup }
    world.hold("echo", "respond")
    for text in ["one", "two", "three"] { world.say(text, from: "alice") }
    world.advance(by: .seconds(1))
    #expect(world.command("/queue interrupt").contains("ends the turn that runs"))
    world.say("four", from: "alice")
    #expect(world.run { $0.journal.inputs.values.contains { $0.text == "four" } })
    let rows = world.journal.inputs.values.filter { !$0.isCommand }.sorted { $0.id < $1.id }
    #expect(rows.map(\.status) == [.interrupted, .interrupted, .interrupted, .waiting])
    world.release("echo", "respond")
    world.advance(by: .seconds(2))
    #expect(world.questions == ["one", "four"])
    world.expectSound()
  }

  @Test func whatIsCollectedWaitsForQuietAndNotForEver() throws {
    let world = World.calm {
      $0.host.queueMode = .collect
      $0.host.queueCap = 4
    }
    world.hold("echo", "respond")
    world.say("one", from: "alice")
    world.advance(by: .milliseconds(100))
    world.say("two", from: "alice")
    world.release("echo", "respond")
    for text in ["three", "four"] {
      world.advance(by: .milliseconds(400))
      #expect(world.questions == ["one"], "it is not quiet yet")
      world.say(text, from: "alice")
    }
    world.advance(by: .milliseconds(400))
    #expect(world.questions == ["one"])
    world.say("five", from: "alice")
    world.advance(by: .milliseconds(50))
    #expect(world.questions == ["one", "two\nthree\nfour\nfive"], "no more may wait")
    world.expectSound()
  }

  @Test func theModeOfASessionOutlivesARestartAndIsItsOwn() throws {
    let world = World.calm()
    world.talk("one")
    #expect(world.command("/queue").contains("(followup)"))
    #expect(world.command("/queue collect").contains("(collect)"))
    #expect(world.command("/queue soon").contains("takes one of"))
    world.crash(keeping: 0)
    world.start()
    world.runUntilQuiet()
    #expect(world.command("/queue").contains("(collect)"))
    #expect(world.command("/branch").hasPrefix("New branch."))
    #expect(world.command("/queue").contains("(collect)"), "a branch is as its parent was")
    #expect(world.command("/new").hasPrefix("New session."))
    #expect(world.command("/queue").contains("(followup)"))
    world.expectSound()
  }
}
