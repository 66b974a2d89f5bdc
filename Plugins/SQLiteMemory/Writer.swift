internal import HoldfastPlugin

/// Stores turns and removes them. Each call is one transaction, and its key makes it count once.
struct Writer {
  private let database: Database
  private let insertKey: Statement
  private let insertTurn: Statement
  private let insertText: Statement
  private let selectTurn: Statement
  private let deleteTurn: Statement
  private let deleteText: Statement
  private let lastRow: Statement
  private let names: [NameTable: (insert: Statement, select: Statement)]

  private enum NameTable: String, CaseIterable {
    case scope, session
  }

  init(_ database: Database) throws {
    self.database = database
    insertKey = try database.prepare("INSERT OR IGNORE INTO applied VALUES (?1)")
    // The index of a turn is never used twice in its session, so a second one is the same turn.
    insertTurn = try database.prepare(
      "INSERT INTO memory VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING")
    insertText = try database.prepare(
      "INSERT INTO memory_text (rowid, user_text, answer_text) VALUES (?1, ?2, ?3)")
    selectTurn = try database.prepare(
      "SELECT id, user_text, answer_text FROM memory WHERE session = ?1 AND turn = ?2")
    deleteTurn = try database.prepare("DELETE FROM memory WHERE id = ?1")
    // The index forgets a row only when it is told what the row said.
    deleteText = try database.prepare(
      """
      INSERT INTO memory_text (memory_text, rowid, user_text, answer_text)
      VALUES ('delete', ?1, ?2, ?3)
      """)
    lastRow = try database.prepare("SELECT max(id) FROM memory WHERE id > ?1 AND id < ?2")
    var names: [NameTable: (insert: Statement, select: Statement)] = [:]
    for table in NameTable.allCases {
      names[table] = (
        try database.prepare("INSERT OR IGNORE INTO \(table.rawValue) (name) VALUES (?1)"),
        try database.prepare("SELECT id FROM \(table.rawValue) WHERE name = ?1")
      )
    }
    self.names = names
  }

  func retain(_ batch: RetainBatch) throws {
    try database.transaction {
      guard try isNew(batch.key) else { return }
      let session = try number(of: batch.head.sessionID, in: .session)
      var row = try lastRow(ofScope: number(of: batch.head.scope, in: .scope))
      for turn in batch.turns {
        let memory = Memory(turn)
        guard !memory.isEmpty else { continue }
        row += 1
        try insert(memory, row: row, session: session, document: batch.documentID)
      }
    }
  }

  func withdraw(_ withdrawal: Withdrawal) throws {
    try database.transaction {
      guard try isNew(withdrawal.key) else { return }
      let session = try number(of: withdrawal.head.sessionID, in: .session)
      for entry in withdrawal.entries {
        try remove(session: session, turn: Int64(clamping: entry.turn))
      }
    }
  }

  /// What of a turn is worth finding.
  private struct Memory {
    let turn: Int64
    var timeMilliseconds: Int64 = 0
    var user = ""
    var answer = ""

    var isEmpty: Bool { user.isEmpty && answer.isEmpty }

    init(_ turn: Turn) {
      self.turn = Int64(clamping: turn.index)
      for message in turn.messages {
        if timeMilliseconds == 0 { timeMilliseconds = message.timeMilliseconds }
        switch message.role {
        case .user: user += user.isEmpty ? message.text : "\n" + message.text
        case .assistant: answer += answer.isEmpty ? message.text : "\n" + message.text
        default: break
        }
      }
    }
  }

  private func insert(_ memory: Memory, row: Int64, session: Int64, document: String) throws {
    insertTurn.bind(1, row)
    insertTurn.bind(2, session)
    insertTurn.bind(3, memory.turn)
    try insertTurn.bind(4, document)
    insertTurn.bind(5, memory.timeMilliseconds)
    try insertTurn.bind(6, memory.user)
    try insertTurn.bind(7, memory.answer)
    try insertTurn.run()
    guard database.changes == 1 else { return }
    insertText.bind(1, row)
    try insertText.bind(2, memory.user)
    try insertText.bind(3, memory.answer)
    try insertText.run()
  }

  private func remove(session: Int64, turn: Int64) throws {
    var row: Int64?
    selectTurn.bind(1, session)
    selectTurn.bind(2, turn)
    try selectTurn.forEachRow {
      row = selectTurn.integer(0)
      deleteText.bind(1, selectTurn.integer(0))
      try deleteText.bind(2, selectTurn.text(1))
      try deleteText.bind(3, selectTurn.text(2))
    }
    guard let row else { return }
    try deleteText.run()
    deleteTurn.bind(1, row)
    try deleteTurn.run()
  }

  private func isNew(_ key: String) throws -> Bool {
    try insertKey.bind(1, key)
    try insertKey.run()
    return database.changes == 1
  }

  private func number(of name: String, in table: NameTable) throws -> Int64 {
    guard let (insert, select) = names[table] else { return 0 }
    var number: Int64?
    try select.bind(1, name)
    try select.forEachRow { number = select.integer(0) }
    if let number { return number }
    try insert.bind(1, name)
    try insert.run()
    try select.forEachRow { number = select.integer(0) }
    return number ?? 0
  }

  private func lastRow(ofScope scope: Int64) throws -> Int64 {
    let start = scope * Schema.rowsPerScope
    var row = start
    lastRow.bind(1, start)
    lastRow.bind(2, start + Schema.rowsPerScope)
    try lastRow.forEachRow { row = max(row, lastRow.integer(0)) }
    return row
  }
}
