extension Backlog {
  /// The turn was taken back by its author. Returns what to write; withdrawals go out once that is
  /// synced, and behind the batch that holds the turn. `wasOwed` is false for a turn that the
  /// provider never had to get: it is not asked to take that back.
  public mutating func withdraw(
    _ turn: TurnIndex, wasOwed: Bool = true, epoch: Epoch = 0, numbers: inout Numbering,
    at now: Instant
  ) -> [JournalOperation] {
    if pending.remove(turn) {
      if pending.isEmpty { (pendingSince, dueAt) = (nil, nil) }
      return arrears.remove(turn) ? [.setArrears(enrolment, session.id, arrears)] : []
    }
    if let current = cut, current.record.turns.contains(turn) {
      if current.record.isUnknown || activity == .retaining {
        return owe(turn, cut: current.record.id, epoch: epoch, at: now)
      }
      return replaceCut(without: TurnSet(turn...turn), numbers: &numbers)
    }
    if let position = parked.firstIndex(where: { $0.turns.contains(turn) }) {
      return withdrawParked(turn, at: position, epoch: epoch, numbers: &numbers, now: now)
    }
    return wasOwed && turn <= watermark ? owe(turn, cut: 0, epoch: epoch, at: now) : []
  }

  /// Sends a dead letter again, as it is, out of order; nil while another batch is open.
  public mutating func retryParked(_ id: Int64, at now: Instant) -> [JournalOperation]? {
    guard let position = parked.firstIndex(where: { $0.id == id }) else { return [] }
    guard cut == nil, activity == nil else { return nil }
    var record = parked.remove(at: position)
    record.status = .open
    record.isOutOfOrder = true
    cut = OpenCut(record: record, since: now, isDurable: false)
    return [settle(record, as: .open)]
  }

  /// Gives a dead letter up.
  public mutating func dropParked(_ id: Int64) -> [JournalOperation] {
    guard let position = parked.firstIndex(where: { $0.id == id }) else { return [] }
    let record = parked.remove(at: position)
    let sent = TurnSet(
      owed.filter { $0.record.isSent && !isParkedUnknown($0.record.turn) }.map(\.record.turn))
    owed.removeAll { sent.contains($0.record.turn) }
    var writes = [settle(record, as: .dropped)]
    if !sent.isEmpty { writes.append(.settleWithdrawals(enrolment, session.id, sent)) }
    return writes
  }

  /// A provider that cannot take turns back is not asked to. Returns what to write.
  public mutating func waiveWithdrawals() -> [JournalOperation] {
    let turns = TurnSet(owed.map(\.record.turn))
    guard !turns.isEmpty else { return [] }
    owed = []
    return [.settleWithdrawals(enrolment, session.id, turns)]
  }

  /// After a failure that surely stored nothing, turns that were withdrawn meanwhile leave the
  /// batch.
  mutating func trimIfNeverStored(numbers: inout Numbering) -> [JournalOperation] {
    guard let current = cut, !current.record.isUnknown else { return [] }
    let undone = owedTurns(in: current.record)
    guard !undone.isEmpty else { return [] }
    owed.removeAll { undone.contains($0.record.turn) }
    return [.settleWithdrawals(enrolment, session.id, undone)]
      + replaceCut(without: undone, numbers: &numbers)
  }

  private mutating func withdrawParked(
    _ turn: TurnIndex, at position: Int, epoch: Epoch, numbers: inout Numbering, now: Instant
  ) -> [JournalOperation] {
    let record = parked[position]
    if record.isUnknown { return owe(turn, cut: record.id, epoch: epoch, at: now) }
    parked.remove(at: position)
    var writes = [settle(record, as: .dropped)]
    if var kept = trimmed(record, without: TurnSet(turn...turn), numbers: &numbers) {
      kept.status = .parked
      parked.insert(kept, at: position)
      writes.append(.openCut(kept))
    }
    return writes
  }

  private mutating func replaceCut(
    without turns: TurnSet, numbers: inout Numbering
  ) -> [JournalOperation] {
    guard let current = cut else { return [] }
    cut = nil
    var writes = [settle(current.record, as: .dropped)]
    if let kept = trimmed(current.record, without: turns, numbers: &numbers) {
      cut = OpenCut(
        record: kept, since: current.since, isDurable: false, wasTried: current.wasTried,
        failures: current.failures, retryAt: current.retryAt)
      writes.append(.openCut(kept))
    }
    return writes
  }

  /// The rest of a batch under a number, and so a key, of its own; nil if nothing is left.
  func trimmed(
    _ record: CutRecord, without turns: TurnSet, numbers: inout Numbering
  ) -> CutRecord? {
    let rest = TurnSet(record.turns.turns.filter { !turns.contains($0) })
    guard !rest.isEmpty else { return nil }
    var kept = record
    kept.id = numbers.cut()
    kept.turns = rest
    kept.attempts = 0
    return kept
  }

  private mutating func owe(
    _ turn: TurnIndex, cut: Int64, epoch: Epoch, at now: Instant
  ) -> [JournalOperation] {
    var record = WithdrawalRecord(
      enrolment: enrolment, session: session.id, turn: turn, cut: cut)
    record.epoch = epoch
    owed.append(Owed(record: record, isDurable: false, since: now))
    return [.oweWithdrawal(record)]
  }
}
