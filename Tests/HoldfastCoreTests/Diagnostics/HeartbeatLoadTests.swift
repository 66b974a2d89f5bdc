import HoldfastCore
import Testing

/// What a heartbeat does when more needs attention than anybody would expect.
@Suite struct HeartbeatLoadTests {
  private static let sessions = 600

  /// A host in which a message waits at every place, for a model that is not there.
  private static func host() -> Host {
    let nowhere = ConfigurationPosition(file: "", line: 0, column: 0)
    var configuration = Configuration()
    configuration.agents = [AgentSettings(name: "main", position: nowhere)]
    var snapshot = Snapshot()
    snapshot.inputs = (1...sessions).map { number in
      let key = SessionKey(agent: "main", channel: "console", kind: .direct, chat: "chat \(number)")
      let session = SessionRecord(
        id: SessionID(value: UInt128(number)), key: key, scope: Scope("main"),
        created: WallTime(milliseconds: 0))
      var message = InboundMessage()
      message.messageID = "m\(number)"
      let input = InputRecord(
        id: Int64(number), message: message, channel: InstanceID("console"), key: key,
        session: session.id, epoch: 1)
      return (input, PlaceRecord(session: session, epoch: 1, isDuplicate: false))
    }
    snapshot.lastInput = Int64(sessions)
    return Host(
      configuration: configuration, snapshot: snapshot, destinations: [:], seed: 1,
      at: Instant(nanoseconds: 0), wall: WallTime(milliseconds: 0))
  }

  @Test func othersHaveTheirTurnBetweenLooksAtManySessions() {
    var host = Self.host()
    let wall = WallTime(milliseconds: 0)
    var reported: Set<SessionID> = []
    func look(_ input: HostInput, at now: Instant) -> Int {
      var count = 0
      host.handle(input, at: now, wall: wall) { effect in
        guard case .diagnostic(let event) = effect, let session = event.session else { return }
        guard [.stalled, .stuck, .longRunning].contains(event.name) else { return }
        count += 1
        reported.insert(session)
      }
      return count
    }
    #expect(look(.start, at: Instant(nanoseconds: 0)) == 0)
    var now = Instant(nanoseconds: 0) + .seconds(1000)
    #expect(look(.heartbeat(lateBy: .zero), at: now) == 256)
    var rounds = 0
    while reported.count < Self.sessions, rounds < 10, let wake = host.nextWake {
      now = max(now, wake)
      #expect(look(.tick, at: now) <= 256)
      rounds += 1
    }
    #expect(reported.count == Self.sessions && rounds == 2)
    #expect(now.since(Instant(nanoseconds: 0) + .seconds(1000)) < .milliseconds(10))
  }
}
