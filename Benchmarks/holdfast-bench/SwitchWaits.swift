/// How long somebody at the console waits for `/new`, in turns with two commits of the same rows in
/// plain C.
struct SwitchWaits {
  private let switches: Samples
  private let commits: Samples

  /// `prepare` brings about what stands in the way of each switch.
  init(
    _ around: Surroundings, _ client: ConsoleClient, times: Int, prepare: () throws -> Void
  ) throws {
    let baseline = around.folder("two-commits-\(nanoseconds())") + "/journal.sqlite"
    try JournalFigures(path: baseline).stop()
    let plain = try Child([around.program("two_commits"), baseline])
    defer { plain.end(signal: 9) }
    var switches: [Double] = []
    var commits: [Double] = []
    for _ in 0..<times {
      try prepare()
      idle(microseconds: 5000)
      plain.poke()
      guard let line = plain.line(), let took = Double(line) else {
        throw BenchmarkFailure("two_commits has ended: do its rows fit the journal's tables?")
      }
      commits.append(took / 1e6)
      idle(microseconds: 5000)
      switches.append(try client.say("/new") / 1e6)
      idle(microseconds: 5000)
    }
    self.switches = Samples(switches)
    self.commits = Samples(commits)
  }

  /// Milliseconds between the two 99th percentiles.
  var beyond: Double { switches.quantile(0.99) - commits.quantile(0.99) }

  /// Milliseconds that a person waits, as a rule.
  var median: Double { switches.median }

  var note: String {
    """
    median \(short(switches.median)) ms, p99 \(short(switches.quantile(0.99))) ms, of \
    \(switches.count)
    """
  }

  var comparison: String {
    """
    Two synced commits of the same rows in plain C, in turns with them: median \
    \(short(commits.median)) ms, p99 \(short(commits.quantile(0.99))) ms
    """
  }

  static let obstacle = """
    both 99th percentiles are those of the disk and of whatever else the machine runs; compare the
    medians, and run it again on an idle machine
    """
}
