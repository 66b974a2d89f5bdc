import Testing

@testable import HoldfastCore
@testable import HoldfastSimulator

/// Who waits for a session's write lock, and for how long.
@Suite struct LockRowTests {
  /// A command that waits for the journal since 10 s, and will for so many more.
  private func slow(
    _ seconds: Int = 50, _ adjust: (inout Configuration) -> Void = { _ in }
  ) -> World {
    let world = World.calm([("notes", 1)], adjust)
    world.talk("one")
    world.stalledUntil = world.now + .seconds(10 + seconds)
    world.say("/undo", from: "alice")
    world.advance(by: .seconds(10))
    return world
  }

  @Test func aDecisionThatWaitsForTheJournalIsSeen() throws {
    let world = slow()
    world.say("two", from: "alice")
    world.advance(by: .seconds(5))
    let session = try #require(world.session(of: "alice"))
    let rows = held(in: world)
    #expect(rows.map(\.session) == [session.id.description])
    #expect(rows.map(\.lock) == ["write"] && rows.map(\.holder) == ["command"])
    #expect(rows.map(\.purpose) == ["undo"] && rows.map(\.waitsFor) == ["the journal"])
    #expect(rows.map(\.waiters) == [1] && rows.map(\.isOverdue) == [false])
    #expect(rows.allSatisfy { (14_990...15_000).contains($0.ageMilliseconds) })
    #expect(rows.allSatisfy { (4990...5000).contains($0.oldestWaitMilliseconds) })
    world.advance(by: .seconds(50))
    #expect(world.heard(by: "alice").last == "echo: two")
    #expect(held(in: world).isEmpty)
    world.expectSound()
  }

  @Test func whoeverWaitsForTooLongIsToldWhoHoldsIt() throws {
    let world = slow { $0.lock.acquireTimeout = .seconds(20) }
    let message = world.say("two", from: "alice")
    let key = world.key(of: "alice")
    let request = world.ask(.command(.key(key), .new(title: "")))
    world.advance(by: .seconds(19))
    #expect(world.answers[request] == nil)
    world.advance(by: .seconds(2))
    #expect(
      world.receipts.last { $0.messageID == message }?.receipt == .busy(retryAfter: .seconds(1)))
    guard case .refused(let reason)? = world.answers[request] else { return #expect(Bool(false)) }
    #expect(reason.contains("undo of a person's command has held it for 29 s"))
    #expect(reason.contains("within 20000 ms (lock.acquire_timeout_ms)"))
    world.advance(by: .seconds(120))
    #expect(world.heard(by: "alice").last == "echo: two", "its channel gave it again")
    world.expectSound()
  }

  @Test func aDecisionThatHoldsItForTooLongIsReportedOnce() {
    let world = slow()
    world.advance(by: .seconds(19))
    #expect(!world.log.contains { $0.text.contains("has held") })
    world.advance(by: .seconds(2))
    let reports = world.log.filter { $0.text.contains("undo of a person's command has held") }
    #expect(reports.count == 1 && reports.allSatisfy { $0.level == .warning })
    #expect(held(in: world).map(\.isOverdue) == [true])
    world.advance(by: .seconds(60))
    #expect(world.log.count { $0.text.contains("has held") } == 1)
    world.expectSound()
  }

  @Test func aDecisionWhoseLockIsBrokenIsNotMadeAndItsPersonIsTold() throws {
    let world = slow()
    let session = try #require(world.session(of: "alice"))
    world.say("two", from: "alice")
    let request = world.breakLock(of: session.id)
    world.advance(by: .seconds(5))
    guard case .done(let text)? = world.answers[request] else { return #expect(Bool(false)) }
    #expect(text.hasPrefix("Broken: undo of command, held for "))
    #expect(
      world.heard(by: "alice").suffix(2)
        == ["Not done: the operator took the session away from it.", "echo: two"])
    #expect(world.session(of: "alice")?.token == session.token + 1)
    world.advance(by: .seconds(100))
    #expect(world.journal.turns[session.id]?.map(\.status) == [.live, .live])
    #expect(world.command("/undo") == "One turn taken back.")
    world.expectSound()
  }

