import CTestVFS
import Glibc
import HoldfastCore
import HoldfastSimulator
import Testing

@testable import HoldfastJournal

/// Files that vanish, are replaced or rot under a journal. What is still there is never
/// overwritten.
@Suite struct MissingFileTests {
  private let folder = TemporaryFolder()

  /// A journal with some transactions in it, closed again.
  private func fill(_ count: Int) throws -> JournalScript {
    let journal = try Journal(path: folder.journal)
    let probe = JournalProbe()
    journal.start(probe)
    var script = JournalScript(seed: 11)
    for _ in 0..<count { journal.submit(script.next().0) }
    let last = script.lastTransaction
    probe.wait("commits") { $0.committed == last }
    journal.stop()
    return script
  }

  private static let noise = [UInt8](repeating: 0x5A, count: 16)

  /// Puts bytes into a file, making it; gives those that were there.
  @discardableResult
  private func exchange(_ path: String, at offset: Int, _ bytes: [UInt8]) -> [UInt8] {
    let file = open(path, O_RDWR | O_CREAT, 0o600)
    defer { close(file) }
    var old = [UInt8](repeating: 0, count: bytes.count)
    pread(file, &old, old.count, off_t(offset))
    #expect(pwrite(file, bytes, bytes.count, off_t(offset)) == bytes.count)
    return old
  }

  private func options() -> JournalOptions {
    var options = JournalOptions()
    options.retry = .milliseconds(1)...(.milliseconds(4))
    return options
  }

  @Test(arguments: ["", "-wal"])
  func aFileThatIsMovedAwayStallsTheJournalUntilItIsBack(which: String) throws {
    let file = folder.journal + which
    let journal = try Journal(path: folder.journal, options: options())
    let probe = JournalProbe()
    journal.start(probe)
    var script = JournalScript(seed: 3)
    for _ in 0..<20 { journal.submit(script.next().0) }
    probe.wait("commits") { $0.committed == 20 }
    rename(file, file + ".away")
    journal.submit(script.next().0)
    let stalled = probe.wait("the stall") { !$0.stalls.isEmpty }
    #expect(stalled.stalls[0].hasPrefix("journal \(folder.journal) "))
    #expect(stalled.stalls[0].contains("moved"))
    #expect(stalled.committed == 20)
    rename(file + ".away", file)
    probe.wait("the commit") { $0.committed == 21 }
    journal.stop()
    let again = try Journal(path: folder.journal)
    #expect(try again.restore() == script.model.snapshot())
  }

  @Test func whatALostLogHeldIsInTheFileAfterAStop() throws {
    let journal = try Journal(path: folder.journal, options: options())
    let probe = JournalProbe()
    journal.start(probe)
    var script = JournalScript(seed: 4)
    for _ in 0..<20 { journal.submit(script.next().0) }
    probe.wait("commits") { $0.committed == 20 }
    let before = script
    unlink(folder.journal + "-wal")
    journal.submit(script.next().0)
    probe.wait("the stall") { !$0.stalls.isEmpty }
    #expect(journal.stop(limit: .milliseconds(5)) == 1)
    let again = try Journal(path: folder.journal)
    #expect(try again.restore() == before.model.snapshot())
  }

  @Test func aLogWithoutItsJournalIsLeftAlone() throws {
    _ = try fill(30)
    let log = folder.journal + "-wal"
    unlink(folder.journal)
    let text = Array("not to be lost".utf8)
    exchange(log, at: 0, text)
    let error = try #require(throws: JournalError.self) { _ = try Journal(path: folder.journal) }
    #expect(error.code == .moved)
    #expect(error.description.contains(log))
    #expect(exchange(log, at: 0, text) == text)
    #expect(access(folder.journal, F_OK) != 0)
  }

  /// A page that SQLite cannot read is found whether or not anything needs it.
  @Test func aDamagedPageIsFoundWhenTheJournalIsOpened() throws {
    _ = try fill(400)
    let pages = Int(try #require(RawDatabase(folder.journal).rows("PRAGMA page_count").first)) ?? 0
    var random = IdentitySource(seed: 8)
    var found = 0
    for _ in 0..<8 {
      let page = 1 + Int(random.next() % UInt64(pages - 1))
      let old = exchange(folder.journal, at: page * 4096, Self.noise)
      do { _ = try Journal(path: folder.journal, options: patient()) } catch {
        found += 1
        #expect(error.code == .damaged)
        #expect(error.description.hasPrefix("journal \(folder.journal) is damaged ("))
        #expect(error.description.contains(".recover"))
        #expect(!error.description.contains("\n"))
      }
      exchange(folder.journal, at: page * 4096, old)
    }
    // Pages with nothing but a long text have no structure that could be wrong.
    #expect(found >= 4)
    _ = try Journal(path: folder.journal, options: patient())
  }

  @Test func damageThatIsFoundLateEndsTheJournal() throws {
    _ = try fill(400)
    exchange(folder.journal, at: 5 * 4096, Self.noise)
    var hasty = JournalOptions()
    hasty.checkWait = .zero
    let probe = JournalProbe()
    do {
      let journal = try Journal(path: folder.journal, options: hasty)
      journal.start(probe)
      probe.wait("the finding") { !$0.failures.isEmpty }
      journal.stop()
      #expect(probe.state.failures[0].hasPrefix("journal \(folder.journal) is damaged ("))
    } catch { #expect(error.code == .damaged) }
  }

  private func patient() -> JournalOptions {
    var options = JournalOptions()
    options.checkWait = .seconds(60)
    return options
  }

  @Test func aLogThatCannotBeMovedIsSpokenOfOnce() throws {
    let layer = FileLayer()
    var options = options()
    options.vfs = layer.name
    options.checkpointBytes = 16 << 10
    options.checkWait = nil
    let journal = try Journal(path: folder.journal, options: options)
    let probe = JournalProbe()
    journal.start(probe)
    defer { journal.stop() }
    var script = JournalScript(seed: 5)
    // The second sync after a pause is one of the file, by the thread that moves pages.
    while probe.state.logFaults.isEmpty {
      ctestvfs_fail(layer.name, CTESTVFS_SYNC_ERROR, 2, 1)
      for _ in 0..<20 { journal.submit(script.next().0) }
      let last = script.lastTransaction
      probe.wait("commits") { $0.committed == last }
      try #require(last < 20_000, "no sync of the file ever failed")
    }
    let said = try #require(probe.state.logFaults[0])
    #expect(said.hasPrefix("journal \(folder.journal) keeps all in its log: "))
    #expect(said.contains("start the host again"))
    #expect(journal.checkpointFault != nil)
  }
}
