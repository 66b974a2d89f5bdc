import HoldfastCore
import Testing

@testable import HoldfastJournal

/// A journal forgets what nobody needs, and so does not grow but by its transcripts.
@Suite struct PruningTests {
  private let folder = TemporaryFolder()
  private static let day: Int64 = 86_400_000

  /// Fifty turns a day, each with all that a host writes of it, and a switch after each ten.
  private struct Days {
    var load = TurnLoad(sessions: 8)
    var turns = 0

    mutating func next() -> Transaction {
      var transaction = load.next()
      turns += 1
      guard case .appendTurn(var turn) = transaction.operations[1] else { return transaction }
      let number = Int64(turns)
      let wall = WallTime(milliseconds: number * (PruningTests.day / 50))
      turn.sequence = BusSequence(2 * turns)
      turn.input = number
      transaction.operations[1] = .appendTurn(turn)
      let key = load.keys[(turns - 1) % load.keys.count]
      var message = InboundMessage()
      message.messageID = "m\(turns)"
      message.text = turn.userText
      var input = InputRecord(
        id: number, message: message, channel: InstanceID("console"), key: key,
        session: turn.session, epoch: 1)
      input.received = wall
      var reply = ReplyRecord(
        id: number, channel: InstanceID("console"), account: "", key: key, session: turn.session,
        text: turn.answerText)
      reply.queued = wall
      let cut = CutRecord(
        id: number, enrolment: EnrolmentID(1), session: turn.session,
        turns: TurnSet(turn.index...turn.index), scope: Scope("main"), created: wall)
      transaction.operations += [
        .acceptInput(input), .settleInput(number, .done), .queueReply(reply),
        .settleReply(number, .sent, result: "p\(turns)"), .openCut(cut),
        .settleCut(number, .acknowledged, isUnknown: false, attempts: 1, reason: ""),
        .setCursor(EnrolmentID(1), turn.session, watermark: turn.index, isOwing: false),
      ]
      if turns % 10 == 0 {
        var event = BusEvent(kind: .sessionSwitched, context: CallContext())
        event.context.session = turn.session
        event.sequence = BusSequence(2 * turns + 1)
        event.time = wall
        transaction.operations.append(.emit(event))
      }
      return transaction
    }

    /// What a host asks for on that day.
    var limits: PruneLimits {
      let now = Int64(turns) * (PruningTests.day / 50)
      return PruneLimits(
        before: WallTime(milliseconds: now - 30 * PruningTests.day),
        cutsBefore: WallTime(milliseconds: now - 180 * PruningTests.day),
        handledThrough: BusSequence(2 * turns))
    }
  }

  /// Pages in use, transcripts left out.
  private func pages() throws -> Int {
    let count = rows("SELECT count(*) FROM dbstat WHERE name NOT LIKE 'turns%'").first
    return try #require(count.flatMap { Int($0) })
  }

  private func rows(_ text: String) -> [String] { RawDatabase(folder.journal).rows(text) }

  /// Writes so many turns, and then prunes to the end of it.
  private func live(
    _ count: Int, _ days: inout Days, _ connection: inout Connection
  ) throws {
    let group = (1...count).map { _ in Work.transaction(days.next()) }
    #expect(try connection.commit(group[...]).isWhole)
    try prune(days.limits, &connection)
    try connection.checkpoint(truncate: false)
  }

  private func prune(_ limits: PruneLimits, _ connection: inout Connection) throws {
    var rest: Pruning? = Pruning(limits: limits)
    while let next = rest { rest = try connection.prune(next) }
  }

  private func open(_ days: Days) throws -> Connection {
    var connection = try JournalFile.open(folder.journal, JournalOptions())
    #expect(try connection.commit(days.load.opening.map { Work.transaction($0) }[...]).isWhole)
    return connection
  }

  @Test func whatIsNoTranscriptStaysBoundedOverFiftyThousandTurns() throws {
    var days = Days()
    var connection = try open(days)
    var measured: [Int] = []
    for _ in 1...100 {
      try live(500, &days, &connection)
      measured.append(try pages())
    }
    #expect(days.turns == 50_000)
    let early = try #require(measured[25..<35].max())
    let late = try #require(measured[90..<100].max())
    #expect(late <= early + early / 20, "\(early) pages after 15 000 turns, \(late) at the end")
    #expect(rows("SELECT count(*) FROM turns") == ["50000"])
    #expect(rows("SELECT count(*) FROM inputs") == ["1501"])
    #expect(rows("SELECT count(*) FROM replies") == ["1501"])
    #expect(rows("SELECT count(*) FROM events") == ["151"])
    #expect(rows("SELECT count(*) FROM cuts") == ["9001"])
  }

  @Test func whatSomebodyStillNeedsStays() throws {
    var days = Days()
    var connection = try open(days)
    let group = (1...100).map { _ in Work.transaction(days.next()) }
    #expect(try connection.commit(group[...]).isWhole)
    let held = WithdrawalRecord(
      enrolment: EnrolmentID(1), session: days.load.sessions[0], turn: 1, cut: 1)
    let decisions = Transaction(id: 1_000, operations: [.oweWithdrawal(held)])
    RawDatabase(folder.journal).execute(
      "UPDATE cuts SET status = 2 WHERE id = 2; UPDATE cuts SET status = 0 WHERE id = 3")
    #expect(try connection.commit([Work.transaction(decisions)][...]).isWhole)
    let end = WallTime(milliseconds: .max)
    try prune(PruneLimits(before: end, cutsBefore: end, handledThrough: 101), &connection)
    #expect(rows("SELECT id FROM cuts ORDER BY id") == ["1", "2", "3"])
    #expect(rows("SELECT min(sequence) FROM events") == ["121"])
    #expect(rows("SELECT count(*) FROM turns") == ["100"])
    let found = try connection.snapshot()
    #expect(found.lastCut == 100 && found.lastInput == 100 && found.lastReply == 100)
    #expect(found.lastSequence == 201)
  }
}

extension GroupOutcome {
  /// All of it is synced.
  var isWhole: Bool { if case .written(let refusals) = self { refusals.isEmpty } else { false } }
}
