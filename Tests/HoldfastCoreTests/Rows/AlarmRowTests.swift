import HoldfastCore
import HoldfastSimulator
import Testing

/// A host that owes memory for too long says so.
@Suite struct AlarmRowTests {
  private func alarms(_ world: World) -> [String] {
    world.log.filter { $0.level == .error && $0.text.contains("owes") }.map(\.text)
  }

  @Test func aProviderThatAcknowledgesNothingForTenMinutesDegradesTheHost() throws {
    let world = World.calm()
    world.talk("one")
    for _ in 0..<40 { world.script("notes", "retain", .failed) }
    world.say("two", from: "alice")
    world.advance(by: .seconds(590))
    #expect(world.host?.status().state == "running")
    #expect(world.provider("notes")?.alarm == "")
    world.advance(by: .seconds(20))
    let status = try #require(world.host?.status())
    #expect(status.state == "degraded")
    let alarm = try #require(world.provider("notes")?.alarm)
    #expect(status.problems == [alarm])
    #expect(
      alarm.hasPrefix("notes owes 1 turns and 0 withdrawals of 1 sessions, the oldest for 10"))
    #expect(alarm.contains("acknowledged nothing meanwhile") && alarm.contains("failed: not now"))
    #expect(alarm.contains("`holdfast memory pending notes`"))
    #expect(alarms(world).count == 1, "it is in the log as well")
    #expect(world.command("/status").contains("notes owes"))

    world.unscript("notes", "retain")
    world.advance(by: .seconds(400))
    #expect(world.host?.status().state == "running")
    #expect(world.provider("notes")?.acknowledgedAgeMilliseconds != nil)
    #expect(world.log.contains { $0.text == "notes acknowledges again" })
    #expect(alarms(world).count == 1)
    world.expectSound()
  }

  @Test func aHostThatIsRestartedEveryNineMinutesStillAlarms() throws {
    let world = World.calm()
    for _ in 0..<100 { world.script("notes", "retain", .failed) }
    world.say("one", from: "alice")
    for _ in 0..<2 {
      world.advance(by: .seconds(540))
      world.crash(keeping: .max)
      world.start()
    }
    world.advance(by: .seconds(10))
    #expect(world.host?.status().state == "degraded")
    #expect(world.provider("notes")?.oldestAgeMilliseconds ?? 0 >= 1_080_000)
    #expect(alarms(world).count == 2, "both hosts that found it so old say it")
    world.unscript("notes", "retain")
    world.expectSound()
  }

  @Test func aWithdrawalIsAsOldAsTheJournalSays() throws {
    let world = World.calm()
    world.talk("one")
    for _ in 0..<100 { world.script("notes", "withdraw", .failed) }
    _ = world.command("/undo")
    world.advance(by: .seconds(540))
    world.crash(keeping: .max)
    world.start()
    world.advance(by: .seconds(70))
    #expect(world.provider("notes")?.alarm.contains("0 turns and 1 withdrawals") == true)
    world.unscript("notes", "withdraw")
    world.expectSound()
  }

  @Test func aClockThatWasSetBackMakesNoDebtYoungerThanItsStart() throws {
    let world = World.calm()
    for _ in 0..<100 { world.script("notes", "retain", .failed) }
    world.say("one", from: "alice")
    world.advance(by: .seconds(540))
    world.crash(keeping: .max)
    world.wallOffset -= 86_400_000
    world.start()
    world.advance(by: .seconds(590))
    #expect(world.host?.status().state == "running")
    world.advance(by: .seconds(20))
    #expect(world.host?.status().state == "degraded")
    world.unscript("notes", "retain")
    world.expectSound()
  }

  @Test func oneSessionThatIsLeftBehindIsEnough() throws {
    let world = World.calm()
    world.hold("notes", "retain")
    world.say("one", from: "alice")
    world.advance(by: .seconds(1))
    world.holdNoMore("notes", "retain")
    // Its batch times out again and again; those of others are stored.
    for minute in 0..<11 {
      world.script("notes", "retain", .failed)
      world.talk("\(minute)", from: "bob")
      world.advance(by: .seconds(59))
    }
    #expect(world.stored("notes", world.session(of: "bob")?.id).count > 5)
    if world.stored("notes", world.session(of: "alice")?.id).isEmpty {
      #expect(world.host?.status().state == "degraded")
      #expect(world.provider("notes")?.alarm.contains("acknowledged the last one") == true)
    }
    world.expectSound()
  }

  @Test func undoneDebtsAreNoAlarm() throws {
    let world = World.calm([("notes", 5)])
    world.talk("one")
    _ = world.command("/undo")
    world.advance(by: .seconds(700))
    #expect(world.host?.status().state == "running")
    world.expectSound()
  }

  @Test func theSecondAlarmIsSaidToo() throws {
    let world = World.calm()
    for round in 1...2 {
      for _ in 0..<40 { world.script("notes", "retain", .failed) }
      world.say("hello \(round)", from: "alice")
      world.advance(by: .seconds(610))
      #expect(alarms(world).count == round)
      world.unscript("notes", "retain")
      world.advance(by: .seconds(700))
      #expect(world.host?.status().state == "running")
    }
    world.expectSound()
  }

  @Test func whatIsStoppedByHandIsSaidToBeMissing() throws {
    let world = World.calm()
    world.ask(.stopPlugin(InstanceID("notes")))
    world.advance(by: .seconds(1))
    let status = try #require(world.host?.status())
    #expect(status.state == "degraded")
    #expect(
      status.problems == [
        "Agent main runs turns without memory “notes”, which is stopped; they are kept for it."
      ])
    world.ask(.startPlugin(InstanceID("notes")))
    world.advance(by: .seconds(1))
    #expect(world.host?.status().state == "running")
    world.expectSound()
  }

  @Test func batchesThatMayBeStoredAreCounted() throws {
    let world = World.calm()
    world.script("notes", "retain", .unknown)
    world.hold("notes", "recall")
    world.say("one", from: "alice")
    #expect(world.run { $0.provider("notes")?.unknownBatches == 1 })
    world.advance(by: .seconds(10))
    #expect(world.provider("notes")?.unknownBatches == 0)
    world.expectSound()
  }
}
