import HoldfastCore
import HoldfastSimulator
import Testing

/// Models call tools: each call at most once, its result in its own turn and nowhere else.
@Suite struct ToolRowTests {
  private func calls(_ world: World) -> [String] {
    world.tools.calls.map { "\($0.instance).\($0.call.name) \($0.call.arguments)" }
  }

  private func uses(_ world: World) -> [ToolUse] { world.prompts.last?.uses ?? [] }

  @Test func aModelCallsToolsAndAnswersWithTheirResults() throws {
    let world = World.withTools()
    world.talk(#"use box__look box__write:{"what":"x"}"#)
    #expect(calls(world) == ["box.look {}", #"box.write {"what":"x"}"#])
    #expect(world.prompts.map(\.roundsLeft) == [8, 7])
    #expect(world.prompts[0].tools.map(\.name) == ["box__look", "box__write"])
    #expect(world.prompts[0].tools.map(\.isReadOnly) == [true, false])
    #expect(uses(world).map(\.request.id) == ["c0", "c1"])
    #expect(uses(world).map(\.said) == ["let me see", ""])
    #expect(uses(world).map(\.round) == [1, 1])
    let told = try #require(world.heard(by: "alice").first)
    #expect(world.heard(by: "alice").count == 1)
    #expect(told.contains("box__look 0: ") && told.contains(#"did write {"what":"x"}"#))
    #expect(world.journal.toolCalls.isEmpty)
    world.expectSound()
  }

  @Test func whatToolsAnsweredStaysWithTheTurn() throws {
    let world = World.withTools()
    world.talk("use box__look", "and now?")
    let batch = try #require(world.batches("notes").first)
    #expect(batch.turns.map { $0.tools.map(\.request.name) } == [["box__look"]])
    #expect(batch.metadata.first { $0.key == "message_count" }?.value == "3")
    let history = try #require(world.prompts.last?.messages)
    #expect(history.map(\.role) == [.user, .tool, .assistant, .user])
    #expect(history[1].name == "box__look" && history[1].text.contains("did look"))
    #expect(world.prompts.last?.uses.isEmpty == true, "uses are of this turn alone")
    world.expectSound()
  }

  @Test func aToolThatHangsHoldsNobodyElseUpAndIsGivenUp() throws {
    let world = World.withTools()
    world.script("box", "tool", .hung)
    world.say("use box__look box__look", from: "alice")
    world.say("other", from: "bob")
    world.advance(by: .seconds(1))
    #expect(world.heard(by: "bob") == ["echo: other"])
    #expect(world.heard(by: "alice").isEmpty)
    world.advance(by: .seconds(300))
    #expect(uses(world).map(\.status) == [.timeout, .ok])
    #expect(uses(world)[0].result.hasPrefix("no answer to tool within 300000 ms"))
    #expect(world.heard(by: "alice").count == 1)
    world.expectSound()
  }

  @Test func roundsAreBounded() {
    let world = World.withTools { $0.host.toolRounds = 3 }
    world.talk("loop box__look")
    #expect(world.prompts.map(\.roundsLeft) == [3, 2, 1, 0])
    #expect(uses(world).map(\.round) == [1, 2, 3] && calls(world).count == 3)
    #expect(world.heard(by: "alice").first?.hasPrefix("echo: loop") == true)
    world.talk("nag box__look")
    #expect(calls(world).count == 6, "an answer beyond the last round calls nothing")
    #expect(world.heard(by: "alice").last?.contains("asked for tools 4 times") == true)
    world.expectSound()
  }

  @Test func withoutRoundsNoToolIsCalled() {
    let world = World.withTools { $0.host.toolRounds = 0 }
    world.talk("use box__look")
    #expect(calls(world).isEmpty)
    #expect(world.heard(by: "alice") == ["echo: use box__look"])
    world.expectSound()
  }

  @Test func aTurnKeepsNoMoreOfItsCallsThanItsBound() {
    let world = World.withTools()
    world.tools.resultBytes = 250 << 10
    world.talk("loop box__look box__look")
    let kept = uses(world).prefix { !$0.status.isFailure }
    #expect(kept.count == 4 && uses(world).count == 16)
    #expect(uses(world).dropFirst(4).allSatisfy { $0.status == .tooLarge })
    #expect(uses(world).last?.result.hasPrefix("Left out: ") == true)
    let bytes = world.journal.turns.values.joined().map { ToolUse.text(of: $0.tools).utf8.count }
    #expect(bytes.allSatisfy { $0 < ToolLimits.turn + 16 << 10 })
    world.expectSound()
  }

  @Test func whatCannotBeCalledIsToldToTheModelAlone() {
    let world = World.withTools()
    world.talk(#"use box__loook box__write box__write:[] box__write:{"what":7} box__look:{"#)
    #expect(calls(world).isEmpty && world.journal.toolCalls.isEmpty)
    #expect(uses(world).map(\.status) == [.notFound, .argument, .argument, .argument, .argument])
    #expect(
      uses(world).map(\.result) == [
        "There is no tool “box__loook”. Did you mean “box__look”?",
        "“what” is required and missing.", "The arguments are to be one JSON object.",
        "“what” must be of type string.",
        "The arguments are no JSON: they stop making sense at byte 1.",
      ])
    #expect(world.heard(by: "alice").count == 1)
    world.expectSound()
  }

  @Test(arguments: [
    (Behaviour.failed, "not now"), (.refused, "never"), (.crashed, "the plugin ended"),
    (.unknown, "nobody knows"),
  ])
  func aToolThatFailsIsToldToTheModel(_ behaviour: Behaviour, _ reason: String) {
    let world = World.withTools()
    world.script("box", "tool", behaviour)
    world.talk("use box__look box__look")
    #expect(uses(world).map(\.status.isFailure) == [true, false])
    #expect(uses(world).first?.result == reason)
    #expect(world.heard(by: "alice").count == 1)
    world.expectSound()
  }

  @Test func aToolWhosePluginWentAwayFailsAlone() {
    let world = World.withTools()
    world.hold("echo", "respond")
    world.say("use box__look", from: "alice")
    world.advance(by: .milliseconds(100))
    world.ask(.stopPlugin(InstanceID("box")))
    world.advance(by: .milliseconds(100))
    world.release("echo", "respond")
    world.advance(by: .seconds(1))
    #expect(calls(world).isEmpty)
    #expect(uses(world).map(\.result) == ["the plugin is not running"])
    world.talk("use box__look")
    #expect(world.prompts.last?.tools.isEmpty == true, "what does not run offers nothing")
    #expect(uses(world).map(\.status) == [.notFound])
    world.expectSound()
  }

  @Test(arguments: ["/stop", "/new", "/undo", "/branch", "/delete"])
  func aTurnThatIsInterruptedDropsWhatItsToolsAnswerLate(_ command: String) throws {
    let world = World.withTools()
    world.talk("one")
    world.hold("box", "tool")
    world.say(#"use box__look box__write:{"what":"x"}"#, from: "alice")
    world.advance(by: .milliseconds(100))
    #expect(world.held("box", "tool") == 2)
    #expect(world.journal.toolCalls.count == 1)
    let old = try #require(world.session(of: "alice"))
    #expect(world.command(command) != "nothing")
    #expect(world.journal.toolCalls.isEmpty)
    let told = world.heard(by: "alice").filter { $0.contains("box__write") }
    #expect(told.count == 1 && told[0].hasSuffix("is not done again: box__write."))
    world.release("box", "tool")
    world.talk("after")
    #expect(world.prompts.last?.uses.isEmpty == true)
    #expect(world.prompts.allSatisfy { !$0.messages.contains { $0.text.contains("did look") } })
    #expect(world.heard(by: "alice").last == "echo: after")
    #expect(world.plugin("box")?.staleAnswers == 2)
    let turn = world.journal.turns[old.id]?.first { $0.status == .interrupted }
    if command != "/delete" {
      #expect(turn?.tools.map(\.request.name) == ["box__look", "box__write"])
    }
    world.expectSound()
  }

  @Test func aTurnThatACrashInterruptsAfterAToolWasBegunIsNotRunAgain() throws {
    let world = World.withTools()
    world.hold("box", "tool")
    world.say(#"use box__write:{"what":"x"}"#, from: "alice")
    world.say("next", from: "alice")
    world.advance(by: .milliseconds(100))
    #expect(world.held("box", "tool") == 1)
    world.crash()
    world.holdNoMore("box", "tool")
    world.start()
    world.advance(by: .seconds(2))
    #expect(calls(world).count == 1)
    let session = try #require(world.session(of: "alice"))
    #expect(world.journal.turns[session.id]?.map(\.status) == [.interrupted, .live])
    #expect(world.journal.turns[session.id]?[0].tools.map(\.status) == [.unknown])
    #expect(world.ranges("notes") == ["2"], "it is not retained")
    #expect(
      world.heard(by: "alice") == [
        "Interrupted: the host ended while it was answering. What was begun may have taken effect "
          + "and is not done again: box__write.",
        "echo: next",
      ])
    world.expectSound()
  }

  @Test func aTurnThatACrashInterruptsBeforeItsToolsIsRunAgain() throws {
    let world = World.withTools()
    world.hold("echo", "respond")
    world.say("use box__look", from: "alice")
    world.advance(by: .milliseconds(100))
    world.crash()
    world.holdNoMore("echo", "respond")
    world.start()
    world.advance(by: .seconds(2))
    #expect(calls(world).count == 1)
    #expect(world.heard(by: "alice").first?.contains("did look") == true)
    world.expectSound()
  }

  @Test func aRowThatWasNotSyncedLeavesTheTurnAsItWas() throws {
    let world = World.withTools()
    world.journalDelay = 50...50
    world.say("use box__look", from: "alice")
    #expect(world.run { !$0.journal.toolCalls.isEmpty })
    #expect(calls(world).isEmpty, "nothing is called before the row is synced")
    world.crash(keeping: 0)
    world.start()
    world.advance(by: .seconds(2))
    #expect(calls(world).count == 1)
    #expect(world.heard(by: "alice").count == 1)
    world.expectSound()
  }

  @Test func anOrderlyStopInterruptsATurnWhoseToolsHang() throws {
    let world = World.withTools()
    world.script("box", "tool", .hung)
    world.say(#"use box__write:{"what":"x"}"#, from: "alice")
    world.advance(by: .milliseconds(100))
    world.shutDown()
    #expect(world.stopReport?.waitingMessages == 0)
    #expect(world.heard(by: "alice").first?.hasPrefix("Interrupted: the host was stopped.") == true)
    world.start()
    world.advance(by: .seconds(2))
    #expect(calls(world).count == 1 && world.heard(by: "alice").count == 1)
    world.expectSound()
  }

  @Test func aListMayChangeAndAFailedOneIsAskedForAgain() {
    let world = World.withTools()
    world.setTools([Tool(name: "other")])
    world.talk("one")
    #expect(world.prompts.last?.tools.map(\.name) == ["box__other"])
    world.script("box", "tools", .failed)
    world.setTools([Tool(name: "third")])
    world.advance(by: .milliseconds(100))
    world.talk("two")
    #expect(world.prompts.last?.tools.map(\.name) == ["box__other"], "the former list stands")
    world.advance(by: .seconds(3))
    world.talk("three")
    #expect(world.prompts.last?.tools.map(\.name) == ["box__third"])
    world.expectSound()
  }

  @Test func toolsThatAreNotKnownYetAreWaitedForAsLongAsMemories() {
    let world = World.withTools()
    world.shutDown()
    world.hold("box", "load")
    world.start()
    world.say("one", from: "alice")
    world.advance(by: .milliseconds(500))
    #expect(world.prompts.isEmpty)
    world.release("box", "load")
    world.advance(by: .milliseconds(500))
    #expect(world.prompts.last?.tools.count == 2)
    world.shutDown()
    world.hold("box", "load")
    world.start()
    world.say("two", from: "alice")
    world.advance(by: .milliseconds(1600))
    #expect(world.prompts.last?.tools.isEmpty == true, "the budget is over")
    world.release("box", "load")
    world.expectSound()
  }

  @Test func anAgentSeesTheToolsThatItsConfigurationNames() {
    let world = World.withTools { configuration in
      World.addTools("chest", to: &configuration)
      configuration.agents[0].tools = [InstanceID("chest")]
    }
    world.talk("use box__look chest__look")
    #expect(world.prompts.first?.tools.map(\.name) == ["chest__look", "chest__write"])
    #expect(uses(world).map(\.status) == [.notFound, .ok])
    world.expectSound()
  }
}
