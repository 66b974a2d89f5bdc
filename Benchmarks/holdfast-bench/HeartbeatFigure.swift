import HoldfastCore

/// A look at every session that is busy, with the rules alone.
enum HeartbeatFigure {
  private static let sessions = 100_000

  static func measure(_ around: Surroundings) throws -> [Figure] {
    var host = busyHost()
    let busy = times(&host, from: 30, count: around.times(50))
    // Once they are busy for long they are classified and reported, some at a time, and then left
    // alone until something can be due.
    let first = times(&host, from: 200, count: 1)
    let later = times(&host, from: 201, count: around.times(50))
    return [
      Figure(
        "heartbeat over \(grouped(sessions)) busy sessions", asked: "≤ 10 ms",
        measured: "\(short(busy.median)) ms (p99 \(short(busy.quantile(0.99))) ms)",
        isReached: busy.median <= 10,
        note: """
          one input to a host with a message at each of as many places; median of \(busy.count).
          When all of them have waited for too long, a heartbeat classifies and reports some, the
          first in \(short(first.median)) ms and others in \(short(later.median)) ms, and others
          have their turn before the next
          """)
    ]
  }

  /// A host in which a turn waits for its history at every place.
  private static func busyHost() -> Host {
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
      message.text = "hello"
      let input = InputRecord(
        id: Int64(number), message: message, channel: InstanceID("console"), key: key,
        session: session.id, epoch: 1)
      return (input, PlaceRecord(session: session, epoch: 1, isDuplicate: false))
    }
    snapshot.lastInput = Int64(sessions)
    var host = Host(
      configuration: configuration, snapshot: snapshot, destinations: [:], seed: 1,
      at: Instant(nanoseconds: 0), wall: WallTime(milliseconds: 0))
    host.handle(.start, at: Instant(nanoseconds: 0), wall: WallTime(milliseconds: 0)) { _ in }
    return host
  }

  /// How long heartbeats take, 10 ms of the host's time after each other.
  private static func times(_ host: inout Host, from seconds: Int, count: Int) -> Samples {
    var times: [Double] = []
    for number in 0..<count {
      let now = Instant(nanoseconds: 0) + .milliseconds(1000 * seconds + 10 * number)
      let start = nanoseconds()
      host.handle(.heartbeat(lateBy: .zero), at: now, wall: WallTime(milliseconds: 0)) { _ in }
      times.append(milliseconds(since: start))
    }
    return Samples(times)
  }
}
