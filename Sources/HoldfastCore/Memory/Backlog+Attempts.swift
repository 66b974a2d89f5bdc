extension Backlog {
  /// What to do with the provider next.
  public enum Step: Sendable, Equatable {
    /// Send the open cut.
    case retain(CutRecord)
    /// Take these turns back.
    case withdraw([WithdrawalRecord])
  }

  /// How an attempt ended.
  public enum Outcome: Sendable, Equatable {
    /// The provider has it.
    case acknowledged
    /// It will never take it.
    case refused
    /// It does not have it and may take it later.
    case failed
    /// It may have it.
    case unknown

    /// What a provider's status means for the batch.
    public init(_ status: PluginStatus) {
      switch status {
      case .ok, .duplicate: self = .acknowledged
      case .refused: self = .refused
      case .failed, .busy: self = .failed
      default: self = .unknown
      }
    }
  }

  /// The next step, nil while there is none.
  public func nextStep(at now: Instant) -> Step? {
    guard activity == nil else { return nil }
    let ready = withdrawable
    if !ready.isEmpty, withdrawAt.map({ $0 <= now }) ?? true { return .withdraw(ready) }
    if let cut, cut.isDurable, cut.retryAt.map({ $0 <= now }) ?? true, !isCutGated {
      return .retain(cut.record)
    }
    return nil
  }

  /// Whether the open batch waits for a switch. One that a host of before made may: that host had
  /// told of the switch, but not written down that it had.
  private var isCutGated: Bool {
    guard let gate, lastOfCut > 0 else { return false }
    return cut?.record.turns.first ?? 0 > gate
  }

  /// Whether there is a next step.
  func hasStep(at now: Instant) -> Bool {
    guard activity == nil else { return false }
    if let cut, cut.isDurable, cut.retryAt.map({ $0 <= now }) ?? true, !isCutGated { return true }
    return owed.isEmpty ? false : nextStep(at: now) != nil
  }

  /// When to look again, nil if only an input changes anything.
  public var nextWake: Instant? {
    guard activity == nil else { return nil }
    var first = cut == nil ? dueAt : cut?.retryAt
    if let withdrawAt, !withdrawable.isEmpty { first = min(first ?? withdrawAt, withdrawAt) }
    return first
  }

  /// Withdrawals that may go out: rows that are synced, and whose batch is not about to be sent,
  /// since a batch that arrives behind its withdrawal would bring the turn back. None of them goes
  /// out before the provider has heard of the switch to the session.
  private var withdrawable: [WithdrawalRecord] {
    guard gate == nil else { return [] }
    return owed.filter { owed in
      owed.isDurable && !owed.record.isSent
        && !(cut?.record.turns.contains(owed.record.turn) ?? false)
    }.map(\.record)
  }

  /// A step goes out to the provider.
  public mutating func begin(_ step: Step) {
    switch step {
    case .retain:
      cut?.record.attempts += 1
      activity = .retaining
    case .withdraw(let records):
      activity = .withdrawing(TurnSet(records.map(\.turn)))
    }
  }

  /// The step that was begun did not reach the provider's plugin.
  mutating func withhold() {
    if activity == .retaining { cut?.record.attempts -= 1 }
    activity = nil
  }

  /// What the step that was begun consists of could not be read: it did not reach the provider, and
  /// is begun again after a while.
  mutating func postpone(numbers: inout Numbering, at now: Instant) {
    switch activity {
    case .retaining:
      withhold()
      let failures = (cut?.failures ?? 0) + 1
      cut?.failures = failures
      cut?.retryAt = now + numbers.backoff(failures: failures)
    case .withdrawing:
      activity = nil
      withdrawFailures += 1
      withdrawAt = now + numbers.backoff(failures: withdrawFailures)
    case nil: break
    }
  }

  /// The batch that is under way came to an end. Returns what to write.
  public mutating func retained(
    _ outcome: Outcome, reason: String, numbers: inout Numbering, at now: Instant
  ) -> [JournalOperation] {
    guard activity == .retaining, var current = cut else { return [] }
    activity = nil
    current.wasTried = true
    current.failures += 1
    current.record.reason = reason
    if outcome == .unknown { current.record.isUnknown = true }
    cut = current
    switch outcome {
    case .acknowledged: return acknowledge(current.record)
    case .refused: return park(current.record, numbers: &numbers)
    case .failed, .unknown:
      cut?.retryAt = now + numbers.backoff(failures: current.failures)
      return trimIfNeverStored(numbers: &numbers)
    }
  }

  /// The withdrawal that is under way came to an end. Returns what to write.
  public mutating func withdrew(
    _ outcome: Outcome, numbers: inout Numbering, at now: Instant
  ) -> [JournalOperation] {
    guard case .withdrawing(let turns) = activity else { return [] }
    activity = nil
    guard outcome == .acknowledged else {
      withdrawFailures += 1
      withdrawAt = now + numbers.backoff(failures: withdrawFailures)
      return []
    }
    withdrawAt = nil
    withdrawFailures = 0
    // A dead letter that may have been stored may also be sent again: then once more.
    let again = TurnSet(turns.turns.filter { isParkedUnknown($0) })
    let done = TurnSet(turns.turns.filter { !again.contains($0) })
    for position in owed.indices where again.contains(owed[position].record.turn) {
      owed[position].record.isSent = true
    }
    owed.removeAll { done.contains($0.record.turn) }
    var writes: [JournalOperation] = []
    if !done.isEmpty { writes.append(.settleWithdrawals(enrolment, session.id, done)) }
    if !again.isEmpty { writes.append(.markWithdrawals(enrolment, session.id, again)) }
    return writes
  }

  private mutating func acknowledge(_ record: CutRecord) -> [JournalOperation] {
    cut = nil
    watermark = max(watermark, record.turns.last ?? 0)
    var writes = [settle(record, as: .acknowledged)]
    for position in owed.indices
    where record.turns.contains(owed[position].record.turn) && owed[position].record.isSent {
      // The retry of a dead letter has brought the turn back: it is withdrawn once more.
      owed[position].record.isSent = false
      owed[position].isDurable = false
      writes.append(.oweWithdrawal(owed[position].record))
    }
    return writes
  }

  private mutating func park(_ record: CutRecord, numbers: inout Numbering) -> [JournalOperation] {
    cut = nil
    watermark = max(watermark, record.turns.last ?? 0)
    let undone = record.isUnknown ? TurnSet() : owedTurns(in: record)
    guard !undone.isEmpty else {
      parked.append(record)
      return [settle(record, as: .parked)]
    }
    // Never stored: what was withdrawn from it meanwhile needs no withdrawal, and no place in it.
    owed.removeAll { undone.contains($0.record.turn) }
    var writes: [JournalOperation] = [
      settle(record, as: .dropped), .settleWithdrawals(enrolment, session.id, undone),
    ]
    if var kept = trimmed(record, without: undone, numbers: &numbers) {
      kept.status = .parked
      parked.append(kept)
      writes.append(.openCut(kept))
    }
    return writes
  }

  func settle(_ record: CutRecord, as status: CutStatus) -> JournalOperation {
    .settleCut(
      record.id, status, isUnknown: record.isUnknown, attempts: record.attempts,
      reason: record.reason)
  }

  func isParkedUnknown(_ turn: TurnIndex) -> Bool {
    parked.contains { $0.isUnknown && $0.turns.contains(turn) }
  }

  func owedTurns(in record: CutRecord) -> TurnSet {
    TurnSet(owed.map(\.record.turn).filter { record.turns.contains($0) })
  }
}
