import HoldfastCore
import HoldfastSimulator
import Testing

/// Models and channels fail, and nothing is half done.
@Suite struct ModelAndChannelRowTests {
  @Test(arguments: [Behaviour.failed, .hung, .crashed, .lost])
  func aTurnThatItsModelFailsEndsAndIsNotRetained(_ behaviour: Behaviour) throws {
    let world = World.calm()
    world.script("echo", "respond", behaviour)
    world.say("one", from: "alice")
    world.say("other", from: "bob")
    world.advance(by: .seconds(1))
    #expect(world.heard(by: "bob") == ["echo: other"], "another place is not held up")
    world.advance(by: .seconds(125))
    let session = try #require(world.session(of: "alice"))
    let told = try #require(world.heard(by: "alice").first)
    #expect(told.hasPrefix("No answer: the model “echo” failed: "))
    #expect(world.journal.turns[session.id]?.map(\.status) == [.interrupted])
    #expect(world.journal.events.values.count { $0.kind == .turnInterrupted } == 1)
    #expect(world.plugin("echo")?.failures == 1)
    world.talk("two")
    #expect(world.heard(by: "alice") == [told, "echo: two"])
    #expect(world.prompts.last?.messages.map(\.text) == ["two"])
    #expect(world.ranges("notes").filter { $0 == "2" }.count == 1)
    #expect(world.stored("notes", session.id) == [2])
    world.expectSound()
  }

  @Test func aReplyThatFailedIsSentAgainBeforeLaterOnes() throws {
    let world = World.calm()
    world.script("console", "send", .failed, .failed)
    world.say("one", from: "alice")
    world.advance(by: .milliseconds(300))
    world.say("two", from: "alice")
    world.say("other", from: "bob")
    world.advance(by: .milliseconds(300))
    #expect(world.heard(by: "alice").isEmpty)
    #expect(world.host?.status().pendingReplies == 3, "the second failure is bob's")
    #expect(world.stored("notes", world.session(of: "alice")?.id) == [1, 2])
    world.advance(by: .seconds(10))
    #expect(world.heard(by: "alice") == ["echo: one", "echo: two"])
    #expect(world.heard(by: "bob") == ["echo: other"])
    world.expectSound()
  }

  @Test(arguments: [Behaviour.lost, .hung, .unknown])
  func aReplyThatMayHaveArrivedIsShownAndNotRepeated(_ behaviour: Behaviour) throws {
    let world = World.calm()
    world.script("console", "send", behaviour)
    world.say("one", from: "alice")
    world.advance(by: .seconds(40))
    #expect(world.host?.status().unknownReplies == 1)
    #expect(world.journal.replies.values.map(\.status) == [.unknown])
    world.talk("two")
    #expect(world.heard(by: "alice").last == "echo: two", "later ones go on")
    #expect(world.heard(by: "alice").count { $0 == "echo: one" } <= 1)
    let calls = world.plugin("console")?.calls
    world.expectSound()
    #expect(world.plugin("console")?.calls == calls, "nothing more is sent")
  }

  @Test func aReplyThatTheChannelRefusesHoldsNothingUp() {
    let world = World.calm()
    world.script("console", "send", .refused)
    world.talk("one", "two")
    #expect(world.heard(by: "alice") == ["echo: two"])
    #expect(world.journal.replies.values.count { $0.status == .failed } == 1)
    #expect(world.log.contains { $0.level == .error && $0.text.contains("cannot be delivered") })
    world.expectSound()
  }

  @Test func aBatchSaysEverythingAboutItsSession() throws {
    let world = World.calm([("notes", 2)])
    world.talk("one", "two")
    let session = try #require(world.session(of: "alice"))
    let batch = try #require(world.batches("notes").first)
    let metadata = Dictionary(uniqueKeysWithValues: batch.metadata.map { ($0.key, $0.value) })
    #expect(
      metadata == [
        "agent": "main", "channel": "console", "chat_id": "alice", "message_count": "4",
        "session_id": session.id.description, "thread_id": "", "turn_first": "1", "turn_last": "2",
        "user_id": "alice",
      ])
    #expect(batch.context.key == world.key(of: "alice"))
    #expect(batch.context.firstTurn == 1 && batch.context.lastTurn == 2)
    #expect(batch.context.user == "alice" && batch.context.reason == "retain")
    #expect(batch.attempt == 1)
    world.expectSound()
  }
}
