@testable import HoldfastCore
import Testing

/// The machine that decides about attempts.
@Suite struct RecoveryTests {
  private let now = Instant(nanoseconds: 1_000_000_000_000)
  private let attention = AttentionClassifier().classify(SessionCondition())

  private let key = SessionKey(agent: "main", channel: "console", kind: .direct, chat: "one")

  private func request(mayAbort: Bool, generation: UInt64 = 1) -> Recovery.Request {
    var sight = SessionSight(SessionID(value: 1), at: key, generation: generation)
    sight.condition.state = .processing
    return Recovery.Request(sight: sight, attention: attention, mayAbort: mayAbort)
  }

  private func facts(
    isOwnerAlive: Bool = true, backlog: Int = 0, orphans: Int = 0
  ) -> Recovery.Facts {
    var facts = Recovery.Facts(generation: 1, state: .processing)
    facts.isOwnerAlive = isOwnerAlive
    facts.backlog = backlog
    facts.orphans = orphans
    return facts
  }

  @Test func aSessionThatWasMovedIsLookedForWhereItIsNow() {
    let former = SessionKey(agent: "main", channel: "console", kind: .direct, chat: "former")
    var recovery = Recovery(at: former)
    _ = recovery.begin(request(mayAbort: true), facts(), at: now)
    #expect(recovery.key == key)
  }

  @Test func withoutPermissionNothingThatIsAliveIsTouched() {
    var recovery = Recovery(at: key)
    #expect(recovery.begin(request(mayAbort: false), facts(), at: now) == .skip("active_run"))
    var busy = facts(isOwnerAlive: false, backlog: 1)
    busy.isLaneTaskAlive = true
    #expect(recovery.begin(request(mayAbort: false), busy, at: now) == .skip("active_lane_task"))
    #expect(recovery.attempts.isEmpty)
    let idle = facts(isOwnerAlive: false, backlog: 1)
    #expect(recovery.begin(request(mayAbort: false), idle, at: now) == .release)
    let orphaned = facts(isOwnerAlive: false, orphans: 1)
    #expect(recovery.begin(request(mayAbort: false), orphaned, at: now) == .release)
    let empty = facts(isOwnerAlive: false)
    #expect(recovery.begin(request(mayAbort: false), empty, at: now) == .noop)
    #expect(recovery.attempts.count == 3)
  }

  @Test func anotherGenerationOrStateIsLeftAlone() {
    var recovery = Recovery(at: key)
    let skip = Recovery.Decision.skip("stale_session_state")
    #expect(recovery.begin(request(mayAbort: true, generation: 2), facts(), at: now) == skip)
    var other = facts()
    other.state = .idle
    #expect(recovery.begin(request(mayAbort: true), other, at: now) == skip)
  }

  @Test func whatChangedNothingIsFollowedByMoreForce() {
    var recovery = Recovery(at: key)
    let request = request(mayAbort: true)
    #expect(recovery.begin(request, facts(), at: now) == .cancel)
    recovery.ended(.ineffective)
    #expect(recovery.begin(request, facts(), at: now) == .fence)
    recovery.ended(.failed)
    #expect(recovery.begin(request, facts(), at: now) == .fence, "there is no process to be ended")
    var own = facts()
    own.canKill = true
    #expect(recovery.begin(request, own, at: now) == .kill)
    recovery.ended(.killed)
    #expect(recovery.force == .cancel)
  }

  @Test func attemptsOfTheLastHourAreCounted() {
    var recovery = Recovery(at: key)
    let request = request(mayAbort: true)
    for minute in 0..<5 {
      let at = now + .seconds(60 * minute)
      #expect(recovery.begin(request, facts(), at: at) == .cancel)
    }
    #expect(recovery.begin(request, facts(), at: now + .seconds(3599)) == .giveUp)
    #expect(recovery.isForPerson)
    #expect(recovery.begin(request, facts(), at: now + .seconds(3600)) == .cancel)
    recovery.ended(.cancelled)
    #expect(!recovery.isForPerson)
  }
}

@Suite struct ActivityBookTests {
  private let now = Instant(nanoseconds: 1)
  private let notes = InstanceID("notes")

  private func start(_ token: UInt64, of session: SessionID) -> ActivityStart {
    var start = ActivityStart(token: token, kind: .run, name: "work")
    start.session = session
    return start
  }

  @Test func tokensAreBoundedPerInstance() {
    var book = ActivityBook()
    let session = SessionID(value: 1)
    for token in 1...300 { book.begin(start(UInt64(token), of: session), of: notes, at: now) }
    #expect(book.count == ActivityLimits.tokens)
    book.begin(start(1, of: session), of: InstanceID("other"), at: now)
    #expect(book.count == ActivityLimits.tokens + 1, "a token of another instance is another one")
    book.end(1, of: notes)
    book.begin(start(301, of: session), of: notes, at: now)
    #expect(book.orphans(of: session).count == ActivityLimits.tokens + 1)
    book.end(notes)
    #expect(book.count == 1)
    #expect(book.endOrphans(of: session) == 1 && book.count == 0)
  }

  @Test func whatIsOverIsHeardOfNoMore() {
    var book = ActivityBook()
    let session = SessionID(value: 1)
    book.begin(start(1, of: session), of: notes, at: now)
    book.progressed(2, of: notes, "of nothing", at: now)
    book.progressed(1, of: notes, "page 1", at: now + .seconds(1))
    #expect(book.orphans(of: session).map(\.progress.reason) == ["page 1"])
    book.end(1, of: notes)
    book.progressed(1, of: notes, "page 2", at: now)
    book.end(1, of: notes)
    #expect(book.orphans(of: session).isEmpty)
  }
}

@Suite struct RepeatedRequestTests {
  private func use(_ round: Int, _ arguments: String, _ result: String) -> ToolUse {
    var use = ToolUse(ToolRequest(name: "look", arguments: arguments), round: round)
    use.status = .ok
    use.result = result
    return use
  }

  @Test func theSameCallsWithTheSameResultsAreTheSameRequest() {
    var tools = TurnTools(
      request: ModelRequest(context: CallContext(), purpose: .answer),
      catalog: ToolCatalog(named: []))
    let now = Instant(nanoseconds: 1)
    func ask(_ uses: [ToolUse], _ seconds: Int) {
      tools.round += 1
      tools.uses += uses
      tools.noteRequest(at: now + .seconds(seconds))
    }
    ask([use(1, "a", "x")], 0)
    #expect(!tools.isRepeating && tools.asked == now)
    ask([use(2, "a", "y")], 10)
    #expect(!tools.isRepeating && tools.asked == now + .seconds(10))
    ask([use(3, "a", "y")], 20)
    #expect(tools.isRepeating && tools.asked == now + .seconds(10), "since it was first asked")
    ask([use(4, "a", "y"), use(4, "b", "y")], 30)
    #expect(!tools.isRepeating)
  }
}
