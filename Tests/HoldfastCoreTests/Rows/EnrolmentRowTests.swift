import HoldfastCore
import HoldfastSimulator
import Testing

/// Providers come, go and move.
@Suite struct EnrolmentRowTests {
  @Test func aProviderAddedInMidLifeStartsAtTheEnd() throws {
    let world = World.calm()
    world.talk("one", "two")
    let session = try #require(world.session(of: "alice"))
    world.shutDown()
    world.configuration.plugins.append(World.memorySettings("archive", every: 1))
    world.install("archive")
    world.start()
    world.talk("three")
    #expect(world.ranges("archive") == ["3"])
    #expect(world.stored("archive", session.id) == [3])
    #expect(world.stored("notes", session.id) == [1, 2, 3])
    #expect(world.kinds("archive").isEmpty, "what was before is not its business")
    #expect(world.command("/undo 3") == "3 turns taken back.")
    world.advance(by: .seconds(1))
    #expect(world.takenBack("archive").flatMap { $0.turns.map(\.turn) }.contains(3))
    #expect(world.stored("archive", session.id).isEmpty)
    world.expectSound()
  }

  @Test(arguments: [true, false])
  func aProviderThatIsMissingForAWhileGoesOnWhereItWas(_ isConfigured: Bool) throws {
    let world = World.calm()
    world.talk("one")
    let session = try #require(world.session(of: "alice"))
    world.shutDown()
    let settings = try #require(world.configuration.plugin(InstanceID("notes")))
    if isConfigured {
      world.change("notes") { $0.isInstalled = false }
    } else {
      world.configuration.plugins.removeAll { $0.instance == settings.instance }
    }
    world.start()
    world.talk("two")
    _ = world.command("/new")
    world.talk("three")
    let next = try #require(world.session(of: "alice"))
    #expect(world.heard(by: "alice").last == "echo: three", "turns run without it")
    #expect(world.provider("notes")?.state == "paused")
    #expect(world.provider("notes")?.backlogTurns == 2, "its debt is visible")
    #expect(world.provider("notes")?.backlogSessions == 2)
    #expect(world.plugin("notes")?.state == (isConfigured ? "failed" : nil))
    world.shutDown()
    if isConfigured {
      world.change("notes") { $0.isInstalled = true }
    } else {
      world.configuration.plugins.append(settings)
    }
    world.start()
    world.advance(by: .seconds(1))
    #expect(world.journal.enrolments.count == 1)
    #expect(world.batches("notes").map(\.cut.session) == [session.id, session.id, next.id])
    #expect(world.ranges("notes") == ["1", "2", "1"])
    #expect(world.stored("notes", session.id) == [1, 2])
    #expect(world.stored("notes", next.id) == [1])
    #expect(world.switches("notes").map(\.newSession) == [next.id])
    world.expectSound()
  }

  @Test func anotherDestinationIsAnotherEnrolmentFromNowOn() throws {
    let world = World.calm()
    world.talk("one")
    let session = try #require(world.session(of: "alice"))
    world.script("notes", "retain", .failed)
    world.say("two", from: "alice")
    world.advance(by: .milliseconds(500))
    world.shutDown()
    world.change("notes") { $0.destination = "there" }
    world.start()
    world.talk("three", in: "elsewhere")
    let other = try #require(world.session(of: "alice", in: "elsewhere"))
    #expect(world.stored("notes", session.id).isEmpty)
    #expect(world.stored("notes", other.id) == [1], "from now on")
    let rows = try #require(world.host?.status().providers)
    #expect(rows.map(\.destination) == ["here", "there"])
    #expect(rows.map(\.backlogTurns) == [1, 0], "the debt to the old one is visible")
    #expect(rows.map(\.state) == ["paused", "running"])

    world.shutDown()
    world.change("notes") { $0.destination = "here" }
    world.start()
    world.advance(by: .seconds(1))
    #expect(world.stored("notes", session.id) == [1, 2])
    #expect(world.stored("notes", other.id).isEmpty)
    #expect(world.journal.enrolments.count == 2)
    world.talk("four", in: "elsewhere")
    #expect(world.stored("notes", other.id) == [2])
    let old = world.batches("notes").filter { $0.cut.session == session.id }
    #expect(old.map(\.cut.turns.description) == ["1", "2", "2"])
    #expect(Set(old.map(\.key)).count == 2 && Set(old.map(\.cut.enrolment)).count == 1)
    world.expectSound()
  }

  @Test func anotherBatchSizeDoesNotChangeWhatWasCut() throws {
    let world = World.calm([("notes", 2)])
    world.hold("notes", "retain")
    world.talk("one", "two", "three")
    let session = try #require(world.session(of: "alice"))
    world.crash(keeping: .max)
    world.configuration.plugins[2].retainEveryTurns = 1
    world.release("notes", "retain")
    world.start()
    world.advance(by: .seconds(2))
    try #require(world.ranges("notes") == ["1-2", "1-2", "3"])
    #expect(world.batches("notes")[0].cut.id == world.batches("notes")[1].cut.id)
    #expect(world.batches("notes")[0].key == world.batches("notes")[1].key)
    #expect(world.stored("notes", session.id) == [1, 2, 3])
    world.expectSound()
  }

