public import HoldfastCore

extension JournalModel {
  /// What a host that starts now finds.
  public func snapshot() -> Snapshot {
    var snapshot = Snapshot()
    snapshot.lastSequence = lastSequence
    snapshot.lastInput = lastInput
    snapshot.lastReply = lastReply
    snapshot.lastCut = lastCut
    snapshot.enrolments = enrolments.values.sorted { $0.id < $1.id }
    snapshot.debts = cursors.filter(\.value.isOwing).keys.sorted().compactMap(debt)
    snapshot.inputs = inputs.values.filter { $0.status == .waiting }.sorted { $0.id < $1.id }
      .map { ($0, place($0.key)) }
    snapshot.replies = replies.values.filter(\.status.isUndelivered).sorted { $0.id < $1.id }
    snapshot.toolCalls = toolCalls.sorted { $0.key < $1.key }.flatMap { _, calls in
      calls.sorted { $0.key < $1.key }.map(\.value)
    }
    snapshot.eventCursors = eventCursors
    return snapshot
  }

  /// What every enrolment of the session's agent has of it, detached ones left out.
  public func debts(of session: SessionID) -> [DebtRecord] {
    guard let record = sessions[session], !purged.contains(session) else { return [] }
    return enrolments.values.filter { $0.agent == record.key.agent && !$0.isDetached }
      .sorted { $0.id < $1.id }
      .compactMap { debt(Owner(enrolment: $0.id, session: session)) }
  }

  private func debt(_ owner: Owner) -> DebtRecord? {
    guard let session = sessions[owner.session], let enrolment = enrolments[owner.enrolment] else {
      return nil
    }
    let cursor = cursors[owner] ?? Cursor(watermark: 0, isOwing: false)
    var debt = DebtRecord(
      enrolment: owner.enrolment, session: session, watermark: cursor.watermark)
    debt.isOwing = cursor.isOwing
    debt.cuts = cuts.values.filter {
      $0.enrolment == owner.enrolment && $0.session == owner.session && $0.status.isUnsettled
    }.sorted { $0.id < $1.id }
    debt.withdrawals = (withdrawals[owner] ?? [:]).values.sorted { $0.turn < $1.turn }
    if session.isDeleted { return debt }
    let pending = (turns[owner.session] ?? []).filter { turn in
      turn.status == .live && turn.index > cursor.watermark && turn.sequence > enrolment.start
        && !debt.cuts.contains { $0.turns.contains(turn.index) }
    }
    debt.pending = TurnSet(pending.map(\.index))
    return debt
  }
}
