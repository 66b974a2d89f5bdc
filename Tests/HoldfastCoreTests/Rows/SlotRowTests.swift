import HoldfastCore
import HoldfastSimulator
import Testing

/// How many turns do what at a time, and that none of them stops another.
@Suite struct SlotRowTests {
  @Test func modelsThatHangHoldNoSlot() {
    let world = World.calm { $0.host.maxConcurrentTurns = 1 }
    world.hold("echo", "respond")
    for chat in 1...8 { world.say("hangs", from: "user\(chat)") }
    world.advance(by: .seconds(1))
    #expect(world.held("echo", "respond") == 8)
    world.holdNoMore("echo", "respond")
    world.say("one", from: "alice")
    world.advance(by: .seconds(1))
    #expect(world.heard(by: "alice") == ["echo: one"])
    #expect(world.host?.status().turnsWaitingForSlot == 0)
    world.expectSound()
  }

  @Test func aRecallThatHangsHoldsNoSlot() {
    let world = World.calm { $0.host.maxConcurrentTurns = 1 }
    world.hold("notes", "recall")
    for chat in 1...4 { world.say("hangs", from: "user\(chat)") }
    world.advance(by: .milliseconds(100))
    world.holdNoMore("notes", "recall")
    world.say("one", from: "alice")
    world.advance(by: .milliseconds(200))
    #expect(world.heard(by: "alice") == ["echo: one"])
    world.expectSound()
  }

  @Test func aPluginHasSoManyCallsUnderWayAndTheRestWaitInOrder() {
    let world = World.calm { $0.plugins[1].maxOutstanding = 2 }
    world.hold("echo", "respond")
    for user in ["a", "b", "c", "d", "e"] {
      world.say("from \(user)", from: user)
      world.advance(by: .milliseconds(50))
    }
    #expect(world.questions == ["from a", "from b"])
    #expect(world.plugin("echo")?.outstanding == 2 && world.plugin("echo")?.waiting == 3)
    world.release("echo", "respond", first: 1)
    world.advance(by: .milliseconds(50))
    #expect(world.questions == ["from a", "from b", "from c"])
    world.release("echo", "respond")
    world.advance(by: .seconds(2))
    #expect(world.questions == ["from a", "from b", "from c", "from d", "from e"])
    #expect(world.plugin("echo")?.outstanding == 0 && world.plugin("echo")?.waiting == 0)
    world.expectSound()
  }

  @Test func whoeverAPersonWaitsForIsAskedFirst() {
    let world = World.calm { $0.plugins[1].maxOutstanding = 1 }
    world.hold("echo", "respond")
    world.say("first", from: "alice")
    world.advance(by: .milliseconds(50))
    var noise = InboundMessage()
    noise.account = "account"
    (noise.messageID, noise.chat, noise.user, noise.text) = ("n", "robot", "robot", "noise")
    noise.isFromBot = true
    world.hand(noise)
    world.advance(by: .milliseconds(50))
    world.say("second", from: "bob")
    world.advance(by: .milliseconds(50))
    world.release("echo", "respond")
    world.advance(by: .seconds(2))
    #expect(world.questions == ["first", "second", "noise"])
    world.expectSound()
  }

  @Test(arguments: ["/stop", "/new", "/undo", "/delete"])
  func aTurnThatWaitsForItsModelCanBeEnded(_ command: String) {
    let world = World.calm { $0.plugins[1].maxOutstanding = 1 }
    world.hold("echo", "respond")
    for user in ["alice", "bob", "carol"] {
      world.say("from \(user)", from: user)
      world.advance(by: .milliseconds(50))
    }
    #expect(world.plugin("echo")?.waiting == 2)
    #expect(world.command(command, from: "bob") != "nothing")
    #expect(world.plugin("echo")?.waiting == 1, "its place in the queue is free")
    world.release("echo", "respond")
    world.advance(by: .seconds(2))
    #expect(world.questions == ["from alice", "from carol"])
    world.expectSound()
  }

