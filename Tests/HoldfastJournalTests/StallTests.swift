import CTestVFS
import HoldfastCore
import HoldfastSimulator
import Testing

@testable import HoldfastJournal

/// Disks fill up and fail. The journal says so once, keeps everything, and goes on.
@Suite struct StallTests {
  private let layer = FileLayer()
  static let faults = [
    CTESTVFS_WRITE_FULL, CTESTVFS_WRITE_SHORT, CTESTVFS_WRITE_ERROR, CTESTVFS_SYNC_ERROR,
  ].map { $0.rawValue }

  private func options() -> JournalOptions {
    var options = JournalOptions()
    options.vfs = layer.name
    options.retry = .milliseconds(1)...(.milliseconds(4))
    options.checkpointBytes = 64 << 10
    options.groupLimit = 16
    return options
  }

  @Test(arguments: faults)
  func nothingIsLostOrReorderedByAStall(fault: UInt32) throws {
    for seed in 0..<12 as Range<UInt64> {
      let folder = TemporaryFolder()
      let script = try runThrough(ctestvfs_fault_t(rawValue: fault), folder, seed: seed)
      // Whatever a failed sync left behind on the disk is lost for good, unless it was written
      // again.
      ctestvfs_cut_power_now(layer.name, seed)
      ctestvfs_restore_power(layer.name)
      let journal = try Journal(path: folder.journal, options: options())
      #expect(try journal.restore() == script.model.snapshot(), "fault \(fault) seed \(seed)")
    }
  }

  private func runThrough(
    _ fault: ctestvfs_fault_t, _ folder: TemporaryFolder, seed: UInt64
  ) throws -> JournalScript {
    let journal = try Journal(path: folder.journal, options: options())
    let probe = JournalProbe()
    journal.start(probe)
    defer { journal.stop() }
    var script = JournalScript(seed: seed)
    func submit(_ count: Int) {
      for _ in 0..<count { journal.submit(script.next().0) }
      let last = script.lastTransaction
      probe.wait("commit of \(last)") { $0.committed == last }
    }
    submit(20)
    // The fault meets the commit or the checkpoint, whichever writes first. A run of failures that
    // is long enough meets the commit in any case.
    ctestvfs_fail(layer.name, fault, Int(1 + seed % 5), 6)
    submit(60)
    ctestvfs_fail(layer.name, fault, 1, 8)
    submit(60)
    ctestvfs_fail(layer.name, fault, 1, 0)
    let heard = probe.state
    #expect(!heard.stalls.isEmpty)
    #expect(heard.stalls.count == heard.resumptions)
    #expect(heard.failures.isEmpty)
    return script
  }

  @Test func aStallIsReportedOnceAndReadingGoesOn() throws {
    let folder = TemporaryFolder()
    let journal = try Journal(path: folder.journal, options: options())
    let probe = JournalProbe()
    journal.start(probe)
    var script = JournalScript(seed: 5)
    for _ in 0..<40 { journal.submit(script.next().0) }
    let before = script
    probe.wait("commits") { $0.committed == 40 }
    ctestvfs_fail(layer.name, CTESTVFS_WRITE_FULL, 1, .max)
    let calls = ctestvfs_calls(layer.name)
    for _ in 0..<10 { journal.submit(script.next().0) }
    let stalled = probe.wait("the stall") { !$0.stalls.isEmpty }
    #expect(stalled.stalls[0].contains("full"))
    let page = JournalQuery.sessions(before: nil, limit: 10, includeHidden: true)
    #expect(probe.ask(journal, page) == before.model.answer(page))
    while ctestvfs_calls(layer.name) < calls + 5 { _ = probe.ask(journal, page) }
    #expect(probe.state.stalls.count == 1)
    #expect(probe.state.resumptions == 0)
    ctestvfs_fail(layer.name, CTESTVFS_WRITE_FULL, 1, 0)
    let heard = probe.wait("commits") { $0.committed == 50 }
    #expect(heard.resumptions == 1)
    #expect(journal.stop() == 0)
    #expect(probe.ask(journal, page, isExpected: false) == nil)
  }

  @Test func aStopThatCannotWriteSaysHowMuchIsMissing() throws {
    let folder = TemporaryFolder()
    let journal = try Journal(path: folder.journal, options: options())
    let probe = JournalProbe()
    journal.start(probe)
    var script = JournalScript(seed: 6)
    ctestvfs_fail(layer.name, CTESTVFS_WRITE_ERROR, 1, .max)
    for _ in 0..<20 { journal.submit(script.next().0) }
    probe.wait("the stall") { !$0.stalls.isEmpty }
    #expect(journal.stop(limit: .milliseconds(3)) == 20)
    #expect(probe.state.committed == 0)
    ctestvfs_restore_power(layer.name)
  }

  @Test func theLogStaysBoundedUnderALoadThatNeverPauses() throws {
    let folder = TemporaryFolder()
    var limits = options()
    limits.checkpointBytes = 128 << 10
    limits.logLimit = 512 << 10
    // The log passes its limit by one group at most.
    limits.groupLimit = 128
    let journal = try Journal(path: folder.journal, options: limits)
    let probe = JournalProbe()
    journal.start(probe)
    defer { journal.stop() }
    var load = TurnLoad(sessions: 8)
    for operations in load.opening { journal.submit(operations) }
    for _ in 0..<8000 {
      let transaction = load.next()
      journal.submit(transaction)
      if transaction.id % 256 == 0 {
        probe.wait("some commits") { $0.committed + 512 > transaction.id }
      }
    }
    probe.wait("commits") { $0.committed == load.last }
    // All these turns take some thirty megabytes of log.
    #expect(ctestvfs_largest_log(layer.name) < 3 << 20)
    #expect(journal.checkpointFault == nil)
  }
}
