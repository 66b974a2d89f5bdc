import HoldfastCore
import Testing

/// Every branch of the checked rules for what a provider is owed of one session.
@Suite struct BacklogTests {
  private var numbers = Numbering(after: Snapshot(), seed: 1)
  private var backlog = BacklogTests.fresh()
  private let now = Instant(nanoseconds: 1_000_000_000)
  private let wall = WallTime(milliseconds: 1_800_000_000_000)

  private static let session = SessionRecord(
    id: SessionID(value: 7), key: SessionKey(agent: "a", channel: "c", kind: .direct, chat: "x"),
    scope: Scope("a/u"), created: WallTime(milliseconds: 0))

  private static func fresh() -> Backlog {
    Backlog(enrolment: EnrolmentID(1), session: session, watermark: 0)
  }

  private mutating func say(_ turns: ClosedRange<TurnIndex>) {
    for turn in turns { backlog.append(turn, dueAt: now + .seconds(60), at: now) }
  }

  /// Cuts what is pending; the row is synced unless told otherwise.
  @discardableResult
  private mutating func cut(limit: Int = 128, isSynced: Bool = true) -> CutRecord {
    let record = backlog.makeCut(limit: limit, numbers: &numbers, at: now, wall: wall)
    if isSynced { backlog.becameDurable(cut: record.id) }
    return record
  }

  private mutating func send() throws {
    backlog.begin(try #require(backlog.nextStep(at: now + .seconds(1000))))
  }

  @discardableResult
  private mutating func end(_ outcome: Backlog.Outcome) -> [JournalOperation] {
    backlog.retained(outcome, reason: "", numbers: &numbers, at: now)
  }

  @discardableResult
  private mutating func undo(_ turn: TurnIndex) -> [JournalOperation] {
    let rows = backlog.withdraw(turn, numbers: &numbers, at: now)
    backlog.becameDurable(withdrawals: TurnSet(turn...turn))
    return rows
  }

  @Test mutating func aCutIsDueByNumberByAgeAndByFlush() {
    say(1...1)
    #expect(!backlog.isCutDue(every: 2, at: now))
    #expect(backlog.isCutDue(every: 1, at: now))
    #expect(backlog.isCutDue(every: 2, at: now + .seconds(60)))
    backlog.flush()
    #expect(backlog.isCutDue(every: 2, at: now))
  }

  @Test mutating func noByteIsSentBeforeTheCutIsSynced() {
    say(1...2)
    let record = cut(isSynced: false)
    #expect(backlog.nextStep(at: now) == nil)
    backlog.becameDurable(cut: record.id)
    #expect(backlog.nextStep(at: now) == .retain(record))
  }

  @Test mutating func aCutCarriesItsOwnIdentity() {
    say(1...2)
    let record = cut()
    #expect(record.document == Self.session.id.description)
    #expect(record.tags == ["session:\(Self.session.id)"])
    #expect(record.turns == TurnSet(1...2) && record.scope == Self.session.scope)
  }

  @Test mutating func anAcknowledgementMovesTheWatermark() throws {
    say(1...2)
    let record = cut()
    try send()
    #expect(backlog.watermark == 0)
    let rows = end(.acknowledged)
    #expect(backlog.watermark == 2 && backlog.cut == nil && backlog.isSettled)
    #expect(
      rows == [
        .settleCut(record.id, .acknowledged, isUnknown: false, attempts: 1, reason: "")
      ])
  }

  @Test mutating func anAnswerToNothingChangesNothing() {
    say(1...1)
    cut()
    #expect(end(.acknowledged).isEmpty)
    #expect(backlog.watermark == 0)
  }