  @Test func whatWaitsIsNotDoneOnceWhoeverAskedIsGone() throws {
    let world = slow()
    let session = try #require(world.session(of: "alice")).id
    let key = world.key(of: "alice")
    let asked = [
      world.ask(.command(.key(key), .new(title: ""))),
      // It waits for the journal to say where that is.
      world.ask(.command(.session(session), .delete(nil))),
      world.ask(.command(.key(key), .queue(.steer))),
    ]
    world.say("two", from: "alice")
    world.advance(by: .seconds(5))
    #expect(held(in: world).map(\.waiters) == [3])
    for request in asked.prefix(2) { world.give(.withdrawn(request)) }
    #expect(held(in: world).map(\.waiters) == [2])
    world.advance(by: .seconds(60))
    for request in asked.prefix(2) {
      guard case .refused(let reason)? = world.answers[request] else {
        Issue.record("\(String(describing: world.answers[request]))")
        continue
      }
      #expect(reason == "Not done: whoever asked hung up while it waited.")
    }
    guard case .done? = world.answers[asked[2]] else { return #expect(Bool(false)) }
    #expect(world.session(of: "alice")?.id == session)
    #expect(world.heard(by: "alice").last == "echo: two")
    #expect(world.host?.operatorsWaits.isEmpty == true)
    world.expectSound()
  }

  @Test func whatIsBeingDecidedIsDoneAlthoughWhoeverAskedIsGone() throws {
    let world = World.calm()
    world.talk("one", "two")
    let session = try #require(world.session(of: "alice")).id
    world.stalledUntil = world.now + .seconds(60)
    let request = world.ask(.command(.key(world.key(of: "alice")), .undo(count: 1)))
    world.advance(by: .seconds(5))
    #expect(held(in: world).map(\.holder) == ["operator"])
    world.give(.withdrawn(request))
    world.advance(by: .seconds(60))
    guard case .done? = world.answers[request] else { return #expect(Bool(false)) }
    #expect(world.journal.turns[session]?.map(\.status) == [.live, .withdrawn])
    world.give(.withdrawn(request))
    world.expectSound()
  }

  @Test func waitsAndTimeOutsAreNotedForDiagnostics() throws {
    let world = slow(40) { $0.lock.acquireTimeout = .seconds(25) }
    let tamper = Tamper()
    var events: [DiagnosticEvent] = []
    tamper.effects { effects, _, _, _ in
      for case .diagnostic(let event) in effects { events.append(event) }
    }
    world.mistake = tamper
    let session = world.session(of: "alice")?.id
    world.say("two", from: "alice")
    world.advance(by: .seconds(20))
    world.ask(.command(.key(world.key(of: "alice")), .new(title: "")))
    world.advance(by: .seconds(40))
    let locks = events.filter { [.lockWaited, .lockTimeout].contains($0.name) }
    #expect(locks.map(\.name) == [.lockTimeout, .lockTimeout, .lockWaited, .lockWaited])
    #expect(locks.map(\.subject) == ["undo", "message", "new session", "message"])
    #expect(locks.map(\.outcome) == ["held", "refused", "", ""])
    #expect(locks.prefix(3).allSatisfy { $0.session == session })
    #expect(locks[1].reason == "undo of a person's command has held it for 34 s")
    #expect(locks[1].duration == .seconds(25))
    world.expectSound()
  }

  /// An event tells of a long wait alone; the figures are of all, or they would say nothing beside
  /// those of how long locks are held.
  @Test func everyWaitIsInTheFigures() throws {
    let world = slow()
    let before = try #require(world.host?.status())
    #expect(before.lockWaits.count == before.lockHolds.count + 1, "one holds it now")
    #expect(before.lockWaits.counts.first == before.lockWaits.count, "nobody waited so far")
    world.say("two", from: "alice")
    world.advance(by: .seconds(100))
    let after = try #require(world.host?.status())
    #expect(after.lockWaits.count == after.lockHolds.count)
    #expect(after.lockWaits.counts.dropFirst().reduce(0, +) == 1)
    #expect((49_900...50_100).contains(after.lockWaits.sumMilliseconds))
    world.expectSound()
  }

  /// As the operator sees them now.
  private func held(in world: World) -> [SessionLockRow] {
    let request = world.ask(.locks)
    guard case .locks(let report)? = world.answers[request] else { return [] }
    return report.sessions
  }

  /// So many wait for half a minute; how often something happened meanwhile, and what was accepted
  /// in the end.
  private func wait(_ count: Int) -> (steps: Int, accepted: [String]) {
    let world = World.calm([("notes", 1)]) {
      $0.host.queueCap = 1000
      $0.lock.maxHold = .seconds(600)
      $0.lock.acquireTimeout = .seconds(600)
    }
    world.talk("one")
    world.hold("echo", "respond")
    world.stalledUntil = world.now + .seconds(50)
    world.say("/undo", from: "alice")
    world.advance(by: .seconds(1))
    for number in 0..<count { world.say("\(number)", from: "alice") }
    world.advance(by: .seconds(1))
    #expect(held(in: world).map(\.waiters) == [count])
    let before = world.steps
    world.advance(by: .seconds(30))
    let steps = world.steps - before
    world.advance(by: .seconds(20))
    #expect(world.violation == nil)
    let accepted = world.journal.inputs.values.filter { !$0.isCommand }.sorted { $0.id < $1.id }
    return (steps, accepted.map(\.text))
  }

  @Test func aThousandWaitInTheirOrderAndWakeNobody() {
    let (many, none) = (wait(1000), wait(0))
    #expect(many.accepted == ["one"] + (0..<1000).map(String.init))
    #expect(none.accepted == ["one"])
    #expect(many.steps == none.steps, "nothing more happens than if nobody waited")
  }
}
