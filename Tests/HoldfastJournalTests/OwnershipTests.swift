import CTestVFS
import FoundationEssentials
import HoldfastCore
import Testing

@testable import HoldfastJournal

/// A host that starts takes the file over from whoever had it, and that one writes nothing more.
@Suite struct OwnershipTests {
  private let folder = TemporaryFolder()

  private func token() -> [String] {
    RawDatabase(folder.journal).rows("SELECT value FROM meta WHERE name = 'host_token'")
  }

  @Test func everyStartRaisesTheOwnerToken() throws {
    for number in 1...3 as ClosedRange<UInt64> {
      let journal = try Journal(path: folder.journal)
      #expect(journal.ownerToken == number)
      #expect(token() == ["\(number)"], "before anything is read")
      #expect(try journal.restore() == Snapshot())
    }
  }

  @Test func aFormerHostThatWakesUpWritesNothing() throws {
    let former = try Journal(path: folder.journal)
    let ear = JournalProbe()
    former.start(ear)
    var load = TurnLoad(sessions: 1)
    for transaction in load.opening { former.submit(transaction) }
    former.submit(load.next())
    ear.wait("commits") { $0.committed == load.last }
    let before = load.last

    let next = try Journal(path: folder.journal)
    let other = JournalProbe()
    next.start(other)
    defer { next.stop() }
    for _ in 0..<3 { former.submit(load.next()) }
    let heard = ear.wait("refusals") { !$0.refused.isEmpty }
    #expect(heard.committed == before && heard.stalls.isEmpty)
    #expect(heard.refusals.allSatisfy { $0.cause == .host })
    #expect(
      heard.refusals[0].reason.hasPrefix(
        "the journal's owner token is 2, this host writes under 1; of "))
    former.prune(
      PruneLimits(
        before: WallTime(milliseconds: .max), cutsBefore: WallTime(milliseconds: .max),
        handledThrough: .max))
    #expect(former.stop() > 0, "what is left is not written either")
    #expect(ear.state.committed == before)

    let id = load.sessions[0]
    guard case .session(let session?, _, _)? = other.ask(next, .session(id)) else {
      return #expect(Bool(false), "no session")
    }
    #expect(session.lastTurn == 1)
    next.submit(
      Transaction(id: 1, operations: [.endSession(id, WallTime(milliseconds: 5), isHidden: true)]))
    other.wait("commit") { $0.committed == 1 }
    #expect(other.state.refused.isEmpty)
  }

  /// Old rows go by the same thread; a former host removes none.
  @Test func aFormerHostForgetsNothing() throws {
    var former = try JournalFile.open(folder.journal, JournalOptions())
    RawDatabase(folder.journal).execute(
      """
      INSERT INTO replies VALUES(1, 'c', '', 'k', 's', 0, '', 1, 1, '', 0, 2, '', 0);
      UPDATE meta SET value = 9 WHERE name = 'host_token';
      """)
    let limits = PruneLimits(
      before: WallTime(milliseconds: 100), cutsBefore: WallTime(milliseconds: 100),
      handledThrough: 0)
    #expect(try former.prune(Pruning(limits: limits)) == nil)
    #expect(RawDatabase(folder.journal).rows("SELECT count(*) FROM replies") == ["1"])
    RawDatabase(folder.journal).execute("UPDATE meta SET value = 1 WHERE name = 'host_token'")
    _ = try former.prune(Pruning(limits: limits))
    #expect(RawDatabase(folder.journal).rows("SELECT count(*) FROM replies") == ["0"])
  }

  /// A disk that is full keeps no host from starting; the first group raises the token then.
  @Test func aFullDiskPutsTheTokenOff() throws {
    let layer = FileLayer()
    var options = JournalOptions()
    options.vfs = layer.name
    options.retry = .milliseconds(1)...(.milliseconds(4))
    try Journal(path: folder.journal, options: options).stop()
    ctestvfs_fail(layer.name, CTESTVFS_WRITE_FULL, 1, 1000)
    let journal = try Journal(path: folder.journal, options: options)
    let probe = JournalProbe()
    #expect(journal.ownerToken == 2)
    ctestvfs_fail(layer.name, CTESTVFS_WRITE_FULL, 1, 0)
    journal.start(probe)
    let load = TurnLoad(sessions: 1)
    for transaction in load.opening { journal.submit(transaction) }
    probe.wait("commit") { $0.committed == load.last }
    #expect(journal.stop() == 0)
    #expect(token() == ["2"])
  }

  /// Wherever a start meets a disk that does not take one write or sync, behind what a host that
  /// was killed has left in the log, nobody is taken for another host.
  @Test(arguments: [
    CTESTVFS_WRITE_FULL, CTESTVFS_WRITE_SHORT, CTESTVFS_WRITE_ERROR, CTESTVFS_SYNC_ERROR,
  ])
  func oneWriteThatFailsAtAStartIsNotAnotherHost(_ fault: ctestvfs_fault_t) throws {
    for place in 1...12 {
      let folder = TemporaryFolder()
      let former = try Journal(path: folder.journal + ".former")
      let ear = JournalProbe()
      former.start(ear)
      var load = TurnLoad(sessions: 1)
      for transaction in load.opening { former.submit(transaction) }
      former.submit(load.next())
      ear.wait("commits") { $0.committed == load.last }
      for end in ["", "-wal"] {
        let bytes = try #require(
          FileManager.default.contents(atPath: folder.journal + ".former" + end))
        #expect(FileManager.default.createFile(atPath: folder.journal + end, contents: bytes))
      }
      former.stop()

      let layer = FileLayer()
      var options = JournalOptions()
      options.vfs = layer.name
      options.retry = .milliseconds(1)...(.milliseconds(4))
      ctestvfs_fail(layer.name, fault, place, 1)
      guard let journal = try? Journal(path: folder.journal, options: options) else { continue }
      let probe = JournalProbe()
      journal.start(probe)
      // As every host does at its start; its writes may be the first that the disk takes.
      journal.prune(
        PruneLimits(
          before: WallTime(milliseconds: 1), cutsBefore: WallTime(milliseconds: 1),
          handledThrough: 0))
      journal.submit(load.next())
      probe.wait("commit, write \(place)") { $0.committed == load.last || !$0.refused.isEmpty }
      #expect(probe.state.refusals.isEmpty, "write \(place)")
      #expect(journal.stop() == 0)
      let tokens = RawDatabase(folder.journal).rows(
        "SELECT value FROM meta WHERE name = 'host_token'")
      #expect(tokens == ["2"])
    }
  }

  /// Nobody but a host compares it: those that move pages or read need no token.
  @Test func aConnectionThatIsNoHostsComparesNothing() throws {
    _ = try Journal(path: folder.journal)
    var connection = try Connection(path: folder.journal, mode: .readWrite, vfs: nil)
    #expect(try connection.checkOwnership() == nil)
    #expect(token() == ["1"])
  }
}

