import CTestVFS
import HoldfastCore
import HoldfastSimulator
import Testing

@testable import HoldfastJournal

/// Power fails at random points under random load. What was reported as committed is there
/// afterwards, every transaction wholly or not at all, in order.
@Suite struct PowerLossTests {
  private let layer = FileLayer()

  @Test(arguments: 0..<8)
  func whatWasCommittedSurvives(block: Int) throws {
    for seed in UInt64(block * 10)..<UInt64(block * 10 + 10) { try runCase(seed: seed) }
  }

  private func runCase(seed: UInt64) throws {
    let folder = TemporaryFolder()
    var random = IdentitySource(seed: seed &+ 77)
    var script = JournalScript(seed: seed)
    for round in 0..<4 {
      let place: Comment = "seed \(seed) round \(round)"
      if random.next() % 4 == 0 {
        ctestvfs_cut_power(layer.name, Int(1 + random.next() % 12), random.next())
        #expect(throws: JournalError.self, place) { try open(folder, &random) == nil }
        ctestvfs_restore_power(layer.name)
      }
      let states = try load(folder, script, &random)
      ctestvfs_restore_power(layer.name)
      script = try #require(try survivor(of: states, folder), place)
    }
  }

  /// Opens and closes; throws if the power goes meanwhile.
  private func open(_ folder: TemporaryFolder, _ random: inout IdentitySource) throws -> Journal? {
    _ = try Journal(path: folder.journal, options: options(&random))
    // The power may go at the last close as well, which has nothing left to report.
    if ctestvfs_is_off(layer.name) == 0 { ctestvfs_cut_power_now(layer.name, random.next()) }
    throw JournalError(.system, folder.journal, "was closed before the power went")
  }

  private func options(_ random: inout IdentitySource) -> JournalOptions {
    var options = JournalOptions()
    options.vfs = layer.name
    options.groupLimit = 1 + Int(random.next() % 12)
    options.checkpointBytes = Int(16384 + random.next() % 65536)
    options.logLimit = options.checkpointBytes * 2
    options.retry = .milliseconds(1)...(.milliseconds(2))
    return options
  }

  /// Submits until the power goes; the states that may be found afterwards.
  private func load(
    _ folder: TemporaryFolder, _ start: JournalScript, _ random: inout IdentitySource
  ) throws -> [JournalScript] {
    let journal = try Journal(path: folder.journal, options: options(&random))
    let probe = JournalProbe()
    journal.start(probe)
    var states = [start]
    let first = start.lastTransaction
    ctestvfs_cut_power(layer.name, Int(1 + random.next() % 400), random.next())
    for _ in 0..<(20 + random.next() % 60) {
      var script = states[states.count - 1]
      journal.submit(script.next().0)
      states.append(script)
      if random.next() % 8 == 0 { probe.wait("a report") { $0.groups > 0 || !$0.stalls.isEmpty } }
    }
    let last = states[states.count - 1].lastTransaction
    probe.wait("the end") { $0.committed == last || !$0.stalls.isEmpty }
    if random.next() % 2 == 0 { ctestvfs_cut_power_now(layer.name, random.next()) }
    journal.stop(limit: .zero)
    if ctestvfs_is_off(layer.name) == 0 { ctestvfs_cut_power_now(layer.name, random.next()) }
    #expect(probe.state.failures.isEmpty)
    let committed = max(probe.state.committed, first)
    return Array(states.dropFirst(Int(committed - first)))
  }

  /// The state that is found.
  private func survivor(
    of states: [JournalScript], _ folder: TemporaryFolder
  ) throws -> JournalScript? {
    var options = JournalOptions()
    options.vfs = layer.name
    let journal = try Journal(path: folder.journal, options: options)
    let snapshot = try journal.restore()
    let probe = JournalProbe()
    journal.start(probe)
    defer { journal.stop() }
    let connection = try JournalFile.openForReading(folder.journal, options)
    let faults = try connection.integer(
      "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'")
    #expect(faults == 0)
    return states.first { state in
      state.model.snapshot() == snapshot
        && contents(of: state.model).allSatisfy { query in
          probe.ask(journal, query) == state.model.answer(query)
        }
    }
  }

  private func contents(of model: JournalModel) -> [JournalQuery] {
    [.events(after: 0, limit: 10_000), .sessions(before: nil, limit: 1000, includeHidden: true)]
      + model.sessions.keys.sorted().map { .turns($0, TurnSet(1...1000)) }
      + model.sessions.keys.sorted().map { .rewind($0, limit: 1000) }
  }
}
