@testable import HoldfastCore
@testable import HoldfastSimulator
import Testing

/// What is done about sessions that do not go on by themselves.
@Suite struct RecoveryRowTests {
  /// The host never thinks of it that a message was waiting to be synced.
  private final class Forgetfulness: Mistake {
    private(set) var count = 0

    func before(_ input: inout HostInput, host: inout Host, in world: World) {
      guard case .committed = input else { return }
      let forgotten = host.held.removeAll { if case .accepted = $0.action { true } else { false } }
      count += forgotten.count
    }
  }

  /// A world in which the first message of each session is never answered.
  private func hung(_ users: String...) -> World {
    let world = World.patient(abortAfter: .seconds(300))
    for user in users { world.say("one", from: user) }
    world.advance(by: .seconds(1))
    return world
  }

  @Test func aModelThatHangsForEverIsCancelledAndTheNextMessageAnswered() throws {
    let world = hung("alice")
    world.say("two", from: "alice")
    world.advanceBeating(by: .seconds(299))
    #expect(world.recoveries.isEmpty)
    world.holdNoMore("echo", "respond")
    world.advanceBeating(by: .seconds(60))
    #expect(world.recoveries == ["cancelled active_work_without_progress"])
    let told = world.heard(by: "alice")
    #expect(told.count == 2 && told[1] == "echo: two")
    #expect(told[0].hasPrefix("Interrupted: “echo” made no progress in respond for 5 min."))
    #expect(told[0].contains("Send your message again"))
    let session = try #require(world.session(of: "alice")?.id)
    #expect(world.journal.turns[session]?.map(\.status) == [.interrupted, .live])
    world.expectSound()
  }

  @Test func aPluginThatDoesNotReturnIsFencedAndWakesUpLate() throws {
    let world = hung("alice")
    world.attention.holding = [World.echo]
    world.advanceBeating(by: .seconds(300))
    #expect(world.recoveries.isEmpty, "it has 15 s to return")
    let waiting = try #require(world.session(of: "alice").flatMap { world.explain($0.id) })
    #expect(waiting.plugin == "echo" && waiting.call == "respond")
    #expect(waiting.sentence.contains("“echo” has been in respond for 5 min"))
    world.advance(by: .seconds(16))
    #expect(world.recoveries == ["fenced active_work_without_progress"])
    #expect(world.heard(by: "alice").first?.contains("what it still does is refused") == true)
    #expect(world.plugin("echo")?.state == "running", "nobody else suffers while it may return")
    world.advance(by: .seconds(5))
    #expect(world.plugin("echo")?.state == "wedged")
    world.letReturn("echo")
    world.advance(by: .seconds(1))
    #expect(world.plugin("echo")?.state == "running")
    world.release("echo", "respond")
    world.advance(by: .seconds(1))
    #expect(world.plugin("echo")?.staleAnswers == 1, "its answer is refused and counted")
    world.talk("two")
    #expect(world.heard(by: "alice").last == "echo: two")
    let session = try #require(world.session(of: "alice")?.id)
    #expect(world.journal.turns[session]?.map(\.status) == [.interrupted, .live])
    world.expectSound()
  }

  @Test func twoSessionsRecoverEachOnItsOwn() {
    let world = World.patient(abortAfter: .seconds(300))
    world.say("one", from: "alice")
    world.advance(by: .seconds(100))
    world.say("one", from: "bob")
    world.advance(by: .seconds(1))
    world.say("two", from: "alice")
    world.say("two", from: "bob")
    world.holdNoMore("echo", "respond")
    world.advanceBeating(by: .seconds(231))
    #expect(world.recoveries.count == 1)
    #expect(world.heard(by: "alice").last == "echo: two" && world.heard(by: "bob").isEmpty)
    world.advanceBeating(by: .seconds(100))
    #expect(world.recoveries.count == 2)
    #expect(world.heard(by: "bob").last == "echo: two")
    world.expectSound()
  }

  @Test func whatMovedSinceItWasClassifiedIsLeftAlone() {
    let world = hung("alice")
    world.advance(by: .seconds(400))
    let outcome = world.tryToRecover("alice", mayAbort: true) { world in
      world.say("two", from: "alice")
      world.advance(by: .seconds(1))
    }
    #expect(outcome == ["skipped stale_session_state"])
    #expect(world.held("echo", "respond") == 1)
    world.release("echo", "respond")
    world.expectSound()
  }

