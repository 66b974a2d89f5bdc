import HoldfastControl
import HoldfastCore

/// Pages of long lists, asked of a running host on its control socket.
enum PageFigures {
  private static let sessions = 100_000
  private static let turns = 10_000
  private static let page = 50

  static func measure(_ around: Surroundings) throws -> [Figure] {
    let state = around.folder("pages")
    var figures = try JournalFigures(path: state + "/journal.sqlite")
    let longest = figures.fill(sessions: sessions, turnsEach: 2, longest: turns)
    figures.stop()
    let plain = try readTimes(around, state + "/journal.sqlite")
    let host = try RunningHost(around, state: state)
    defer { host.stop() }
    let client = ControlClient(path: host.control)
    let list = try times(around, client, .sessions(before: nil, limit: page, includeHidden: false))
    {
      if case .sessions(let rows) = $0 { rows.count == page } else { false }
    }
    let history = try times(around, client, .history(longest, limit: page)) {
      if case .history(_, let rows) = $0 { rows.count == page } else { false }
    }
    return [
      figure(
        "first page of \(grouped(sessions)) sessions", list, limit: 10, plain["sessions_p50"] ?? 0),
      figure(
        "last \(page) turns of a history of \(grouped(turns))", history, limit: 2,
        plain["history_p50"] ?? 0),
    ]
  }

  private static func times(
    _ around: Surroundings, _ client: ControlClient, _ request: ControlRequest,
    isExpected: (ControlAnswer) -> Bool
  ) throws -> Samples {
    var times: [Double] = []
    for _ in 0..<around.times(200) {
      let start = nanoseconds()
      let answer = try client.ask(request)
      times.append(milliseconds(since: start))
      guard isExpected(answer) else { throw BenchmarkFailure("an unexpected page") }
    }
    return Samples(times)
  }

  /// What plain C takes for the same rows, in microseconds by name.
  private static func readTimes(
    _ around: Surroundings, _ file: String
  ) throws -> [String: Double] {
    let child = try Child([around.program("journal_floor"), file, "reads", "200"])
    var times: [String: Double] = [:]
    for words in child.lines().map({ $0.split(separator: " ") }) where words.count > 1 {
      times[String(words[0])] = Double(words[1])
    }
    child.wait()
    return times
  }

  private static func figure(
    _ name: String, _ times: Samples, limit: Double, _ plain: Double
  ) -> Figure {
    Figure(
      name, asked: "≤ \(short(limit)) ms",
      measured: "\(short(times.median)) ms (p99 \(short(times.quantile(0.99))) ms)",
      isReached: times.median <= limit,
      note: """
        \(page) rows, asked of a running host on its control socket: connect, question, page from
        the journal, JSON, and back to values; median of \(times.count). Plain C reading the same
        rows: \(short(plain)) µs
        """,
      obstacle: "the rest is hand-offs between four threads, and JSON written and read")
  }
}
