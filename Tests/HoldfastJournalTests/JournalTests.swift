import CTestVFS
import Glibc
import HoldfastCore
import Testing

@testable import HoldfastJournal

/// Order, groups, refusals and the end.
@Suite struct JournalTests {
  private let folder = TemporaryFolder()

  @Test func whatIsQueuedTogetherIsSyncedTogether() throws {
    let layer = FileLayer()
    var options = JournalOptions()
    options.vfs = layer.name
    let journal = try Journal(path: folder.journal, options: options)
    let probe = JournalProbe()
    var load = TurnLoad(sessions: 2)
    for transaction in load.opening { journal.submit(transaction) }
    for _ in 0..<500 { journal.submit(load.next()) }
    journal.start(probe)
    let heard = probe.wait("commits") { $0.committed == load.last }
    #expect(heard.groups == 1)
    #expect(journal.stop() == 0)
  }

  @Test func aGroupIsBoundedByNumberAndBytes() throws {
    var options = JournalOptions()
    options.groupLimit = 100
    let journal = try Journal(path: folder.journal, options: options)
    let probe = JournalProbe()
    var load = TurnLoad(sessions: 2)
    for transaction in load.opening { journal.submit(transaction) }
    for _ in 0..<498 { journal.submit(load.next()) }
    journal.start(probe)
    #expect(probe.wait("commits") { $0.committed == load.last }.groups == 5)
    journal.stop()

    options.groupLimit = 1000
    options.groupBytes = 300 * 50
    let again = try Journal(path: folder.journal, options: options)
    let second = JournalProbe()
    for _ in 0..<200 { again.submit(load.next()) }
    again.start(second)
    #expect(second.wait("commits") { $0.committed == load.last }.groups == 4)
    again.stop()
  }

  @Test func anOrderedQuestionSeesWhatWasSubmittedBeforeIt() throws {
    let journal = try Journal(path: folder.journal)
    let probe = JournalProbe()
    journal.start(probe)
    defer { journal.stop() }
    var load = TurnLoad(sessions: 1)
    for transaction in load.opening { journal.submit(transaction) }
    for index in 1...200 as ClosedRange<TurnIndex> {
      journal.submit(load.next())
      guard
        case .session(let session?, let key, let epoch)? = probe.ask(
          journal, .session(load.sessions[0]))
      else { return #expect(Bool(false), "no session") }
      #expect(session.lastTurn == index)
      #expect(key == load.keys[0])
      #expect(epoch == 1)
    }
  }

  @Test func anyQuestionSeesWhatWasReportedBeforeIt() throws {
    let journal = try Journal(path: folder.journal)
    let probe = JournalProbe()
    journal.start(probe)
    defer { journal.stop() }
    var load = TurnLoad(sessions: 1)
    for transaction in load.opening { journal.submit(transaction) }
    for index in 1...200 as ClosedRange<TurnIndex> {
      journal.submit(load.next())
      probe.wait("commit") { $0.committed == load.last }
      guard case .turns(let turns)? = probe.ask(journal, .history(load.sessions[0], limit: 1))
      else {
        return #expect(Bool(false), "no turns")
      }
      #expect(turns.map(\.index) == [index])
    }
  }

  @Test func aRefusedTransactionLeavesNothingAndLaterOnesGoOn() throws {
    let journal = try Journal(path: folder.journal)
    let probe = JournalProbe()
    var load = TurnLoad(sessions: 1)
    let (id, key) = (load.sessions[0], load.keys[0])
    for transaction in load.opening { journal.submit(transaction) }
    journal.submit(load.next())
    var stale = load.next()
    stale.operations.insert(.endSession(id, WallTime(milliseconds: 5), isHidden: true), at: 0)
    stale.operations.append(.guardBinding(key, id, 2))
    journal.submit(stale)
    let later = WallTime(milliseconds: 5)
    let reset = Transaction(
      id: stale.id + 1,
      operations: [.guardTurn(id, token: 1, nextTurn: 2), .bind(key, id, 7, later)])
    journal.submit(reset)
    journal.start(probe)
    defer { journal.stop() }
    let heard = probe.wait("commits") { $0.committed == reset.id }
    #expect(heard.refused == [stale.id])
    guard case .session(let session?, _, let epoch)? = probe.ask(journal, .session(id)) else {
      return #expect(Bool(false), "no session")
    }
    #expect(session.lastTurn == 1)
    #expect(session.ended == nil)
    #expect(epoch == 7)
  }

  @Test func stopWritesWhatIsQueuedAndEmptiesTheLog() throws {
    let journal = try Journal(path: folder.journal)
    let probe = JournalProbe()
    journal.start(probe)
    var load = TurnLoad(sessions: 3)
    for transaction in load.opening { journal.submit(transaction) }
    for _ in 0..<3000 { journal.submit(load.next()) }
    #expect(journal.stop() == 0)
    #expect(probe.state.committed == load.last)
    #expect(RawDatabase(folder.journal).rows("SELECT count(*) FROM turns") == ["3000"])
    journal.submit(load.next())
    #expect(journal.stop() == 0)
    #expect(journal.backlog == 0)
  }

  @Test func rowsThatContradictEachOtherAreAFailure() throws {
    let journal = try Journal(path: folder.journal)
    let probe = JournalProbe()
    journal.start(probe)
    var load = TurnLoad(sessions: 1)
    for transaction in load.opening { journal.submit(transaction) }
    probe.wait("commit") { $0.committed == 1 }
    journal.submit(Transaction(id: 2, operations: load.opening[0].operations))
    journal.submit(load.next())
    let heard = probe.wait("the failure") { !$0.failures.isEmpty }
    #expect(heard.failures.count == 1)
    #expect(heard.stalls.isEmpty)
    #expect(
      probe.ask(journal, .session(load.sessions[0])) == .failed("the journal has failed"))
    #expect(journal.stop() == 2)
    #expect(probe.state.committed == 1)
  }

  @Test func aDamagedFileIsAFailure() throws {
    let journal = try Journal(path: folder.journal)
    let probe = JournalProbe()
    journal.start(probe)
    var load = TurnLoad(sessions: 1)
    for transaction in load.opening { journal.submit(transaction) }
    for _ in 0..<2000 { journal.submit(load.next()) }
    journal.stop()
    let database = RawDatabase(folder.journal)
    let root = try #require(
      database.rows("SELECT rootpage FROM sqlite_schema WHERE name = 'turns_of_session'").first)
    try overwritePage(try #require(Int(root)))
    var options = JournalOptions()
    options.checkWait = nil
    let again = try Journal(path: folder.journal, options: options)
    let second = JournalProbe()
    again.start(second)
    again.submit(load.next())
    let heard = second.wait("the failure") { !$0.failures.isEmpty }
    #expect(heard.failures.first?.contains("malformed") == true)
    #expect(again.stop() == 1)
  }

  private func overwritePage(_ number: Int) throws {
    let file = try #require(fopen(folder.journal, "r+"))
    defer { fclose(file) }
    fseek(file, (number - 1) * 4096, SEEK_SET)
    fputs(String(repeating: "damage", count: 600), file)
  }
}
