import Testing

@testable import HoldfastCore

/// What a heartbeat does when more needs attention than anybody would expect.
@Suite struct HeartbeatLoadTests {
  private static let sessions = 600

  @Test func othersHaveTheirTurnBetweenLooksAtManySessions() {
    var crowd = CrowdedHost(sessions: Self.sessions)
    var reported: Set<SessionID> = []
    func look(_ effects: [HostEffect]) -> Int {
      let sessions = effects.compactMap { effect in
        if case .diagnostic(let event) = effect,
          [.stalled, .stuck, .longRunning].contains(event.name)
        {
          event.session
        } else {
          nil
        }
      }
      reported.formUnion(sessions)
      return sessions.count
    }
    #expect(look(crowd.handle(.start)) == 0)
    #expect(look(crowd.handle(.heartbeat(lateBy: .zero), after: .seconds(1000))) == 256)
    let began = crowd.now
    var rounds = 0
    while reported.count < Self.sessions, rounds < 10, let effects = crowd.wake() {
      #expect(look(effects) <= 256)
      rounds += 1
    }
    #expect(reported.count == Self.sessions && rounds == 2)
    #expect(crowd.now.since(began) < .milliseconds(10))
  }

  /// Nothing is to be said of a place that nobody keeps in mind any more, and looking at it again
  /// and again would take the place of others that are due.
  @Test func whatIsWatchedAndIsThereNoMoreIsForgotten() {
    var crowd = CrowdedHost(sessions: Self.sessions)
    _ = crowd.handle(.start)
    for number in 1...300 { crowd.host.places[CrowdedHost.key(number)] = nil }
    #expect(crowd.host.watches.count == Self.sessions)
    _ = crowd.handle(.heartbeat(lateBy: .zero), after: .seconds(1000))
    for _ in 0..<3 { _ = crowd.wake() }
    #expect(crowd.host.watches.count == Self.sessions - 300)
    #expect(crowd.host.reports.count == Self.sessions - 300)
  }
}