  @Test func aNewerRunDuringARecoveryIsKept() {
    let world = hung("alice")
    world.attention.holding = [World.echo]
    world.advanceBeating(by: .seconds(300))
    world.holdNoMore("echo", "respond")
    #expect(world.command("/stop") == "Stopped.")
    world.hold("echo", "respond")
    world.say("two", from: "alice")
    world.advance(by: .seconds(1))
    let run = world.host?.places[world.key(of: "alice")]?.lane.running?.input.id
    #expect(run != nil)
    world.advance(by: .seconds(15))
    #expect(world.recoveries == ["skipped newer_run"])
    #expect(world.host?.places[world.key(of: "alice")]?.lane.running?.input.id == run)
    world.letReturn("echo")
    world.release("echo", "respond")
    world.advance(by: .seconds(1))
    #expect(world.heard(by: "alice").last == "echo: two")
    world.expectSound()
  }

  @Test func oneIsUnderWayPerSession() {
    let world = hung("alice")
    world.attention.holding = [World.echo]
    world.advanceBeating(by: .seconds(300))
    #expect(world.tryToRecover("alice", mayAbort: true) == ["skipped in_flight"])
    world.beat()
    world.beat()
    #expect(world.attention.events.count { $0.name == .recoveryRequested } == 1)
    world.letReturn("echo")
    world.expectSound()
  }

  @Test func afterFiveAttemptsAnHourAPersonIsNeeded() throws {
    let world = World.patient()
    world.release("echo", "respond")
    world.talk("zero")
    let session = try #require(world.session(of: "alice")?.id)
    // That the message is synced is not noticed, so that its turn cannot begin.
    world.mistake = Forgetfulness()
    world.say("one", from: "alice")
    world.advanceBeating(by: .seconds(1200))
    let ineffective = world.recoveries.filter { $0.hasPrefix("ineffective") }
    #expect(ineffective.count == Recovery.maxAttempts)
    #expect(world.recoveries.last == "skipped attempts_used_up")
    #expect(world.recoveries.count == Recovery.maxAttempts + 1, "and then it is quiet")
    let status = try #require(world.host?.status())
    #expect(status.state == "degraded")
    #expect(status.problems.contains { $0.contains("Session \(session)") })
    #expect(status.attention.first?.isLeftToPerson == true)
    #expect(status.attention.first?.attempts == Recovery.maxAttempts)
    world.advanceBeating(by: .seconds(3600))
    #expect(world.recoveries.count > Recovery.maxAttempts + 1, "an hour later it is tried again")
  }

  private func patientTools(outstanding: Int = 64) -> World {
    World.withTools { configuration in
      for place in configuration.plugins.indices {
        configuration.plugins[place].deadlines.tool = .seconds(3600)
        configuration.plugins[place].maxOutstanding = outstanding
      }
    }
  }

  @Test func heartbeatsThatWereLateTakeNothingOfAToolsQuarterOfAnHour() {
    let world = patientTools()
    world.advance(by: .seconds(1000))
    world.beat(lateBy: .seconds(400))
    world.script("box", "tool", .hung)
    world.say("use box__look", from: "alice")
    world.advanceBeating(by: .seconds(870))
    #expect(world.recoveries.isEmpty)
    world.advanceBeating(by: .seconds(90))
    #expect(world.recoveries == ["cancelled blocked_tool_call"])
    world.expectSound()
  }

  @Test func aTurnWhoseToolsWaitForOthersIsNotTakenForStalled() {
    let world = patientTools(outstanding: 1)
    world.hold("box", "tool")
    world.say("use box__look", from: "alice")
    world.advance(by: .seconds(1))
    world.say("use box__look", from: "bob")
    world.advanceBeating(by: .seconds(840))
    #expect(world.recoveries.isEmpty)
    world.release("box", "tool")
    world.holdNoMore("box", "tool")
    world.advance(by: .seconds(2))
    #expect(world.heard(by: "alice").count == 1 && world.heard(by: "bob").count == 1)
    world.expectSound()
  }

  @Test func aTurnWhoseToolIsSilentIsGivenAQuarterOfAnHour() {
    let world = patientTools()
    world.script("box", "tool", .hung)
    world.say("use box__look", from: "alice")
    world.advanceBeating(by: .seconds(899))
    #expect(world.recoveries.isEmpty)
    let stalled = world.attention.events.filter { $0.name == .stalled }
    #expect(stalled.first?.reason == "blocked_tool_call" && stalled.first?.subject == "tool")
    world.advanceBeating(by: .seconds(60))
    #expect(world.recoveries == ["cancelled blocked_tool_call"])
    #expect(world.heard(by: "alice").first?.contains("“box” made no progress in tool") == true)
    world.expectSound()
  }

  @Test func aStopDoesNotWaitForARecovery() {
    let world = hung("alice")
    world.attention.holding = [World.echo]
    world.advanceBeating(by: .seconds(300))
    world.shutDown()
    #expect(world.host == nil)
    world.attention.holding = []
    world.holdNoMore("echo", "respond")
    world.start()
    world.advance(by: .seconds(2))
    #expect(world.heard(by: "alice").last == "echo: one")
    world.expectSound()
  }
}
