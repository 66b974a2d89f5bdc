import HoldfastCore
import HoldfastSimulator
import Testing

/// What a provider is owed can be added to and written off.
@Suite struct DebtRowTests {
  /// A world in which `archive` was added behind what was said.
  private func world(_ texts: [String], _ every: Int = 1) throws -> World {
    let world = World.calm()
    for text in texts { world.talk(text) }
    world.shutDown()
    world.configuration.plugins.append(World.memorySettings("archive", every: every))
    world.install("archive")
    world.start()
    world.advance(by: .seconds(1))
    return world
  }

  private func backfill(
    _ world: World, _ name: String = "archive", _ session: SessionID? = nil, isDryRun: Bool = false
  ) -> ControlAnswer? {
    let request = world.ask(.backfill(InstanceID(name), session, isDryRun: isDryRun))
    world.advance(by: .seconds(2))
    return world.answers[request]
  }

  private func detach(_ world: World, _ enrolment: EnrolmentID) -> ControlAnswer? {
    let request = world.ask(.detach(enrolment))
    world.advance(by: .seconds(1))
    return world.answers[request]
  }

  // MARK: Backfill

  @Test func aBackfillOwesWhatWasSaidBeforeUnderItsOwnIdentity() throws {
    let world = try world(["one", "two", "/new", "three"])
    let second = try #require(world.session(of: "alice"))
    let first = try #require(second.parent)
    #expect(backfill(world, isDryRun: true) == .done("3 turns of 2 sessions would be owed."))
    #expect(world.stored("archive", first).isEmpty, "a dry run sends nothing")
    guard case .done = backfill(world) else { return #expect(Bool(false)) }
    #expect(world.stored("archive", first) == [1, 2])
    #expect(world.stored("archive", second.id) == [1])
    let batches = world.batches("archive")
    #expect(batches.map(\.cut.session) == [first, second.id])
    #expect(batches.map(\.cut.document) == [first.description, second.id.description])
    #expect(batches.last?.cut.parent == first)
    #expect(world.journal.backfills.isEmpty)
    #expect(world.provider("archive")?.backfilledTurns == 3)
    world.expectSound()
  }

  @Test func aSecondBackfillFindsNothing() throws {
    let world = try world(["one", "two"])
    _ = backfill(world)
    let count = world.batches("archive").count
    #expect(backfill(world, isDryRun: true) == .done("0 turns of 0 sessions would be owed."))
    _ = backfill(world)
    world.talk("three")
    #expect(world.batches("archive").count == count + 1)
    let session = try #require(world.session(of: "alice"))
    #expect(world.stored("archive", session.id) == [1, 2, 3])
    #expect(world.stored("notes", session.id) == [1, 2, 3])
    world.expectSound()
  }

  @Test func aBackfillOfOneSessionLeavesTheOthers() throws {
    let world = try world(["one", "/new", "two"])
    let second = try #require(world.session(of: "alice"))
    let first = try #require(second.parent)
    _ = backfill(world, "archive", first)
    #expect(world.stored("archive", first) == [1])
    #expect(world.stored("archive", second.id).isEmpty)
    #expect(backfill(world, isDryRun: true) == .done("1 turn of 1 session would be owed."))
    _ = backfill(world)
    #expect(world.stored("archive", first) == [1])
    #expect(world.stored("archive", second.id) == [1])
    #expect(backfill(world, "archive", SessionID(value: 7)).map(isRefusal) == true)
    #expect(backfill(world, "echo").map(isRefusal) == true)
    world.expectSound()
  }

  private func isRefusal(_ answer: ControlAnswer) -> Bool {
    if case .refused = answer { true } else { false }
  }

  @Test func withdrawnAndInterruptedTurnsAreLeftOut() throws {
    let world = World.calm()
    world.talk("one", "two")
    #expect(world.command("/undo") == "One turn taken back.")
    world.script("echo", "respond", .failed)
    world.talk("three")
    world.talk("four", from: "bob")
    _ = world.command("/delete", from: "bob")
    world.shutDown()
    world.configuration.plugins.append(World.memorySettings("archive", every: 1))
    world.install("archive")
    world.start()
    world.advance(by: .seconds(1))
    _ = backfill(world)
    let session = try #require(world.session(of: "alice"))
    #expect(world.stored("archive", session.id) == [1])
    #expect(world.ranges("archive") == ["1"])
    world.expectSound()
  }

  @Test func aBackfillGoesOnAfterACrashAtAnyStep() throws {
    for steps in 0..<60 {
      let world = World.calm()
      for number in 1...6 {
        world.talk("\(number)")
        if number % 2 == 0 { _ = world.command("/new") }
      }
      world.shutDown()
      world.configuration.plugins.append(World.memorySettings("archive", every: 2))
      world.install("archive")
      world.start()
      world.advance(by: .seconds(1))
      world.ask(.backfill(InstanceID("archive"), nil, isDryRun: false))
      var rest = steps
      while rest > 0, world.step() { rest -= 1 }
      world.crash(keeping: steps % 3)
      world.start()
      world.advance(by: .seconds(2))
      // A crash that came before the command was written lost the command with its answer.
      world.ask(.backfill(InstanceID("archive"), nil, isDryRun: false))
      world.advance(by: .seconds(2))
      let sessions = world.journal.turns.keys
      #expect(
        sessions.allSatisfy { world.stored("archive", $0) == [1, 2] }, "after \(steps) steps")
      world.expectSound()
    }
  }