  @Test func aMessageThatWaitsForASlotCanBeStopped() {
    let world = World.calm { $0.host.maxConcurrentTurns = 1 }
    world.crash(keeping: .max)
    world.hold("echo", "load")
    world.start()
    for user in ["alice", "bob", "carol"] {
      world.say("from \(user)", from: user)
      world.advance(by: .milliseconds(50))
    }
    world.journalDelay = 400...400
    world.release("echo", "load")
    #expect(world.run { $0.host?.status().turnsWaitingForSlot == 2 })
    #expect(world.host?.status().runningTurns == 1)
    world.say("/stop", from: "carol")
    #expect(
      world.run { world in
        world.journal.inputs.values.contains { $0.status == .interrupted && $0.starts == 0 }
      }, "its turn has not begun")
    world.journalDelay = 1...1
    world.advance(by: .seconds(8))
    #expect(world.questions == ["from alice", "from bob"])
    #expect(world.heard(by: "carol").sorted() == ["Interrupted.", "Stopped."])
    world.expectSound()
  }

  @Test func callsOfToolsBeyondWhatIsAllowedWaitAndAreAllMade() {
    let world = World.withTools { configuration in
      for place in configuration.plugins.indices { configuration.plugins[place].maxOutstanding = 1 }
    }
    world.hold("box", "tool")
    world.say("use box__look box__look box__look", from: "alice")
    #expect(world.run { $0.held("box", "tool") == 1 })
    #expect(world.plugin("box")?.outstanding == 1 && world.plugin("box")?.waiting == 2)
    world.release("box", "tool")
    world.advance(by: .seconds(2))
    #expect(world.tools.calls.count == 3)
    #expect(world.heard(by: "alice").count == 1)
    world.expectSound()
  }

  @Test func aTurnWhoseCallsWaitCanBeStopped() {
    let world = World.withTools { configuration in
      for place in configuration.plugins.indices { configuration.plugins[place].maxOutstanding = 1 }
    }
    world.hold("box", "tool")
    world.say("use box__look box__look", from: "alice")
    #expect(world.run { $0.held("box", "tool") == 1 })
    #expect(world.command("/stop") == "Stopped.")
    #expect(world.plugin("box")?.outstanding == 0 && world.plugin("box")?.waiting == 0)
    world.release("box", "tool")
    world.advance(by: .seconds(2))
    #expect(world.tools.calls.count == 1)
    world.expectSound()
  }

  @Test func whatWaitsForAModelThatEndsIsToldSo() {
    let world = World.calm { $0.plugins[1].maxOutstanding = 1 }
    world.hold("echo", "respond")
    for user in ["alice", "bob"] {
      world.say("from \(user)", from: user)
      world.advance(by: .milliseconds(50))
    }
    world.script("echo", "respond", .crashed)
    world.ask(.stopPlugin(World.echo))
    world.advance(by: .seconds(1))
    #expect(world.heard(by: "bob").count { $0.hasPrefix("No answer: ") } == 1)
    #expect(world.plugin("echo")?.outstanding == 0 && world.plugin("echo")?.waiting == 0)
    world.expectSound()
  }

  @Test func diagnosticsHearsOfLanesTurnsAndCalls() throws {
    let world = World.withTools()
    world.hold("echo", "respond")
    world.say("use box__look", from: "alice")
    world.advance(by: .milliseconds(50))
    world.say("two", from: "alice")
    world.advance(by: .milliseconds(200))
    let before = world.diagnostics.count
    world.release("echo", "respond")
    world.advance(by: .seconds(1))
    let names = world.diagnostics.map(\.name)
    #expect(names.count { $0 == .queueEnqueued } == 2 && names.count { $0 == .turnStarted } == 2)
    #expect(names.count { $0 == .modelStarted } == 3 && names.count { $0 == .modelEnded } == 3)
    #expect(names.count { $0 == .toolStarted } == 1 && names.count { $0 == .toolEnded } == 1)
    let states = world.diagnostics.filter { $0.name == .sessionState }.map(\.subject)
    #expect(
      states == ["waiting", "processing", "waiting", "processing", "idle"]
        || states == ["waiting", "processing", "idle", "processing", "idle"])
    let ended = world.diagnostics.filter { $0.name == .turnCompleted }
    #expect(ended.map(\.outcome) == ["answered", "answered"])
    #expect(try #require(ended.first?.duration) >= .milliseconds(200))
    let waited = world.diagnostics.filter { $0.name == .queueDequeued }.compactMap(\.duration)
    #expect(waited.count == 2 && waited[1] >= .milliseconds(200) && before > 0)
    let session = world.session(of: "alice")?.id
    #expect(world.diagnostics.allSatisfy { $0.session == session || $0.session == nil })
    world.expectSound()
  }
}
