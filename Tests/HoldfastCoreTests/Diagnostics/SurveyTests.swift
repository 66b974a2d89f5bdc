import HoldfastCore
import Testing

/// How people look at a host that has more than can be looked at without making others wait.
@Suite struct SurveyTests {
  private static let sessions = 600

  private func answers(_ effects: [HostEffect]) -> [(RequestID, ControlAnswer)] {
    effects.compactMap {
      if case .answer(let request, let answer) = $0 { (request, answer) } else { nil }
    }
  }

  private func crowd() -> CrowdedHost {
    var crowd = CrowdedHost(sessions: Self.sessions)
    _ = crowd.handle(.start)
    return crowd
  }

  /// What is answered by the host's own wake-ups, and after how many.
  private func wait(
    _ crowd: inout CrowdedHost, for count: Int
  ) -> (answers: [(RequestID, ControlAnswer)], rounds: Int) {
    var (found, rounds) = ([(RequestID, ControlAnswer)](), 0)
    while found.count < count, rounds < 20, let effects = crowd.wake() {
      found += answers(effects)
      rounds += 1
    }
    return (found, rounds)
  }

  @Test func othersHaveTheirTurnWhileAStatusIsTaken() {
    var crowd = crowd()
    #expect(answers(crowd.handle(.control(1, .status))).isEmpty)
    // Somebody else's question is not kept waiting.
    let others = answers(crowd.handle(.control(2, .locks)))
    #expect(others.map(\.0) == [2])
    let began = crowd.now
    let (found, rounds) = wait(&crowd, for: 1)
    #expect(found.map(\.0) == [1] && rounds == 2)
    #expect(crowd.now.since(began) < .milliseconds(10))
    guard case .status(let status)? = found.first?.1 else { return #expect(Bool(false)) }
    #expect(status.waitingMessages + status.runningTurns == Self.sessions)
    #expect(status == crowd.host.status())
  }

  @Test func whoeverAskedFirstIsAnsweredFirst() {
    var crowd = crowd()
    #expect(answers(crowd.handle(.control(1, .status))).isEmpty)
    #expect(answers(crowd.handle(.control(2, .load))).isEmpty)
    let found = wait(&crowd, for: 2).answers
    #expect(found.map(\.0) == [1, 2])
    guard case .load? = found.last?.1 else { return #expect(Bool(false)) }
    // Nothing is left over.
    #expect(answers(crowd.handle(.control(3, .load))).map(\.0) == [3])
  }

  @Test func aSessionThatNeedsAttentionIsFoundAmongMany() {
    var crowd = crowd()
    _ = crowd.handle(.heartbeat(lateBy: .zero), after: .seconds(1000))
    _ = crowd.handle(.control(1, .status))
    let found = wait(&crowd, for: 1).answers
    guard case .status(let status)? = found.first?.1 else { return #expect(Bool(false)) }
    // As many as are listed, each once.
    #expect(status.attention.count == 100)
    #expect(Set(status.attention.map(\.session)).count == 100)
    #expect(status.attention.allSatisfy { $0.ageMilliseconds >= 1_000_000 })
  }

  /// The operator asks at a place, as a person would in a chat.
  private func ask(_ crowd: inout CrowdedHost, _ request: UInt64) -> [HostEffect] {
    let key = CrowdedHost.key(7)
    let effects = crowd.handle(.control(request, .command(.key(key), .status)))
    guard
      case .ask(let read, .place)? = effects.first(where: {
        if case .ask = $0 { true } else { false }
      })
    else { return effects }
    let session = SessionRecord(
      id: SessionID(value: 7), key: key, scope: Scope("main"), created: WallTime(milliseconds: 0))
    return crowd.handle(
      .answered(read, .place(PlaceRecord(session: session, epoch: 1, isDuplicate: false))))
  }

  @Test func aPersonsQuestionHoldsTheirPlaceUntilItIsAnswered() {
    var crowd = crowd()
    #expect(answers(ask(&crowd, 1)).isEmpty)
    let held = crowd.host.lockReport().sessions.filter { $0.lock == "write" }
    #expect(held.map(\.place) == [CrowdedHost.key(7).description])
    guard case .done(let text)? = wait(&crowd, for: 1).answers.first?.1 else {
      return #expect(Bool(false))
    }
    #expect(text.hasPrefix("The host is running."))
    #expect(crowd.host.lockReport().sessions.allSatisfy { $0.lock != "write" })
  }

  @Test func aQuestionWhoseLockIsBrokenIsNotAnsweredTwice() {
    var crowd = crowd()
    _ = ask(&crowd, 1)
    var found = answers(crowd.handle(.control(2, .breakLock(SessionID(value: 7)))))
    // What follows waits for the token, which is in the journal.
    found += answers(crowd.handle(.committed(.max)))
    while let effects = crowd.wake(), crowd.now.since(Instant(nanoseconds: 0)) < .seconds(1) {
      found += answers(effects)
    }
    #expect(found.map(\.0).sorted() == [1, 2])
    guard case .refused(let why)? = found.first(where: { $0.0 == 1 })?.1 else {
      return #expect(Bool(false))
    }
    #expect(why.hasPrefix("Not done: the operator took the session away"))
  }
}
