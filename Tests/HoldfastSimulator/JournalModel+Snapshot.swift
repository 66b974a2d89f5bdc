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
    snapshot.backfills = backfills.values.sorted { $0.enrolment < $1.enrolment }
    snapshot.inputsSetAside = inputs.values.count { $0.status == .setAside }
    snapshot.unknownReplies = replies.values.count { $0.status == .unknown }
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
    let free = (turns[owner.session] ?? []).filter { turn in
      turn.status == .live && !debt.cuts.contains { $0.turns.contains(turn.index) }
    }
    let late = arrears[owner] ?? TurnSet()
    let owed = free.filter { turn in
      turn.index > cursor.watermark && enrolment.owes(turn.sequence, of: turn.session)
    }
    let backfilled = free.filter { late.contains($0.index) }
    debt.pending = TurnSet(Set((owed + backfilled).map(\.index)))
    debt.arrears = TurnSet(free.map(\.index).filter(late.contains))
    debt.pendingSince = owed.min { $0.index < $1.index }?.finished
    return debt
  }

  /// What a backfill looks at next.
  func backfillPage(
    _ agent: String, _ wanted: SessionID?, after: BusSequence, bound: BusSequence, limit: Int
  ) -> BackfillPage {
    let behind = turns.values.joined().filter { turn in
      turn.sequence > after && turn.sequence <= bound && wanted.map { $0 == turn.session } ?? true
    }
    let rows = behind.sorted { $0.sequence < $1.sequence }.prefix(limit)
    var page = BackfillPage(parts: [], through: max(after, bound))
    if rows.count == limit, let last = rows.last { page.through = last.sequence }
    for turn in rows where turn.status == .live {
      guard let session = sessions[turn.session], session.key.agent == agent, !session.isDeleted,
        !purged.contains(session.id)
      else { continue }
      let place = TurnPlace(index: turn.index, sequence: turn.sequence)
      if let part = page.parts.firstIndex(where: { $0.session.id == session.id }) {
        page.parts[part].turns.append(place)
        continue
      }
      var watermarks: [EnrolmentID: TurnIndex] = [:]
      for enrolment in enrolments.values where enrolment.agent == agent && !enrolment.isDetached {
        let owner = Owner(enrolment: enrolment.id, session: session.id)
        if let cursor = cursors[owner] { watermarks[enrolment.id] = cursor.watermark }
      }
      page.parts.append(
        BackfillPage.Part(session: session, watermarks: watermarks, turns: [place]))
    }
    return page
  }
}
