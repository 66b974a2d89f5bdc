import HoldfastCore
import HoldfastJournal
import HoldfastSimulator
import Testing

/// The journal and its model are told the same and asked the same.
@Suite struct JournalDifferenceTests {
  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
  func journalAndModelAgreeOnEverything(seed: UInt64) throws {
    let folder = TemporaryFolder()
    var script = JournalScript(seed: seed)
    for round in 0..<4 {
      let journal = try Journal(path: folder.journal)
      #expect(try journal.restore() == script.model.snapshot(), "seed \(seed) round \(round)")
      let probe = JournalProbe()
      journal.start(probe)
      for _ in 0..<5 {
        try runBatch(&script, journal, probe)
        compare(&script, journal, probe, "seed \(seed) round \(round)")
      }
      if round > 1 { journal.prune(script.prune()) }
      #expect(journal.stop() == 0)
      #expect(probe.state.failures.isEmpty)
    }
    let journal = try Journal(path: folder.journal)
    #expect(try journal.restore() == script.model.snapshot(), "seed \(seed) at the end")
  }

  private func runBatch(
    _ script: inout JournalScript, _ journal: Journal, _ probe: JournalProbe
  ) throws {
    var last: TransactionID = 0
    var refused: [TransactionID] = []
    for _ in 0..<30 {
      let (transaction, outcome) = script.next()
      last = transaction.id
      if outcome != .committed { refused.append(last) }
      journal.submit(transaction)
    }
    let heard = probe.wait("commit of \(last)") { $0.committed == last || !$0.failures.isEmpty }
    #expect(heard.failures.isEmpty)
    #expect(heard.refused.filter { $0 > last - 30 } == refused)
  }

  private func compare(
    _ script: inout JournalScript, _ journal: Journal, _ probe: JournalProbe, _ place: String
  ) {
    for query in questions(&script) {
      let told = probe.ask(journal, query)
      let expected = script.model.answer(query)
      #expect(told == expected, "\(place): \(query)")
    }
  }

  private func questions(_ script: inout JournalScript) -> [JournalQuery] {
    var queries: [JournalQuery] = []
    for id in script.sessionIDs + [SessionID(value: 7)] {
      let set = TurnSet([1, 2, TurnIndex(4 + script.below(6))])
      queries += [
        .session(id), .history(id, limit: 1 + script.below(12)),
        .history(id, limit: 3, before: TurnIndex(script.below(12))), .turns(id, set),
        .rewind(id, limit: script.below(5)), .belongings(id),
      ]
      if let enrolment = script.pick(script.enrolmentIDs) {
        queries.append(.cutsHolding(enrolment, id, set))
      }
    }
    for enrolment in script.enrolmentIDs {
      for status in [CutStatus.open, .acknowledged, .parked, .dropped] {
        queries.append(.cuts([enrolment], status, limit: 1 + script.below(4)))
        queries.append(.cuts(script.enrolmentIDs, status, limit: 1 + script.below(4)))
      }
    }
    for id in [nil] + script.sessionIDs.map(Optional.some) {
      let after = BusSequence(script.below(200))
      queries.append(
        .backfillPage(
          agent: "main", id, after: after, bound: after + BusSequence(script.below(300)),
          limit: 1 + script.below(20)))
    }
    for (key, _) in script.sortedBindings {
      queries.append(
        .place(
          key, channel: InstanceID("console"), account: "acc",
          messageID: script.chance(20) ? "" : "m\(script.below(400))"))
    }
    for hidden in [true, false] {
      let before = script.chance(50) ? nil : script.pick(script.sessionIDs)
      queries.append(.sessions(before: before, limit: 1 + script.below(9), includeHidden: hidden))
    }
    queries.append(.events(after: 0, limit: 1000))
    queries.append(.events(after: UInt64(script.below(300)), limit: 1 + script.below(20)))
    return queries
  }
}
