import HoldfastCore
import HoldfastSimulator
import Testing

/// A conversation that is over by itself ends when the next message comes.
@Suite struct ExpiryRowTests {
  private func world(_ adjust: (inout Configuration) -> Void = { _ in }) -> World {
    World.calm([("notes", 3)]) {
      $0.host.expiry.idle = .seconds(3600)
      adjust(&$0)
    }
  }

  @Test func theNextMessageAfterALongSilenceBeginsANewSession() throws {
    let world = world()
    world.talk("one", "two")
    let old = try #require(world.session(of: "alice"))
    world.advance(by: .seconds(3599))
    world.talk("three")
    #expect(world.session(of: "alice")?.id == old.id)
    world.advance(by: .seconds(3601))
    #expect(world.session(of: "alice")?.id == old.id, "nothing happens before")
    world.talk("four")
    let new = try #require(world.session(of: "alice"))
    #expect(new.id != old.id && new.parent == old.id && new.lastTurn == 1)
    #expect(world.journal.sessions[old.id]?.ended != nil)
    #expect(world.journal.sessions[old.id]?.isHidden == false)
    let told = world.heard(by: "alice").filter { $0.contains("/resume \(old.id) goes back") }
    #expect(told.count == 1)
    #expect(world.prompts.last?.messages.map(\.text) == ["four"])
    #expect(world.kinds("notes") == [.sessionEnded, .sessionSwitched])
    let change = try #require(world.switches("notes").first)
    #expect(change.context.reason == "expired" && !change.isReset)
    #expect(change.newEpoch == change.context.epoch + 1)
    world.expectSound()
    #expect(world.stored("notes", old.id) == [1, 2, 3])
    #expect(world.stored("notes", new.id) == [1])
  }

  /// What somebody wants of the old conversation is still wanted of that one.
  @Test func aCommandEndsNothing() throws {
    let world = world()
    world.talk("one", "two")
    let old = try #require(world.session(of: "alice"))
    world.advance(by: .seconds(4000))
    #expect(world.command("/undo") == "One turn taken back.")
    #expect(world.session(of: "alice")?.id == old.id)
    world.talk("three")
    #expect(world.session(of: "alice")?.id == old.id, "it was not silent")
    world.expectSound()
  }

  @Test func aResumedSessionGoesOnAlsoAfterARestart() throws {
    let world = world()
    world.talk("one")
    let old = try #require(world.session(of: "alice"))
    _ = world.command("/new")
    world.advance(by: .seconds(4000))
    #expect(world.command("/resume \(old.id)").hasPrefix("Session \(old.id) goes on."))
    world.crash()
    world.start()
    world.runUntilQuiet()
    world.talk("two")
    #expect(world.session(of: "alice")?.id == old.id)
    world.advance(by: .seconds(3700))
    world.crash()
    world.start()
    world.runUntilQuiet()
    world.talk("three")
    let new = try #require(world.session(of: "alice"))
    #expect(new.parent == old.id, "the journal knows since when nothing was said")
    world.expectSound()
  }

  @Test func aTurnThatRunsIsNoSilence() throws {
    let world = world()
    world.talk("one")
    let old = try #require(world.session(of: "alice"))
    world.hold("echo", "respond")
    world.say("two", from: "alice")
    world.advance(by: .milliseconds(100))
    world.say("three", from: "alice")
    world.advance(by: .milliseconds(100))
    world.release("echo", "respond")
    world.runUntilQuiet()
    #expect(world.session(of: "alice")?.id == old.id)
    world.expectSound()
  }

  @Test func aRedeliveredMessageEndsNothing() throws {
    let world = world()
    var message = InboundMessage()
    (message.account, message.messageID) = ("account", "first")
    (message.chat, message.user, message.text) = ("alice", "alice", "one")
    world.hand(message)
    world.advance(by: .seconds(1))
    let old = try #require(world.session(of: "alice"))
    world.advance(by: .seconds(4000))
    world.hand(message)
    world.advance(by: .seconds(1))
    #expect(world.session(of: "alice")?.id == old.id)
    world.expectSound()
  }

  @Test func anAgentHasARuleOfItsOwn() throws {
    let world = world { $0.agents[0].idleExpiry = .seconds(10) }
    world.talk("one")
    let old = try #require(world.session(of: "alice"))
    world.advance(by: .seconds(11))
    world.talk("two")
    #expect(world.session(of: "alice")?.parent == old.id)
    world.expectSound()
  }
}