  @Test func aTurnThatIsTakenBackWhileItIsOwedIsNotStored() throws {
    let world = try world(["one", "two"])
    world.hold("archive", "retain")
    world.ask(.backfill(InstanceID("archive"), nil, isDryRun: false))
    world.advance(by: .seconds(1))
    #expect(world.command("/undo") == "One turn taken back.")
    world.release("archive", "retain")
    world.advance(by: .seconds(1))
    let session = try #require(world.session(of: "alice"))
    #expect(world.stored("archive", session.id) == [1])
    world.expectSound()
  }

  @Test func whatABankMissedWhileMemoriesWentElsewhereCanBeAdded() throws {
    let world = World.calm()
    world.talk("one")
    world.shutDown()
    world.change("notes") { $0.destination = "there" }
    world.start()
    world.talk("two")
    world.shutDown()
    world.change("notes") { $0.destination = "here" }
    world.start()
    world.talk("three")
    _ = backfill(world, "notes")
    let session = try #require(world.session(of: "alice"))
    #expect(world.stored("notes", session.id) == [1, 3, 2])
    #expect(world.command("/undo 3") == "3 turns taken back.")
    world.advance(by: .seconds(1))
    #expect(world.stored("notes", session.id).isEmpty)
    world.expectSound()
  }

  @Test func aTurnDoesNotWaitForABackfill() throws {
    let world = try world(["one", "two", "three"])
    world.hold("archive", "retain")
    world.ask(.backfill(InstanceID("archive"), nil, isDryRun: false))
    world.advance(by: .seconds(1))
    #expect(world.held("archive", "retain") == 1)
    world.say("four", from: "alice")
    world.advance(by: .milliseconds(300))
    #expect(world.heard(by: "alice").last == "echo: four", "its recall waits for nothing")
    world.advance(by: .seconds(1))
    world.release("archive", "retain")
    world.advance(by: .seconds(1))
    let session = try #require(world.session(of: "alice"))
    #expect(world.stored("archive", session.id) == [1, 2, 3, 4])
    world.expectSound()
  }

  @Test func aSwitchDoesNotWaitForABackfill() throws {
    let world = try world(["one", "two", "three"])
    world.hold("archive", "retain")
    world.ask(.backfill(InstanceID("archive"), nil, isDryRun: false))
    world.advance(by: .seconds(1))
    _ = world.command("/new")
    #expect(world.switches("archive").count == 1)
    world.release("archive", "retain")
    world.expectSound()
  }

  // MARK: Detach

