import HoldfastCore
import HoldfastSimulator
import Testing

/// Providers fail in every way, and only they suffer.
@Suite struct FaultRowTests {
  @Test func aProviderThatIsDownForADayGetsEverythingInOrder() throws {
    let world = World.calm()
    for _ in 0..<2000 { world.script("notes", "retain", .failed) }
    for hour in 1...24 {
      world.say("hour \(hour)", from: "alice")
      world.advance(by: .seconds(3600))
    }
    let session = try #require(world.session(of: "alice"))
    #expect(world.heard(by: "alice").count { $0.hasPrefix("echo: hour") } == 24)
    let row = try #require(world.provider("notes"))
    #expect(row.backlogTurns == 24 && row.acknowledgedTurns == 0 && row.parkedBatches == 0)
    #expect(row.oldestAgeMilliseconds > 23 * 3_600_000 && row.lastError == "not now")
    #expect(world.host?.status().state == "degraded")
    let problem = world.host?.status().problems.first
    #expect(problem?.hasPrefix("notes owes 24 turns") == true)
    #expect(problem?.contains("acknowledged nothing meanwhile") == true)
    #expect(world.batches("notes").count > 24 * 3600 / 310, "at most five minutes apart")
    #expect(Set(world.ranges("notes")) == ["1"], "nothing overtakes the first batch")

    world.unscript("notes", "retain")
    world.advance(by: .seconds(600))
    #expect(world.stored("notes", session.id) == Array(1...24))
    #expect(world.provider("notes")?.backlogTurns == 0)
    #expect(world.provider("notes")?.parkedBatches == 0)
    #expect(world.host?.status().state == "running")
    world.expectSound()
  }

  @Test func aRefusedBatchIsParkedAndShownAndSentAgainUnderItsOwnKey() throws {
    let world = World.calm()
    world.script("notes", "retain", .refused)
    world.talk("one", "two")
    let session = try #require(world.session(of: "alice"))
    #expect(world.stored("notes", session.id) == [2], "later batches go on")
    #expect(world.provider("notes")?.parkedBatches == 1)
    #expect(world.provider("notes")?.lastError == "never")
    #expect(world.watermark("notes", session.id) == 2)
    #expect(world.log.contains { $0.level == .error && $0.text.contains("for good") })
    #expect(world.command("/memory").contains("1 batches parked"))
    let listing = world.ask(.batches(InstanceID("notes"), .parked, limit: 10))
    world.advance(by: .milliseconds(100))
    guard case .batches(let parked) = world.answers[listing] else {
      Issue.record("no batches: \(String(describing: world.answers[listing]))")
      return
    }
    try #require(parked.map(\.turns) == [TurnSet(1...1)] && parked.map(\.reason) == ["never"])

    let retry = world.ask(.retryBatch(parked[0].id))
    world.advance(by: .seconds(1))
    #expect(world.answers[retry] == .done("Batch \(parked[0].id) is sent again."))
    try #require(world.ranges("notes") == ["1", "2", "1"])
    #expect(world.batches("notes")[2].key == parked[0].keyName)
    #expect(world.batches("notes")[2].key == world.batches("notes")[0].key)
    #expect(world.stored("notes", session.id) == [2, 1])
    #expect(world.provider("notes")?.parkedBatches == 0)
    world.expectSound()
  }

  @Test func aDeadLetterSurvivesARestartUntilAPersonGivesItUp() throws {
    let world = World.calm()
    world.script("notes", "retain", .refused)
    world.talk("one")
    let session = try #require(world.session(of: "alice"))
    world.shutDown()
    #expect(world.stopReport?.rows.map(\.parked) == [1])
    world.start()
    world.advance(by: .seconds(1))
    #expect(world.provider("notes")?.parkedBatches == 1)
    let letter = try #require(world.journal.cuts.values.first)
    let drop = world.ask(.dropBatch(letter.id))
    world.advance(by: .milliseconds(100))
    let retry = world.ask(.retryBatch(letter.id))
    world.advance(by: .seconds(1))
    #expect(world.answers[drop] == .done("Batch \(letter.id) is given up."))
    #expect(world.answers[retry] == .refused("There is no parked batch \(letter.id)."))
    #expect(world.journal.cuts[letter.id]?.status == .dropped)
    #expect(world.provider("notes")?.parkedBatches == 0)
    #expect(world.ranges("notes") == ["1"] && world.stored("notes", session.id).isEmpty)
    world.expectSound()
  }

  @Test func aFirstRequestThatLandsBehindATimeOutAndAnErrorIsStoredOnce() throws {
    let world = World.calm()
    world.script("notes", "retain", .ok, .failed)
    world.hold("notes", "retain")
    world.say("one", from: "alice")
    world.advance(by: .seconds(119))
    let session = try #require(world.session(of: "alice"))
    #expect(world.ranges("notes") == ["1"])
    world.holdNoMore("notes", "retain")
    #expect(world.run { $0.provider("notes")?.lastError == "not now" })
    #expect(world.plugin("notes")?.timeouts == 1)
    #expect(world.ranges("notes") == ["1", "1"] && world.stored("notes", session.id).isEmpty)
    world.release("notes", "retain")
    world.advance(by: .milliseconds(100))
    #expect(world.stored("notes", session.id) == [1])
    #expect(world.provider("notes")?.backlogTurns == 1, "nobody has said so yet")
    world.advance(by: .seconds(10))
    #expect(world.ranges("notes") == ["1", "1", "1"])
    #expect(Set(world.batches("notes").map(\.key)).count == 1)
    #expect(world.batches("notes").map(\.attempt) == [1, 2, 3])
    #expect(world.stored("notes", session.id) == [1])
    #expect(world.provider("notes")?.acknowledgedTurns == 1)
    world.expectSound()
  }