/// What is over stays as it is, whoever comes late.
@Suite struct LateWriteTests {
  private let folder = TemporaryFolder()

  @Test func anOlderTokenIsRefusedAndTokensNeverSink() throws {
    let journal = try Journal(path: folder.journal)
    let probe = JournalProbe()
    let load = TurnLoad(sessions: 1)
    let id = load.sessions[0]
    for transaction in load.opening { journal.submit(transaction) }
    let first = load.last + 1
    let steps: [[JournalOperation]] = [
      [.raiseToken(id, to: 3), .guardTurn(id, token: 3, nextTurn: 1)],
      [.guardTurn(id, token: 1, nextTurn: 1), .raiseToken(id, to: 9)],
      [.raiseToken(id, to: 2), .guardTurn(id, token: 2, nextTurn: 1)],
      [.guardTurn(id, token: 3, nextTurn: 1)],
    ]
    for (place, operations) in steps.enumerated() {
      journal.submit(Transaction(id: first + UInt64(place), operations: operations))
    }
    journal.start(probe)
    defer { journal.stop() }
    let heard = probe.wait("all") { $0.committed == first + 3 }
    #expect(heard.refused == [first + 1, first + 2])
    #expect(heard.refusals.allSatisfy { $0.cause == .session(id) })
    guard case .session(let session?, _, _)? = probe.ask(journal, .session(id)) else {
      return #expect(Bool(false), "no session")
    }
    #expect(session.token == 3 && session.lastTurn == 0)
  }

  @Test(arguments: [CutStatus.acknowledged, .dropped])
  func aBatchThatIsOverStaysAsItIs(_ status: CutStatus) throws {
    let journal = try Journal(path: folder.journal)
    let probe = JournalProbe()
    let id = TurnLoad(sessions: 1).sessions[0]
    let cut = CutRecord(
      id: 1, enrolment: EnrolmentID(1), session: id, turns: TurnSet([1]), scope: Scope("main"),
      created: WallTime(milliseconds: 1))
    let late = [CutStatus.open, .parked, .acknowledged, .dropped].enumerated().map { place, late in
      Transaction(
        id: UInt64(place) + 2,
        operations: [.settleCut(1, late, isUnknown: true, attempts: 9, reason: "late")])
    }
    journal.submit(
      Transaction(
        id: 1,
        operations: [
          .openCut(cut), .settleCut(1, status, isUnknown: false, attempts: 1, reason: "first"),
        ]))
    for transaction in late { journal.submit(transaction) }
    journal.start(probe)
    defer { journal.stop() }
    probe.wait("all") { $0.committed == 5 }
    guard case .cuts(let cuts)? = probe.ask(journal, .cuts([EnrolmentID(1)], status, limit: 9))
    else { return #expect(Bool(false), "no cuts") }
    #expect(cuts.map(\.reason) == ["first"] && cuts.map(\.attempts) == [1])
  }
}
