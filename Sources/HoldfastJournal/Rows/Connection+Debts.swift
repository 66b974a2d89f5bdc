import HoldfastCore

extension Connection {
  mutating func performOnDebts(_ operation: JournalOperation) throws(StorageFault) {
    switch operation {
    case .enrol(let enrolment): try insert(enrolment)
    case .detach(let id):
      try run(.detach, id.value)
      try run(.detachCursors, id.value)
      try run(.detachWithdrawals, id.value)
      try run(.detachCuts, id.value)
      try run(.detachArrears, id.value)
      try run(.endBackfill, id.value)
    case .setSpans(let id, let spans): try set(spans, of: id)
    case .setArrears(let enrolment, let session, let turns):
      try setArrears(turns, enrolment, session)
    case .setBackfill(let row): try set(row)
    case .endBackfill(let id): try run(.endBackfill, id.value)
    case .setCursor(let enrolment, let session, let watermark, let isOwing):
      var cursor = try statement(.setCursor)
      cursor.bind(session)
      cursor.bind(enrolment.value)
      cursor.bind(watermark)
      cursor.bind(isOwing)
      try cursor.run()
    case .openCut(let cut): try insert(cut)
    case .settleCut(let id, let status, let isUnknown, let attempts, let reason):
      var cut = try statement(.settleCut)
      cut.bind(id)
      cut.bind(status.rawValue)
      cut.bind(isUnknown)
      cut.bind(attempts)
      cut.bind(reason)
      try cut.run()
    case .oweWithdrawal(let row): try insert(row)
    case .settleWithdrawals(let enrolment, let session, let set):
      try run(.settleWithdrawals, enrolment, session, set)
    case .markWithdrawals(let enrolment, let session, let set):
      try run(.markWithdrawals, enrolment, session, set)
    default: break
    }
  }

  private mutating func run(
    _ sql: SQL, _ enrolment: EnrolmentID, _ session: SessionID, _ set: TurnSet
  ) throws(StorageFault) {
    for range in set.ranges {
      var rows = try statement(sql)
      rows.bind(session)
      rows.bind(enrolment.value)
      rows.bind(range.lowerBound)
      rows.bind(range.upperBound)
      try rows.run()
    }
  }

  private mutating func insert(_ enrolment: EnrolmentRecord) throws(StorageFault) {
    var row = try statement(.enrol)
    row.bind(enrolment.id.value)
    row.bind(enrolment.agent)
    row.bind(enrolment.instance.description)
    row.bind(enrolment.destination)
    row.bind(enrolment.start)
    row.bind(enrolment.isDetached)
    try row.run()
    try set(enrolment.spans, of: enrolment.id)
  }

  private mutating func set(
    _ spans: [EnrolmentSpan], of enrolment: EnrolmentID
  ) throws(StorageFault) {
    try run(.removeSpans, enrolment.value)
    for span in spans {
      var row = try statement(.addSpan)
      row.bind(enrolment.value)
      row.bind(span.session?.description ?? "")
      row.bind(span.after)
      row.bind(span.through)
      try row.run()
    }
  }

  private mutating func setArrears(
    _ turns: TurnSet, _ enrolment: EnrolmentID, _ session: SessionID
  ) throws(StorageFault) {
    var row = try statement(turns.isEmpty ? .removeArrears : .setArrears)
    row.bind(session)
    row.bind(enrolment.value)
    if !turns.isEmpty { row.bind(turns.description) }
    try row.run()
  }

  private mutating func set(_ backfill: BackfillRecord) throws(StorageFault) {
    var row = try statement(.setBackfill)
    row.bind(backfill.enrolment.value)
    row.bind(backfill.session)
    row.bind(backfill.position)
    row.bind(backfill.bound)
    row.bind(backfill.turns)
    try row.run()
  }

  private mutating func insert(_ cut: CutRecord) throws(StorageFault) {
    var row = try statement(.openCut)
    row.bind(cut.id)
    row.bind(cut.enrolment.value)
    row.bind(cut.session)
    row.bind(cut.turns.description)
    row.bind(cut.turns.first ?? 0)
    row.bind(cut.turns.last ?? 0)
    row.bind(cut.status.rawValue)
    row.bind(cut.isUnknown)
    row.bind(cut.isOutOfOrder)
    row.bind(cut.attempts)
    row.bind(cut.reason)
    row.bind(cut.document)
    row.bind(cut.parent)
    row.bind(cut.scope.description)
    row.bind(TagList.encode(cut.tags))
    row.bind(cut.created)
    try row.run()
  }

  private mutating func insert(_ row: WithdrawalRecord) throws(StorageFault) {
    var withdrawal = try statement(.oweWithdrawal)
    withdrawal.bind(row.session)
    withdrawal.bind(row.enrolment.value)
    withdrawal.bind(row.turn)
    withdrawal.bind(row.cut)
    withdrawal.bind(row.isSent)
    withdrawal.bind(row.owed)
    withdrawal.bind(row.epoch)
    try withdrawal.run()
  }
}

/// Tags in one column: each ends with a line break; those within a tag, and backslashes, are
/// escaped.
enum TagList {
  static func encode(_ tags: [String]) -> String {
    var bytes: [UInt8] = []
    for tag in tags {
      for byte in tag.utf8 {
        switch byte {
        case 0x0A: bytes += [0x5C, 0x6E]
        case 0x5C: bytes += [0x5C, 0x5C]
        default: bytes.append(byte)
        }
      }
      bytes.append(0x0A)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func decode(_ text: String) -> [String] {
    var tags: [String] = []
    var bytes: [UInt8] = []
    var isEscaped = false
    for byte in text.utf8 {
      if isEscaped {
        bytes.append(byte == 0x6E ? 0x0A : byte)
        isEscaped = false
      } else if byte == 0x5C {
        isEscaped = true
      } else if byte == 0x0A {
        tags.append(String(decoding: bytes, as: UTF8.self))
        bytes.removeAll(keepingCapacity: true)
      } else {
        bytes.append(byte)
      }
    }
    return tags
  }
}
