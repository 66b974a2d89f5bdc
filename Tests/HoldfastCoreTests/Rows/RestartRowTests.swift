import HoldfastCore
import HoldfastSimulator
import Testing

/// The host dies and comes back.
@Suite struct RestartRowTests {
  @Test(arguments: [Behaviour.hung, .lost])
  func aCrashBetweenSendAndAnswerSendsTheSameRowAgain(_ behaviour: Behaviour) throws {
    let world = World.calm([("notes", 2)])
    world.script("notes", "retain", behaviour)
    world.talk("one", "two")
    let session = try #require(world.session(of: "alice"))
    #expect(world.stored("notes", session.id) == (behaviour == .lost ? [1, 2] : []))
    world.crash(keeping: 0)
    world.start()
    world.advance(by: .seconds(1))
    let batches = world.batches("notes")
    try #require(world.ranges("notes") == ["1-2", "1-2"])
    #expect(batches[0].cut.id == batches[1].cut.id && batches[0].key == batches[1].key)
    #expect(batches[0].cut.tags == batches[1].cut.tags)
    #expect(world.stored("notes", session.id) == [1, 2])
    #expect(world.watermark("notes", session.id) == 2)
    world.expectSound()
    #expect(world.batches("notes").count == 2)
  }

  @Test func aCrashBetweenAnswerAndWatermarkSendsTheSameRowAgain() throws {
    let world = World.calm()
    world.say("one", from: "alice")
    #expect(world.run { $0.provider("notes")?.acknowledgedTurns == 1 })
    let session = try #require(world.session(of: "alice"))
    #expect(world.stored("notes", session.id) == [1])
    world.crash(keeping: 0)
    world.start()
    world.advance(by: .seconds(1))
    #expect(world.ranges("notes") == ["1", "1"])
    #expect(Set(world.batches("notes").map(\.key)).count == 1)
    #expect(world.stored("notes", session.id) == [1])
    world.expectSound()
    #expect(world.batches("notes").count == 2)
  }

  @Test func aCrashBetweenCutAndSendSendsTheRowThatWasWritten() throws {
    let world = World.calm()
    world.say("one", from: "alice")
    #expect(world.run { !$0.journal.cuts.isEmpty })
    #expect(world.batches("notes").isEmpty, "nothing goes out before its row is synced")
    let cut = try #require(world.journal.cuts.values.first)
    world.crash(keeping: .max)
    world.start()
    world.advance(by: .seconds(1))
    #expect(world.batches("notes").map(\.cut.id) == [cut.id])
    #expect(world.batches("notes").map(\.key) == [cut.keyName])
    #expect(world.stored("notes", cut.session) == [1])
    #expect(world.questions == ["one"], "a fact is not made twice")
    world.expectSound()
  }

  @Test func aCrashBeforeTheTurnIsSyncedRunsItAgain() throws {
    let world = World.calm()
    world.say("one", from: "alice")
    #expect(world.run { !$0.journal.cuts.isEmpty })
    world.crash(keeping: 0)
    #expect(world.delivered.isEmpty, "no reply before its turn is a fact")
    world.start()
    world.advance(by: .seconds(1))
    let session = try #require(world.session(of: "alice"))
    #expect(world.questions == ["one", "one"])
    #expect(world.heard(by: "alice") == ["echo: one"])
    #expect(world.stored("notes", session.id) == [1])
    world.expectSound()
  }

  @Test func aSwitchThatIsSyncedSurvivesWithItsFlushStillOwed() throws {
    let world = World.calm([("notes", 5)])
    world.talk("one", "two")
    let old = try #require(world.session(of: "alice"))
    world.hold("notes", "retain")
    _ = world.command("/new")
    world.crash(keeping: 0)
    world.holdNoMore("notes", "retain")
    world.start()
    world.advance(by: .seconds(1))
    let new = try #require(world.session(of: "alice"))
    #expect(new.parent == old.id)
    #expect(world.ranges("notes") == ["1-2", "1-2"])
    #expect(world.stored("notes", old.id) == [1, 2])
    #expect(world.switches("notes").map(\.newSession) == [new.id])
    world.expectSound()
  }

  @Test func aReplyFoundInSendingIsUnknownAndNotSentAgain() throws {
    let world = World.calm()
    world.hold("console", "send")
    world.say("one", from: "alice")
    world.advance(by: .seconds(1))
    #expect(world.held("console", "send") == 1)
    world.crash(keeping: 0)
    world.holdNoMore("console", "send")
    world.start()
    #expect(world.host?.status().unknownReplies == 1)
    world.talk("two")
    #expect(world.heard(by: "alice") == ["echo: two"])
    #expect(
      world.journal.replies.values.map(\.status).sorted { $0.rawValue < $1.rawValue }
        == [.sent, .unknown])
    #expect(world.log.contains { $0.text.contains("may or may not have been delivered") })
    world.expectSound()
    #expect(world.heard(by: "alice") == ["echo: two"])
  }

  @Test func aReplyThatWasNotMarkedIsSentAfterTheRestart() throws {
    let world = World.calm()
    world.hold("console", "send")
    world.say("one", from: "alice")
    world.advance(by: .seconds(1))
    world.say("two", from: "alice")
    #expect(world.run { $0.journal.replies.count == 2 })
    world.crash(keeping: 1)
    #expect(world.delivered.isEmpty)
    world.holdNoMore("console", "send")
    world.start()
    world.advance(by: .seconds(1))
    #expect(world.heard(by: "alice") == ["echo: two"], "it waited behind the first")
    #expect(world.host?.status().unknownReplies == 1)
    world.expectSound()
  }

  @Test func aMessageWhoseTurnWasStartedThreeTimesIsSetAside() throws {
    let world = World.calm()
    world.hold("echo", "respond")
    world.say("one", from: "alice")
    world.advance(by: .seconds(1))
    for start in 1...3 {
      #expect(world.questions.count == start)
      #expect(world.journal.inputs.values.first?.starts == start)
      world.crash(keeping: 0)
      world.start()
      world.advance(by: .seconds(1))
    }
    #expect(world.questions.count == 3, "not a fourth time")
    #expect(world.journal.inputs.values.map(\.status) == [.setAside])
    #expect(world.host?.status().inputsSetAside == 1)
    #expect(world.heard(by: "alice").first?.hasPrefix("Your message was set aside") == true)
    world.release("echo", "respond")
    world.talk("two")
    #expect(world.heard(by: "alice").last == "echo: two", "the place goes on")
    world.expectSound()
  }
}
