import HoldfastCore
import HoldfastSimulator
import Testing

/// What is kept of the calls to each plugin.
@Suite struct AccountRowTests {
  private func row(_ name: String, _ world: World) throws -> PluginLoadRow {
    try #require(world.host?.load().plugins.first { $0.instance == name })
  }

  private func call(_ name: String, _ row: PluginLoadRow) throws -> CallRow {
    try #require(row.callRows.first { $0.call == name })
  }

  @Test func callsAreCountedByNameWithTheirLatency() throws {
    let world = World.calm()
    world.talk("one", "two", "three")
    let model = try row("echo", world)
    let respond = try call("respond", model)
    #expect(respond.count == 3 && respond.failures == 0 && respond.timeouts == 0)
    #expect(respond.latency.samples == 3)
    #expect(respond.latency.p50Milliseconds >= 1 && respond.latency.maxMilliseconds < 10)
    #expect(model.outstanding == 0 && model.calls == model.callRows.map(\.count).reduce(0, +))
    let notes = try row("notes", world)
    #expect(try call("retain", notes).count == 3)
    #expect(try call("recall", notes).count == 3)
    #expect(notes.calls == world.host?.status().plugins.first { $0.instance == "notes" }?.calls)
    world.expectSound()
  }

  @Test func failuresAndAnswersThatDoNotComeAreToldApart() throws {
    let world = World.calm()
    world.script("notes", "retain", .failed)
    world.talk("one")
    world.advance(by: .seconds(10))
    var retain = try call("retain", row("notes", world))
    #expect(retain.count == 2 && retain.failures == 1 && retain.timeouts == 0)
    world.script("notes", "retain", .hung)
    world.talk("two")
    #expect(try row("notes", world).outstanding == 1)
    world.advance(by: .seconds(130))
    retain = try call("retain", row("notes", world))
    #expect(retain.failures == 1 && retain.timeouts == 1)
    #expect(retain.latency.maxMilliseconds >= 119_000)
    #expect(try row("notes", world).outstanding == 0)
    world.expectSound()
  }

  @Test func aPluginThatIsNotRunningGetsNoCallsAndOwesNoAnswers() throws {
    let world = World.calm()
    _ = world.ask(.stopPlugin(InstanceID("echo")))
    world.advance(by: .seconds(1))
    world.talk("one")
    let model = try row("echo", world)
    #expect(model.outstanding == 0 && model.failures == 0)
    #expect(model.callRows.first { $0.call == "respond" } == nil)
  }

  @Test func eventsAreCountedAsTheyAreHandled() throws {
    let world = World.calm()
    world.hold("notes", "event")
    world.talk("one")
    let before = try row("notes", world)
    #expect(before.eventBacklog > 0)
    world.release("notes", "event")
    world.advance(by: .seconds(1))
    let after = try row("notes", world)
    #expect(after.eventBacklog == 0)
    #expect(after.events >= before.events + before.eventBacklog)
    #expect(try call("event", after).latency.maxMilliseconds >= 900)
    world.expectSound()
  }

  @Test func aWarningIsAnEventWithItsNumber() throws {
    let world = World.calm()
    var host = try #require(world.host)
    var warning = LivenessWarning("notes")
    warning.instance = InstanceID("notes")
    warning.call = "recall"
    warning.session = SessionID(value: 5)
    warning.age = .seconds(2)
    warning.activity = .blocked
    warning.waiting = 4
    var events: [DiagnosticEvent] = []
    for _ in 0..<2 {
      for effect in host.handle(.liveness(warning), at: world.now, wall: WallTime(milliseconds: 7))
      {
        if case .diagnostic(let event) = effect { events.append(event) }
      }
    }
    #expect(events.map(\.name) == [.livenessWarning, .livenessWarning])
    #expect(events[1].sequence == events[0].sequence + 1)
    #expect(events[0].instance == InstanceID("notes") && events[0].subject == "recall")
    #expect(events[0].session == SessionID(value: 5) && events[0].reason == "blocked")
    #expect(events[0].duration == .seconds(2) && events[0].count == 4)
  }

  @Test func thereIsWorkWhileSomethingIsUnderWay() throws {
    let world = World.calm()
    #expect(world.host?.hasWork == false)
    world.hold("echo", "respond")
    world.say("one", from: "alice")
    world.advance(by: .milliseconds(100))
    #expect(world.host?.hasWork == true)
    world.release("echo", "respond")
    world.advance(by: .seconds(5))
    #expect(world.host?.hasWork == false)
    world.expectSound()
  }
}
