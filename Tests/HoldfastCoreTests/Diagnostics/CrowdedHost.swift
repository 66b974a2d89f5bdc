import HoldfastCore

/// A host in which a message waits at every place, for a model that is not there.
struct CrowdedHost {
  var host: Host
  private(set) var now = Instant(nanoseconds: 0)
  private static let wall = WallTime(milliseconds: 0)

  init(sessions: Int) {
    let nowhere = ConfigurationPosition(file: "", line: 0, column: 0)
    var configuration = Configuration()
    configuration.agents = [AgentSettings(name: "main", position: nowhere)]
    var snapshot = Snapshot()
    snapshot.inputs = (1...sessions).map { number in
      let key = Self.key(number)
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
    host = Host(
      configuration: configuration, snapshot: snapshot, destinations: [:], seed: 1, at: now,
      wall: Self.wall)
  }

  static func key(_ number: Int) -> SessionKey {
    SessionKey(agent: "main", channel: "console", kind: .direct, chat: "chat \(number)")
  }

  /// Hands in an input, some time after the last.
  mutating func handle(_ input: HostInput, after pause: Duration = .zero) -> [HostEffect] {
    now = now + pause
    return host.handle(input, at: now, wall: Self.wall)
  }

  /// What the host wants to be woken for; nil if nothing.
  mutating func wake() -> [HostEffect]? {
    guard let wake = host.nextWake else { return nil }
    now = max(now, wake)
    return handle(.tick)
  }
}
