import Testing

@testable import HoldfastCore
@testable import HoldfastSimulator

/// A session is taken away from a turn that is not trusted any more.
@Suite struct FencingRowTests {
  @Test func aTurnThatHangsIsInterruptedAndTheNextMessageIsAnswered() throws {
    let world = World.calm()
    world.talk("one")
    world.hold("echo", "respond")
    world.say("two", from: "alice")
    world.say("three", from: "alice")
    world.advance(by: .seconds(1))
    let session = try #require(world.session(of: "alice"))
    let request = world.breakLock(of: session.id)
    world.holdNoMore("echo", "respond")
    world.advance(by: .seconds(1))
    guard case .done(let text)? = world.answers[request] else { return #expect(Bool(false)) }
    #expect(text.hasPrefix("Broken: turn of message, held for "))
    #expect(
      world.heard(by: "alice") == [
        "echo: one", "Interrupted: the operator took the session away from it.", "echo: three",
      ])
    #expect(world.session(of: "alice")?.token == session.token + 1)
    #expect(world.journal.turns[session.id]?.map(\.status) == [.live, .interrupted, .live])
    #expect(world.stored("notes", session.id) == [1, 3])
    world.expectSound()
  }

  @Test func theLateAnswerOfATurnThatLostItsSessionIsRefusedAndCounted() throws {
    let world = World.calm()
    world.hold("echo", "respond")
    world.say("one", from: "alice")
    world.advance(by: .seconds(1))
    let session = try #require(world.session(of: "alice"))
    world.breakLock(of: session.id)
    world.advance(by: .seconds(1))
    #expect(world.host?.status().fencedWrites == 0)
    world.release("echo", "respond")
    world.advance(by: .seconds(1))
    #expect(world.host?.status().fencedWrites == 1)
    #expect(world.log.contains { $0.level == .warning && $0.text.contains("came after that") })
    #expect(world.journal.turns[session.id]?.map(\.status) == [.interrupted])
    world.talk("two")
    #expect(world.heard(by: "alice").last == "echo: two")
    world.expectSound()
  }

  /// A run that goes on all the same names the token it began with.
  @Test(arguments: [1, 3]) func theJournalRefusesWhatSuchATurnCommits(every: Int) throws {
    let world = World.calm([("notes", every)])
    let tamper = Tamper()
    tamper.keepRunning { $0.contains { if case .raiseToken = $0 { true } else { false } } }
    world.talk("one", "two")
    world.mistake = tamper
    world.expectsRefusals = true
    world.hold("echo", "respond")
    world.say("three", from: "alice")
    world.advance(by: .seconds(1))
    let session = try #require(world.session(of: "alice"))
    world.breakLock(of: session.id)
    world.release("echo", "respond")
    world.advance(by: .seconds(1))
    #expect(tamper.count == 1 && world.refusals == 1)
    #expect(world.host?.status().fencedWrites == 1)
    #expect(world.journal.turns[session.id]?.map(\.userText) == ["one", "two"])
    #expect(world.journal.inputs.values.map(\.status).contains(.waiting) == false)
    #expect(
      world.heard(by: "alice").last
        == "Not answered: the session was taken over meanwhile. Please ask again.")
    world.mistake = nil
    world.expectsRefusals = false
    world.talk("four", "five")
    #expect(world.heard(by: "alice").last == "echo: five")
    #expect(world.journal.turns[session.id]?.map(\.index) == [1, 2, 3, 4])
    world.advance(by: .seconds(120))
    #expect(world.stored("notes", session.id) == [1, 2, 3, 4])
    world.expectSound()
  }

  /// Nobody but the host writes its journal; if somebody does, that counts.
  @Test func aTokenThatSomebodyElseRaisedIsTakenOverFromTheJournal() throws {
    let world = World.calm()
    world.expectsRefusals = true
    world.talk("one")
    let session = try #require(world.session(of: "alice"))
    world.hold("echo", "respond")
    world.say("two", from: "alice")
    world.advance(by: .seconds(1))
    let raise = Transaction(id: 0, operations: [.raiseToken(session.id, to: 9)])
    _ = world.submitted.apply(raise)
    _ = world.synced.apply(raise)
    world.release("echo", "respond")
    world.advance(by: .seconds(1))
    #expect(world.refusals == 1)
    #expect(world.host?.places[world.key(of: "alice")]?.session?.token == 9)
    world.talk("three")
    #expect(world.heard(by: "alice").last == "echo: three")
    #expect(world.refusals == 1)
    #expect(world.journal.turns[session.id]?.map(\.userText) == ["one", "three"])
    world.expectSound()
  }

  /// What the host decided on what is not true any more cannot be taken back piece by piece.
  @Test func anyOtherRefusalEndsTheHost() throws {
    let world = World.calm()
    for cause in [JournalRefusal.Cause.host, .repeated, .session(SessionID(value: 1))] {
      var host = try #require(world.host)
      let effects = host.handle(
        .refused(99, JournalRefusal(cause, "because")), at: world.now, wall: world.wall)
      let reasons = effects.compactMap { if case .fenced(let reason) = $0 { reason } else { nil } }
      #expect(reasons.count == 1 && reasons.allSatisfy { $0.contains("(because)") })
      #expect(effects.rows.isEmpty)
      #expect(host.status().fencedWrites == 1)
    }
  }

  @Test func thereMustBeSomethingToBreak() throws {
    let world = World.calm()
    world.talk("one")
    let session = try #require(world.session(of: "alice"))
    let request = world.breakLock(of: session.id)
    world.advance(by: .seconds(1))
    guard case .refused(let reason)? = world.answers[request] else { return #expect(Bool(false)) }
    #expect(reason.hasPrefix("Nothing holds session \(session.id); "))
    #expect(world.session(of: "alice")?.token == session.token)
    #expect(world.host?.lockReport().sessions.isEmpty == true)
  }
}