  @Test func aDebtToAProviderThatDoesNotComeBackIsWrittenOff() throws {
    let world = World.calm([("notes", 1), ("archive", 1)])
    world.talk("one")
    let session = try #require(world.session(of: "alice"))
    world.script("archive", "retain", .refused)
    world.talk("two")
    world.shutDown()
    world.configuration.plugins.removeAll { $0.instance == InstanceID("archive") }
    world.start()
    world.talk("three")
    let row = try #require(world.provider("archive"))
    #expect(row.state == "paused" && row.backlogTurns == 1 && row.parkedBatches == 1)
    world.advance(by: .seconds(700))
    world.ask(.status)
    let problems = try #require(world.host?.status().problems)
    #expect(
      problems.contains { $0.hasPrefix("archive") && $0.contains("memory detach") }, "\(problems)")
    guard case .done(let text) = detach(world, EnrolmentID(row.enrolment)) else {
      return #expect(Bool(false))
    }
    #expect(text.contains("1 turn is given up"))
    #expect(world.provider("archive") == nil)
    world.talk("four")
    world.crash(keeping: .max)
    world.start()
    world.talk("five")
    #expect(world.provider("archive") == nil)
    #expect(world.stored("notes", session.id) == [1, 2, 3, 4, 5])
    #expect(detach(world, EnrolmentID(row.enrolment)).map(isRefusal) == true)
    world.expectSound()
  }

  @Test func aProviderThatIsConfiguredGoesOnFromNow() throws {
    let world = World.calm()
    world.talk("one")
    let session = try #require(world.session(of: "alice"))
    world.hold("notes", "retain")
    world.talk("two", "three")
    let row = try #require(world.provider("notes"))
    guard case .done(let text) = detach(world, EnrolmentID(row.enrolment)) else {
      return #expect(Bool(false))
    }
    #expect(text.contains("2 turns are given up"))
    world.unscript("notes", "retain")
    world.release("notes", "retain")
    world.talk("four")
    #expect(world.stored("notes", session.id) == [1, 2, 4], "what was on its way arrives")
    #expect(world.provider("notes")?.backlogTurns == 0)
    #expect(
      backfill(world, "notes", isDryRun: true) == .done("0 turns of 0 sessions would be owed."))
    world.expectSound()
  }

  @Test func aProviderThatIsEnrolledAnewWhileItIsWedgedIsAskedAsBeforeWhenItReturns() throws {
    let world = World.calm()
    world.hold("notes", "event")
    world.talk("one")
    world.advance(by: .seconds(12))
    let row = try #require(world.provider("notes"))
    #expect(world.plugin("notes")?.state == "wedged")
    guard case .done = detach(world, EnrolmentID(row.enrolment)) else {
      return #expect(Bool(false))
    }
    world.release("notes", "event")
    world.talk("two")
    let session = try #require(world.session(of: "alice"))
    #expect(world.stored("notes", session.id).contains(2))
    #expect(world.command("/undo") == "One turn taken back.")
    world.advance(by: .seconds(1))
    #expect(!world.stored("notes", session.id).contains(2))
    world.expectSound()
  }

  // MARK: What the operator sees

  @Test func pendingBatchesOfEveryEnrolmentAreListed() throws {
    let world = World.calm()
    world.script("notes", "retain", .refused)
    world.talk("one")
    world.shutDown()
    world.change("notes") { $0.destination = "there" }
    world.start()
    world.script("notes", "retain", .refused)
    world.talk("two")
    let request = world.ask(.batches(InstanceID("notes"), .parked, limit: 10))
    world.advance(by: .seconds(1))
    guard case .batches(let cuts) = world.answers[request] else { return #expect(Bool(false)) }
    #expect(cuts.map(\.turns.description) == ["1", "2"])
    #expect(cuts.map(\.enrolment.value) == [1, 2])
    #expect(world.host?.status().providers.map(\.parkedBatches) == [1, 1])
    world.ask(.dropBatch(cuts[0].id))
    world.advance(by: .seconds(1))
    #expect(world.host?.status().providers.map(\.parkedBatches) == [0, 1])
    world.expectSound()
  }

  @Test func countsOfWhatWaitsForAPersonSurviveARestart() throws {
    let world = World.calm()
    world.hold("console", "send")
    world.talk("one")
    world.crash(keeping: .max)
    world.release("console", "send")
    world.start()
    world.advance(by: .seconds(1))
    #expect(world.host?.status().unknownReplies == 1)
    world.shutDown()
    world.start()
    world.advance(by: .seconds(1))
    #expect(world.host?.status().unknownReplies == 1)
    world.expectSound()
  }
}
