/// The way to a Hindsight server, beside the peer's: the same loopback server, the same turns.
enum HindsightFigures {
  private static let sessionTurns = 1000
  private static let people = 512

  static func measure(_ around: Surroundings) throws -> [Figure] {
    guard isFile(around.plugins + "/hindsight.so"), around.hindsightServer != nil else {
      return [Figure("turns to Hindsight over HTTP", measured: "not measured: no hindsight.so")]
    }
    let peer = Peer(around)
    return try throughput(around, peer, each: 1, asked: 5000)
      + throughput(around, peer, each: 10, asked: nil)
      + [bytes(around, peer)]
  }

  static func provider(_ server: HindsightServer, turnsPerBatch: Int) -> String {
    """
    plugin = "hindsight"
    retain_every_turns = \(turnsPerBatch)
    config.api_url = "\(server.url)"
    config.bank_id = "bench"
    """
  }

  /// What is said of the peer where it is not there.
  static let absence = "\(Peer.name) is not installed, `make peer` does that"

  private static func throughput(
    _ around: Surroundings, _ peer: Peer?, each: Int, asked: Double?
  ) throws -> [Figure] {
    var ours: [Double] = []
    var theirs: [Double] = []
    var requests: [Double] = []
    for round in 0..<3 {
      let state = around.folder("hindsight-\(each)-\(round)")
      let found = try turnsPerSecond(around, state: state, count: 10_000 * each, each: each)
      ours.append(found.rate)
      requests.append(found.each)
      guard let peer else { continue }
      let server = try HindsightServer(around)
      theirs += try peer.numbers(
        "turns_per_s", "turns", server, ["--count", "\(1000 * each)", "--each", "\(each)"])
    }
    let (own, other) = (Samples(ours).median, Samples(theirs).median)
    return [
      Figure(
        "turns to Hindsight over HTTP, \(each) in a request",
        asked: asked.map { "≥ \(short($0)) /s" } ?? "", measured: "\(short(own)) /s",
        isReached: asked.map { own >= $0 },
        note: """
          turns with 300 bytes of text of \(people) sessions, given to a whole host one by one,
          through the journal and the Hindsight plugin to a loopback server that completes every
          operation at once; \(short(Samples(requests).median)) turns in a request, each of which is
          sent, found complete by asking for it or for a list, and acknowledged. Neither side is
          asked for what may come next.
          \(grouped(10_000 * each)) turns until the last is acknowledged, median of \(ours.count)
          runs, in turns with the peer
          """,
        obstacle: "client and server share two cores with the host"),
      Figure(
        "the same with \(Peer.name)", measured: peer == nil ? "–" : "\(short(other)) /s",
        note: peer == nil
          ? absence
          : """
          its manager and its Hindsight provider, driven as its agent does, for one session, with
          nothing durable, until the same server has taken the last of \(grouped(1000 * each))
          turns; it does not ask what became of them. Median of \(theirs.count) runs; ours is
          \(short(own / max(other, 1))) × that
          """),
    ]
  }

  /// Turns per second, and how many there were in a request.
  private static func turnsPerSecond(
    _ around: Surroundings, state: String, count: Int, each: Int
  ) throws -> (rate: Double, each: Double) {
    let server = try HindsightServer(around)
    let shared = try SharedCounters(path: state + "/shared")
    let crowd = try Crowd(
      around, state: state, shared: shared, people: people,
      // The peer is not made to ask ahead either.
      provider: "prefetch = false\n" + provider(server, turnsPerBatch: each))
    defer { crowd.stop() }
    // Everybody has said one thing by now. In batches of one that is there before the clock starts,
    // else one turn of each session is left over at the end.
    let first = each == 1 ? people : 0
    try crowd.wait(forTurns: first)
    let before = try server.counter("operations")
    let start = nanoseconds()
    for block in 0..<count / each {
      for _ in 0..<each { crowd.keep(by: block % people) }
      // Half of the sessions are under way at most, so that none gets turns while it has a batch
      // with the server: they would go out together, as a larger one.
      if block % 32 == 0, block > people / 2 {
        try crowd.wait(forTurns: first + (block - people / 2) * each, every: 20_000)
      }
    }
    try crowd.wait(forTurns: first + count, every: 20_000)
    let rate = Double(count) / Double(nanoseconds() - start) * 1e9
    return (rate, Double(count) / Double(try server.counter("operations") - before))
  }

  /// One session of many turns, each sent by itself.
  private static func bytes(_ around: Surroundings, _ peer: Peer?) throws -> Figure {
    var own: [String: Int] = [:]
    var theirs: [String: Double] = [:]
    for (name, version) in [("append", "1.1.0"), ("documents", "0.4.9")] {
      for turns in [sessionTurns / 4, sessionTurns] {
        own["\(name) \(turns)"] = try sessionBytes(around, version: version, turns: turns)
      }
      guard let peer else { continue }
      let server = try HindsightServer(around, version: version)
      _ = try peer.numbers("turns", "session", server, ["--count", "\(sessionTurns)"])
      theirs[name] = Double(try server.counter("bytes_received")) / 1e6
    }
    let megabytes = { (name: String) in Double(own["\(name) \(sessionTurns)"] ?? 0) / 1e6 }
    let growth = { (name: String) in
      Double(own["\(name) \(sessionTurns)"] ?? 0)
        / Double(max(1, own["\(name) \(sessionTurns / 4)"] ?? 1))
    }
    let peers =
      peer == nil
      ? absence
      : """
      \(Peer.name) sends \(short(theirs["append"] ?? 0)) MB and, without append, \
      \(short(theirs["documents"] ?? 0)) MB
      """
    return Figure(
      "bytes sent for a session of \(grouped(sessionTurns)) turns", asked: "linear",
      measured:
        "\(short(megabytes("append"))) MB, without append \(short(megabytes("documents"))) MB",
      isReached: growth("append") < 4.4 && growth("documents") < 4.4,
      note: """
        bodies of all requests, as the loopback server counts them, for turns with 300 bytes of text
        that are sent one by one; a server of version 0.4.9 has no append. Four times the turns take
        \(short(growth("append"))) and \(short(growth("documents"))) times the bytes. \(peers)
        """)
  }

  private static func sessionBytes(
    _ around: Surroundings, version: String, turns: Int
  ) throws -> Int {
    let state = around.folder("session-\(version)-\(turns)")
    let server = try HindsightServer(around, version: version)
    let shared = try SharedCounters(path: state + "/shared")
    let crowd = try Crowd(
      around, state: state, shared: shared, people: 1,
      provider: provider(server, turnsPerBatch: 1))
    defer { crowd.stop() }
    // One by one, or many would go out together.
    for turn in 1..<turns {
      try crowd.wait(forTurns: turn)
      crowd.keep(by: 0)
    }
    try crowd.wait(forTurns: turns)
    return try server.counter("bytes_received")
  }
}