  @Test mutating func aFailureSendsTheSameRowAgainAfterAWait() throws {
    say(1...1)
    let record = cut()
    try send()
    end(.failed)
    #expect(backlog.nextStep(at: now) == nil)
    let wake = try #require(backlog.nextWake)
    guard case .retain(let again) = try #require(backlog.nextStep(at: wake)) else {
      Issue.record("not sent again")
      return
    }
    #expect(again.keyName == record.keyName && again.turns == record.turns)
  }

  @Test mutating func aRefusalParksAndLaterBatchesGoOn() throws {
    say(1...1)
    cut()
    try send()
    end(.refused)
    #expect(backlog.parked.map(\.turns) == [TurnSet(1...1)])
    #expect(backlog.watermark == 1 && !backlog.isOwing && !backlog.isSettled)
    say(2...2)
    #expect(backlog.isCutDue(every: 1, at: now))
  }

  @Test mutating func unknownIsStickyUntilAcknowledged() throws {
    say(1...1)
    cut()
    try send()
    end(.unknown)
    try send()
    end(.failed)
    #expect(backlog.cut?.record.isUnknown == true)
    try send()
    end(.refused)
    #expect(backlog.parked.first?.isUnknown == true)
  }

  @Test mutating func undoOfAPendingTurnDropsIt() {
    say(1...2)
    #expect(undo(2).isEmpty)
    #expect(backlog.pending == TurnSet(1...1))
  }

  @Test mutating func undoInABatchThatWasNeverSentCutsItAgainUnderANewKey() {
    say(1...2)
    let first = cut()
    undo(2)
    #expect(backlog.cut?.record.turns == TurnSet(1...1))
    #expect(backlog.cut?.record.keyName != first.keyName)
    #expect(backlog.owed.isEmpty && backlog.nextStep(at: now) == nil)
  }

  @Test mutating func undoInABatchInFlightWaitsForItsAcknowledgement() throws {
    say(1...2)
    cut()
    try send()
    #expect(undo(2).count == 1)
    end(.unknown)
    // The batch is to be sent again before anything is withdrawn from it.
    guard case .retain = try #require(backlog.nextStep(at: now + .seconds(1000))) else {
      Issue.record("the withdrawal overtook its batch")
      return
    }
    try send()
    end(.acknowledged)
    guard case .withdraw(let rows) = try #require(backlog.nextStep(at: now)) else {
      Issue.record("no withdrawal")
      return
    }
    #expect(rows.map(\.turn) == [2])
  }

  @Test mutating func aSurelyFailedBatchLosesWhatWasUndoneMeanwhile() throws {
    say(1...2)
    cut()
    try send()
    undo(1)
    end(.failed)
    #expect(backlog.cut?.record.turns == TurnSet(2...2))
    #expect(backlog.owed.isEmpty)
  }

  @Test mutating func aRefusedBatchThatWasNeverStoredIsParkedWithoutTheUndone() throws {
    say(1...2)
    cut()
    try send()
    undo(1)
    end(.refused)
    #expect(backlog.parked.map(\.turns) == [TurnSet(2...2)])
    #expect(backlog.owed.isEmpty)
  }

  @Test mutating func undoOfASettledTurnIsWithdrawn() throws {
    say(1...1)
    cut()
    try send()
    end(.acknowledged)
    undo(1)
    try send()
    let rows = backlog.withdrew(.acknowledged, numbers: &numbers, at: now)
    #expect(rows == [.settleWithdrawals(EnrolmentID(1), Self.session.id, TurnSet(1...1))])
    #expect(backlog.isSettled)
  }

  @Test mutating func undoInADeadLetterThatMayBeStoredIsWithdrawnNowAndAfterARetry() throws {
    say(1...1)
    let record = cut()
    try send()
    end(.unknown)
    try send()
    end(.refused)
    undo(1)
    try send()
    _ = backlog.withdrew(.acknowledged, numbers: &numbers, at: now)
    #expect(backlog.owed.map(\.record.isSent) == [true])
    #expect(backlog.retryParked(record.id, at: now)?.count == 1)
    #expect(backlog.cut?.record.isOutOfOrder == true)
    backlog.becameDurable(cut: record.id)
    try send()
    end(.acknowledged)
    // That it is owed once more is a row of its own.
    #expect(backlog.nextStep(at: now) == nil)
    backlog.becameDurable(withdrawals: TurnSet(1...1))
    guard case .withdraw = try #require(backlog.nextStep(at: now)) else {
      Issue.record("not withdrawn after the retry")
      return
    }
  }

  @Test mutating func undoInADeadLetterThatWasNeverStoredTrimsIt() throws {
    say(1...2)
    let record = cut()
    try send()
    end(.refused)
    undo(1)
    #expect(backlog.parked.map(\.turns) == [TurnSet(2...2)])
    #expect(backlog.parked.first?.id != record.id && backlog.owed.isEmpty)
  }

  @Test mutating func aDeadLetterIsNotSentWhileAnotherBatchIsOpen() throws {
    say(1...1)
    let record = cut()
    try send()
    end(.refused)
    say(2...2)
    cut()
    #expect(backlog.retryParked(record.id, at: now) == nil)
  }

  @Test mutating func aFlushIsOverOnceItsBatchWasTried() throws {
    say(1...3)
    #expect(!backlog.hasFlushed(through: 2))
    cut(limit: 2)
    #expect(!backlog.hasFlushed(through: 2))
    try send()
    #expect(!backlog.hasFlushed(through: 2))
    end(.unknown)
    #expect(backlog.hasFlushed(through: 2))
  }

  @Test mutating func aGateHoldsTurnsAndWithdrawalsBack() throws {
    say(1...1)
    cut()
    try send()
    end(.acknowledged)
    undo(1)
    say(2...2)
    backlog.gate = 1
    #expect(!backlog.isCutDue(every: 1, at: now))
    #expect(backlog.nextStep(at: now) == nil)
    #expect(!backlog.hasFlushed(through: 2))
    backlog.gate = nil
    #expect(backlog.isCutDue(every: 1, at: now))
    #expect(backlog.nextStep(at: now) != nil)
  }

  @Test func whatWasCutBeforeAStartMayHaveBeenStored() {
    var debt = DebtRecord(enrolment: EnrolmentID(1), session: Self.session, watermark: 0)
    debt.cuts = [
      CutRecord(
        id: 1, enrolment: EnrolmentID(1), session: Self.session.id, turns: TurnSet(1...2),
        scope: Self.session.scope, created: wall)
    ]
    var restored = Backlog(restoring: debt, at: now, wall: wall)
    #expect(restored.cut?.record.isUnknown == true)
    var numbers = numbers
    _ = restored.withdraw(1, numbers: &numbers, at: now)
    #expect(restored.cut?.record.turns == TurnSet(1...2) && restored.owed.count == 1)
  }
}
