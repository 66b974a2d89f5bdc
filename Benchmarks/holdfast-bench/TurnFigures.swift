/// Finished turns on their way into the journal and from there into a memory provider.
enum TurnFigures {
  private static let count = 200_000
  private static let sessions = 100
  private static let turnsPerBatch = 100
  /// Turns that are under way at most.
  private static let ahead: UInt64 = 8000

  static func measure(_ around: Surroundings) throws -> [Figure] {
    let floor = around.folder("floor") + "/journal.sqlite"
    try JournalFigures(path: floor).stop()
    var ours: [Double] = []
    let busy = processorTime()
    var plain: [Double] = []
    for round in 0..<around.times(5) {
      let child = try Child([around.program("journal_floor"), floor, "turns", "\(count)", "1024"])
      let words = child.lines().first?.split(separator: " ") ?? []
      child.wait()
      plain.append(words.count > 1 ? Double(words[1]) ?? 0 : 0)
      ours.append(try turnsPerSecond(around, state: around.folder("turns-\(round)")))
    }
    let spent = (processorTime() - busy) / Double(ours.count * count) * 1e6
    let (own, floorRate) = (Samples(ours).median, Samples(plain).median)
    let note = """
      turns with 300 bytes of text that a model has finished, given to a whole host one by one, of
      \(sessions) sessions with `retain_every_turns = \(turnsPerBatch)`: each is guarded, written,
      synced in groups and published; batches are cut, synced, read back, handed to a C provider in
      the process that reads every byte, and acknowledged. \(grouped(count)) turns, until the
      provider has had the last one; \(short(spent)) µs of processor time for each, all threads and
      the feeding one together. Plain C writing the same rows of turns, batches and
      watermarks, 1 024 turns under one sync, without provider or threads: \(short(floorRate))
      turns/s. It reads and moves the tail of a session with every turn, the journal once for each
      session of a group. Medians of \(ours.count) runs, in turns
      """
    return [
      Figure(
        "durable turns into a provider", asked: "≥ 50 000 /s", measured: "\(short(own)) /s",
        isReached: own >= 50_000, note: note,
        obstacle: "the machine had other work; see the processor time for each turn"),
      Figure(
        "the same, over plain C writing the rows", asked: "≥ 0.6 ×",
        measured: "\(short(own / max(floorRate, 1))) ×", isReached: own >= 0.6 * floorRate,
        note: "the two figures above, divided",
        obstacle: """
          plain C needs one core and hands nothing over. Here the rules and the journal's thread
          share two cores with the reader of batches, the checkpoint, the provider and the thread
          that feeds
          """),
    ]
  }

  private static func turnsPerSecond(_ around: Surroundings, state: String) throws -> Double {
    let shared = try SharedCounters(path: state + "/shared")
    let crowd = try Crowd(
      around, state: state, shared: shared, people: sessions,
      provider: Crowd.provider(around, turnsPerBatch: turnsPerBatch))
    defer { crowd.stop() }
    let start = nanoseconds()
    for which in 0..<count {
      crowd.keep(by: which / turnsPerBatch % sessions)
      if which % 1024 == 0, UInt64(which) > ahead {
        try shared.wait(for: .retainedTurns, atLeast: UInt64(which) - ahead)
      }
    }
    // One turn of each session was said before the clock started; the last of these waits for the
    // next batch instead.
    try shared.wait(for: .retainedTurns, atLeast: UInt64(count))
    return Double(count) / Double(nanoseconds() - start) * 1e9
  }
}