  @Test func strictMemoryRunsNoTurnWhileAProviderIsMissing() throws {
    let world = World.calm { $0.memory.strict = true }
    world.talk("one")
    #expect(world.heard(by: "alice") == ["echo: one"])
    world.shutDown()
    world.change("notes") { $0.isInstalled = false }
    world.start()
    world.talk("two", "three")
    #expect(world.questions == ["one"])
    #expect(world.host?.status().waitingMessages == 2)
    #expect(world.receipts.allSatisfy { $0.receipt == .accepted }, "they wait, they are not lost")
    let told = world.heard(by: "alice").filter { $0.contains("Your message waits") }
    #expect(told.count == 1 && told[0].contains("“notes”"), "which is said, once")
    let status = try #require(world.host?.status())
    #expect(status.state == "degraded")
    #expect(status.problems.contains { $0.contains("memory “notes” is missing") })
    #expect(world.command("/status").contains("memory “notes” is missing"))

    world.change("notes") { $0.isInstalled = true }
    world.ask(.startPlugin(InstanceID("notes")))
    world.advance(by: .seconds(2))
    #expect(world.questions == ["one", "two", "three"])
    #expect(
      world.prompts.dropFirst().allSatisfy { !$0.recalled.isEmpty },
      "they are answered with the memory that they waited for")
    #expect(world.host?.status().state == "running")
    world.expectSound()
  }

  @Test func withoutStrictMemoryTurnsRunAndTheStatusSaysSo() throws {
    let world = World.calm()
    world.shutDown()
    world.change("notes") { $0.isInstalled = false }
    world.start()
    world.talk("one")
    #expect(world.heard(by: "alice") == ["echo: one"])
    #expect(world.host?.status().state == "degraded")
    #expect(world.command("/status").contains("without memory “notes”, which is failed"))
    #expect(world.provider("notes")?.backlogTurns == 1)
    world.expectSound()
  }

  @Test func whatWasSaidAtAnotherBankIsNotOwedToTheFirst() throws {
    let world = World.calm()
    world.talk("one")
    world.script("notes", "retain", .failed)
    world.say("two", from: "alice")
    world.advance(by: .milliseconds(500))
    world.shutDown()
    world.change("notes") { $0.destination = "there" }
    world.start()
    world.talk("three")
    let session = try #require(world.session(of: "alice"))
    #expect(world.stored("notes", session.id) == [3])
    world.shutDown()
    world.change("notes") { $0.destination = "here" }
    world.start()
    world.advance(by: .seconds(1))
    world.talk("four")
    #expect(world.stored("notes", session.id) == [1, 2, 4])
    world.expectSound()
  }

  @Test func theBankThatIsOwedSurvivesACrashAtAnyStep() throws {
    for steps in 0..<25 {
      let world = World.calm()
      world.talk("one")
      let session = try #require(world.session(of: "alice"))
      world.script("notes", "retain", .failed)
      world.say("two", from: "alice")
      world.advance(by: .milliseconds(500))
      for destination in ["there", "here", "there"] {
        world.crash(keeping: .max)
        world.change("notes") { $0.destination = destination }
        world.start()
        var rest = steps
        while rest > 0, world.step() { rest -= 1 }
        world.crash(keeping: steps % 2)
        world.start()
        world.talk("at \(destination)")
      }
      #expect(world.stored("notes", session.id) == [3, 5], "after \(steps) steps")
      world.change("notes") { $0.destination = "here" }
      #expect(world.stored("notes", session.id) == [1, 2, 4], "after \(steps) steps")
      world.change("notes") { $0.destination = "there" }
      world.expectSound()
    }
  }

  @Test func aProviderWhoseBankChangedAndThatThenWentIsOwedAtTheLastOne() throws {
    let world = World.calm()
    for destination in ["there", "here"] {
      world.talk("before \(destination)")
      world.shutDown()
      world.change("notes") { $0.destination = destination }
      world.start()
    }
    world.talk("here again")
    world.shutDown()
    world.change("notes") { $0.isInstalled = false }
    world.start()
    world.talk("missing")
    let rows = try #require(world.host?.status().providers)
    #expect(rows.map(\.destination) == ["here", "there"])
    #expect(rows.map(\.backlogTurns) == [1, 0])
    world.expectSound()
  }

  @Test(arguments: [true, false])
  func aProviderWhoseFileComesLateBeginsWhenItIsLoaded(_ isDisabled: Bool) throws {
    let world = World.calm()
    world.talk("one")
    world.shutDown()
    world.configuration.plugins.append(World.memorySettings("archive", every: 1))
    if isDisabled { world.configuration.plugins[3].enabled = false }
    world.install("archive")
    world.change("archive") { $0.isInstalled = false }
    world.start()
    world.talk("two")
    #expect(world.provider("archive") == nil, "nobody knows what it is")
    world.change("archive") { $0.isInstalled = true }
    world.ask(.startPlugin(InstanceID("archive")))
    world.talk("three")
    let session = try #require(world.session(of: "alice"))
    #expect(world.stored("archive", session.id) == [3])
    world.talk("four")
    #expect(world.stored("archive", session.id) == [3, 4])
    world.configuration.plugins[3].enabled = true
    world.expectSound()
  }

  @Test func anUndoReachesAProviderOnlyAsFarAsItWasEnrolled() throws {
    let world = World.calm()
    world.talk("one", "two")
    world.shutDown()
    world.configuration.plugins.append(World.memorySettings("archive", every: 1))
    world.install("archive")
    world.start()
    world.talk("three")
    #expect(world.command("/undo 3") == "3 turns taken back.")
    world.advance(by: .seconds(1))
    #expect(world.takenBack("archive").map { $0.turns.map(\.turn) } == [[3]])
    #expect(world.takenBack("notes").map { $0.turns.map(\.turn) } == [[1, 2, 3]])
    world.expectSound()
  }
}