  @Test(
    arguments: ["retain", "withdraw", "recall", "prefetch"],
    [Behaviour.failed, .hung, .stuck, .crashed, .unknown])
  func aFaultInAnEntryPointIsItsOwnersAlone(_ call: String, _ behaviour: Behaviour) throws {
    let world = World.calm([("notes", 1), ("archive", 1)])
    for _ in 0..<3 { world.script("notes", call, behaviour) }
    for text in ["one", "two"] {
      world.talk(text, from: "alice")
      world.talk(text, from: "bob")
    }
    world.advance(by: .seconds(11))
    #expect(world.command("/undo") == "One turn taken back.")
    world.advance(by: .seconds(400))
    for user in ["alice", "bob"] {
      let session = world.session(of: user)?.id
      #expect(world.heard(by: user).prefix(2) == ["echo: one", "echo: two"])
      #expect(world.stored("archive", session) == (user == "bob" ? [1, 2] : [1]))
    }
    let faulty = try #require(world.plugin("notes"))
    let healthy = try #require(world.plugin("archive"))
    #expect(faulty.failures + faulty.timeouts > 0)
    #expect(healthy.failures == 0 && healthy.timeouts == 0 && healthy.state == "running")
    #expect(world.provider("archive")?.lastError == "")
    #expect(world.provider("archive")?.acknowledgedTurns == 4)
    world.expectSound()
  }

  @Test func aPluginThatHoldsAnEventIsWedgedUntilItReturns() throws {
    let world = World.calm([("notes", 1), ("archive", 1)])
    world.hold("notes", "event")
    world.talk("one")
    let session = try #require(world.session(of: "alice"))
    world.advance(by: .seconds(12))
    #expect(world.plugin("notes")?.state == "wedged")
    #expect(world.plugin("notes")?.detail == "stuck in event")
    #expect(world.provider("notes")?.state == "paused")
    #expect(world.plugin("archive")?.state == "running")
    let status = try #require(world.host?.status())
    #expect(status.state == "degraded")
    #expect(status.problems.first?.hasPrefix("Plugin notes has been stuck in event for") == true)
    let calls = try #require(world.plugin("notes")?.calls)
    world.talk("two")
    #expect(world.heard(by: "alice") == ["echo: one", "echo: two"])
    #expect(world.plugin("notes")?.calls == calls, "nothing more is asked of it")
    #expect(world.provider("notes")?.backlogTurns == 1)
    #expect(world.stored("archive", session.id) == [1, 2])

    world.release("notes", "event")
    world.advance(by: .seconds(1))
    #expect(world.plugin("notes")?.state == "running")
    #expect(world.stored("notes", session.id) == [1, 2])
    #expect(world.host?.status().state == "running")
    world.talk("three")
    #expect(world.prompts.last?.recalled.isEmpty == false)
    world.expectSound()
  }

  @Test func ofTwoProvidersTheOneThatWorksGoesOn() throws {
    let world = World.calm([("notes", 1), ("archive", 3)])
    for _ in 0..<200 { world.script("notes", "retain", .failed) }
    world.talk("1", "2", "3", "4", "5", "6", "7")
    let session = try #require(world.session(of: "alice"))
    #expect(world.heard(by: "alice").count == 7)
    #expect(world.ranges("archive") == ["1-3", "4-6"])
    #expect(world.watermark("archive", session.id) == 6)
    #expect(world.watermark("notes", session.id) == 0)
    #expect(world.provider("notes")?.backlogTurns == 7)
    #expect(world.provider("archive")?.backlogTurns == 1)
    #expect(world.command("/new").hasPrefix("New session."))
    #expect(world.ranges("archive") == ["1-3", "4-6", "7"])
    #expect(world.switches("archive").count == 1)
    #expect(world.switches("notes").count == 1, "its first attempt has concluded")
    world.unscript("notes", "retain")
    world.advance(by: .seconds(600))
    #expect(world.stored("notes", session.id) == [1, 2, 3, 4, 5, 6, 7])
    world.expectSound()
  }

  @Test func aHundredSessionsHaveOneBatchUnderWayWithAProvider() throws {
    let world = World.calm()
    world.hold("notes", "retain")
    let people = (0..<100).map { "person \($0)" }
    for person in people { world.say("hello", from: person) }
    world.advance(by: .seconds(3))
    #expect(people.allSatisfy { world.heard(by: $0) == ["echo: hello"] })
    #expect(world.held("notes", "retain") == 1)
    #expect(world.provider("notes")?.backlogSessions == 100)
    world.release("notes", "retain")
    world.advance(by: .seconds(3))
    #expect(people.allSatisfy { world.stored("notes", world.session(of: $0)?.id) == [1] })
    #expect(world.ranges("notes").count == 100)
    world.expectSound()
  }

  @Test func oneSessionsRetriesDoNotHoldUpAnother() throws {
    let world = World.calm()
    world.script("notes", "retain", .failed)
    world.say("one", from: "alice")
    world.advance(by: .milliseconds(100))
    world.say("one", from: "bob")
    world.advance(by: .milliseconds(100))
    #expect(world.stored("notes", world.session(of: "alice")?.id) == [])
    #expect(world.stored("notes", world.session(of: "bob")?.id) == [1])
    world.advance(by: .seconds(2))
    #expect(world.stored("notes", world.session(of: "alice")?.id) == [1])
    world.expectSound()
  }

  @Test func aBatchIsCutWhenItsOldestTurnIsAMinuteOld() throws {
    let world = World.calm([("notes", 5)])
    world.talk("one", "two")
    world.advance(by: .seconds(57))
    #expect(world.batches("notes").isEmpty)
    world.advance(by: .seconds(2))
    #expect(world.ranges("notes") == ["1-2"])
    world.expectSound()
  }
}
