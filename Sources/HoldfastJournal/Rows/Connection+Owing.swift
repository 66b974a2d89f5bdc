import HoldfastCore

/// What is owed, as it is read.
extension Connection {
  /// In which stretches turns are owed to an enrolment.
  mutating func spans(of enrolment: EnrolmentID) throws(StorageFault) -> [EnrolmentSpan] {
    var rows = try statement(.spansOf)
    rows.bind(enrolment.value)
    var spans: [EnrolmentSpan] = []
    while try rows.step() {
      let session = SessionID(rows.text())
      let after = rows.uint64()
      spans.append(
        EnrolmentSpan(
          session: session, after: after, through: rows.skipNull() ? nil : rows.uint64()))
    }
    return spans
  }

  /// The debts that a start has to know of.
  mutating func owingDebts(
    to enrolments: [EnrolmentRecord]
  ) throws(StorageFault) -> [DebtRecord] {
    var debts: [DebtRecord] = []
    var owing = try statement(.owingCursors)
    while try owing.step() {
      let id = owing.session()
      let enrolment = owing.enrolmentID()
      guard let record = enrolments.first(where: { $0.id == enrolment }),
        let session = try session(id)
      else { continue }
      var debt = DebtRecord(enrolment: enrolment, session: session, watermark: owing.uint64())
      debt.isOwing = true
      try fill(&debt, of: record)
      debts.append(debt)
    }
    return debts
  }

  /// What every enrolment of the session's agent has of it, detached ones left out.
  mutating func debts(of id: SessionID) throws(StorageFault) -> [DebtRecord] {
    guard let session = try session(id) else { return [] }
    var debts: [DebtRecord] = []
    var enrolments = try statement(.enrolmentsOfAgent)
    enrolments.bind(session.key.agent)
    while try enrolments.step() {
      let enrolment = enrolments.enrolmentID()
      var record = EnrolmentRecord(
        id: enrolment, agent: session.key.agent, instance: InstanceID(""), destination: "",
        start: 0)
      record.spans = try spans(of: enrolment)
      var debt = DebtRecord(enrolment: enrolment, session: session, watermark: 0)
      if let cursor = try cursor(of: enrolment, in: id) {
        (debt.watermark, debt.isOwing) = cursor
      }
      try fill(&debt, of: record)
      debts.append(debt)
    }
    return debts
  }

  private mutating func cursor(
    of enrolment: EnrolmentID, in session: SessionID
  ) throws(StorageFault) -> (watermark: TurnIndex, isOwing: Bool)? {
    var cursor = try statement(.cursor)
    cursor.bind(session)
    cursor.bind(enrolment.value)
    return try cursor.step() ? (cursor.uint64(), cursor.bool()) : nil
  }

  private mutating func fill(
    _ debt: inout DebtRecord, of enrolment: EnrolmentRecord
  ) throws(StorageFault) {
    var cuts = try statement(.unsettledCuts)
    cuts.bind(debt.session.id)
    cuts.bind(debt.enrolment.value)
    while try cuts.step() { debt.cuts.append(cuts.cutRecord()) }
    var withdrawals = try statement(.withdrawalsOf)
    withdrawals.bind(debt.session.id)
    withdrawals.bind(debt.enrolment.value)
    while try withdrawals.step() {
      var withdrawal = WithdrawalRecord(
        enrolment: debt.enrolment, session: debt.session.id, turn: withdrawals.uint64(),
        cut: withdrawals.int64())
      withdrawal.isSent = withdrawals.bool()
      withdrawal.owed = withdrawals.time()
      withdrawal.epoch = withdrawals.uint64()
      debt.withdrawals.append(withdrawal)
    }
    // Of a deleted session nothing is owed any more but withdrawals.
    if debt.session.isDeleted { return }
    let held = debt.cuts.reduce(TurnSet()) { $0.union($1.turns) }
    var turns = try statement(.pendingTurns)
    turns.bind(debt.session.id)
    turns.bind(debt.watermark)
    while try turns.step() {
      let turn = turns.uint64()
      if enrolment.owes(turns.uint64(), of: debt.session.id), !held.contains(turn) {
        let said = turns.time()
        if debt.pending.isEmpty { debt.pendingSince = said }
        debt.pending.append(turn)
      }
    }
    debt.arrears = try arrears(of: debt).subtracting(held)
    debt.pending = debt.pending.union(debt.arrears)
  }

  /// What a backfill added and is in no batch, without what was taken back since.
  private mutating func arrears(of debt: DebtRecord) throws(StorageFault) -> TurnSet {
    var row = try statement(.arrearsOf)
    row.bind(debt.session.id)
    row.bind(debt.enrolment.value)
    guard try row.step(), let turns = TurnSet(row.text()) else { return TurnSet() }
    var live = TurnSet()
    for range in turns.ranges {
      var rows = try statement(.liveTurnsBetween)
      rows.bind(debt.session.id)
      rows.bind(range.lowerBound)
      rows.bind(range.upperBound)
      while try rows.step() { live.append(rows.uint64()) }
    }
    return live
  }

  /// What a backfill looks at next.
  mutating func backfillPage(
    _ agent: String, _ wanted: SessionID?, behind range: Range<BusSequence>, limit: Int
  ) throws(StorageFault) -> BackfillPage {
    var page = BackfillPage(parts: [], through: range.upperBound)
    var places: [SessionID: Int] = [:]
    var count = 0
    var rows = try statement(wanted == nil ? .turnsBehind : .turnsOfSessionBehind)
    rows.bind(range.lowerBound)
    rows.bind(range.upperBound)
    if let wanted { rows.bind(wanted) }
    rows.bind(limit)
    while try rows.step() {
      let sequence = rows.uint64()
      let session = rows.session()
      let turn = TurnPlace(index: rows.uint64(), sequence: sequence)
      let isLive = rows.int() == TurnStatus.live.rawValue
      count += 1
      if count == limit { page.through = sequence }
      if isLive { try add(turn, of: session, agent, to: &page, &places) }
    }
    page.parts.removeAll { $0.turns.isEmpty }
    return page
  }

  private mutating func add(
    _ turn: TurnPlace, of id: SessionID, _ agent: String, to page: inout BackfillPage,
    _ places: inout [SessionID: Int]
  ) throws(StorageFault) {
    if let place = places[id] {
      if place >= 0 { page.parts[place].turns.append(turn) }
      return
    }
    guard let session = try session(id), session.key.agent == agent, !session.isDeleted else {
      places[id] = -1
      return
    }
    var part = BackfillPage.Part(session: session, watermarks: [:], turns: [turn])
    var enrolments = try statement(.enrolmentsOfAgent)
    enrolments.bind(agent)
    while try enrolments.step() {
      let enrolment = enrolments.enrolmentID()
      if let cursor = try cursor(of: enrolment, in: id) {
        part.watermarks[enrolment] = cursor.watermark
      }
    }
    places[id] = page.parts.count
    page.parts.append(part)
  }
}
