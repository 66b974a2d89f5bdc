internal import Glibc
internal import HoldfastPlugin

/// Finds memories of one scope.
///
/// The full-text index says which rows have a word; ranking is done here, by the weights of BM25
/// for rare words. SQLite's own `bm25()` scores every hit and counts words over all scopes: 30 ms
/// for a word in half of 50 000 rows, and another person's memories would move the order. Here at
/// most the newest `hitLimit` rows of a word are looked at, so that the time has a bound.
struct Reader {
  /// Rows looked at for a word, newest first.
  static let hitLimit = 1500
  /// Rows of which the text is read, at most, and different ones among them that are enough: what
  /// was said often is read often.
  static let readLimit = 300
  static let candidateLimit = 32
  /// Words looked for by their beginning because the word itself is nowhere.
  static let beginningLimit = 3

  private let selectScope: Statement
  private let selectRows: Statement
  private let selectMemory: Statement
  private let lastRow: Statement

  /// What the person said tells more than what was answered.
  private static let columns: [(name: String, weight: Double)] = [
    ("user_text", 1), ("answer_text", 0.4),
  ]

  init(_ database: Database) throws {
    selectScope = try database.prepare("SELECT id FROM scope WHERE name = ?1")
    selectRows = try database.prepare(
      """
      SELECT rowid FROM memory_text WHERE memory_text MATCH ?1 AND rowid > ?2 AND rowid < ?3
      ORDER BY rowid DESC LIMIT \(Self.hitLimit)
      """)
    selectMemory = try database.prepare(
      """
      SELECT session.name, turn, time_ms, user_text, answer_text
      FROM memory JOIN session ON session.id = memory.session WHERE memory.id = ?1
      """)
    lastRow = try database.prepare("SELECT max(id) FROM memory WHERE id > ?1 AND id < ?2")
  }

  func recall(_ request: RecallRequest) throws -> [RecalledItem] {
    var scope: Int64?
    try selectScope.bind(1, request.head.scope)
    try selectScope.forEachRow { scope = selectScope.integer(0) }
    guard let scope else { return [] }

    let start = scope * Schema.rowsPerScope
    let scores = try scores(of: Query(request.query), after: start)
    var found: [Found] = []
    for (row, score) in Self.best(scores) {
      guard let candidate = try read(row, score), candidate.session != request.head.sessionID,
        !found.contains(where: { $0.user == candidate.user && $0.answer == candidate.answer })
      else { continue }
      found.append(candidate)
      if found.count == Self.candidateLimit { break }
    }
    found.sort { ($0.score, $0.row) > ($1.score, $1.row) }
    return items(found, request)
  }

  /// Sums of weights by row. Newer rows get up to a tenth more.
  private func scores(of query: Query, after start: Int64) throws -> [Int64: Double] {
    var last = start
    lastRow.bind(1, start)
    lastRow.bind(2, start + Schema.rowsPerScope)
    try lastRow.forEachRow { last = max(last, lastRow.integer(0)) }
    let total = Double(last - start)

    var scores: [Int64: Double] = [:]
    var beginnings = 0
    for term in query.terms {
      for column in Self.columns {
        var rows = try rows(matching: Query.phrase(term, in: column.name), after: start)
        if rows.isEmpty, beginnings < Self.beginningLimit * Self.columns.count,
          let beginning = Query.beginning(term, in: column.name)
        {
          beginnings += 1
          rows = try self.rows(matching: beginning, after: start)
        }
        guard let oldest = rows.last else { continue }
        // Beyond the limit the word is taken to be as frequent as within it.
        let share = rows.count < Self.hitLimit ? 1 : total / Double(last - oldest + 1)
        let count = min(total, Double(rows.count) * share)
        let weight = column.weight * log(1 + (total - count + 0.5) / (count + 0.5))
        for row in rows {
          scores[row, default: 0] += weight * (1 + 0.1 * Double(row - start) / total)
        }
      }
    }
    return scores
  }

  private func rows(matching phrase: String, after start: Int64) throws -> [Int64] {
    var rows: [Int64] = []
    try selectRows.bind(1, phrase)
    selectRows.bind(2, start)
    selectRows.bind(3, start + Schema.rowsPerScope)
    try selectRows.forEachRow { rows.append(selectRows.integer(0)) }
    return rows
  }

  private static func best(_ scores: [Int64: Double]) -> [(row: Int64, score: Double)] {
    let sorted = scores.sorted { ($0.value, $0.key) > ($1.value, $1.key) }
    return sorted.prefix(readLimit).map { ($0.key, $0.value) }
  }

  private struct Found {
    let row: Int64
    let score: Double
    let session: String
    let turn: UInt64
    let timeMilliseconds: Int64
    let user: String
    let answer: String
  }

  /// A question matches itself best and helps least, and long texts match by chance.
  private func read(_ row: Int64, _ score: Double) throws -> Found? {
    var found: Found?
    selectMemory.bind(1, row)
    try selectMemory.forEachRow {
      let user = selectMemory.text(3)
      let answer = selectMemory.text(4)
      let asks = user.utf8.last == UInt8(ascii: "?")
      let length = Double(user.utf8.count + answer.utf8.count)
      found = Found(
        row: row, score: score * (asks ? 0.5 : 1) / (1 + 0.1 * log(1 + length / 400)),
        session: selectMemory.text(0), turn: UInt64(clamping: selectMemory.integer(1)),
        timeMilliseconds: selectMemory.integer(2), user: user, answer: answer)
    }
    return found
  }

  /// As many as fit, each cut to at most half of the room so that one does not take it all.
  private func items(_ found: [Found], _ request: RecallRequest) -> [RecalledItem] {
    var room = request.maximumCharacters
    let each = max(200, room / 2)
    var items: [RecalledItem] = []
    for memory in found {
      guard items.count < request.maximumItems, room > 0 else { break }
      let text = Self.text(memory, atMost: min(each, room))
      room -= text.unicodeScalars.count
      items.append(
        RecalledItem(
          text: text, score: memory.score, timeMilliseconds: memory.timeMilliseconds,
          sessionID: memory.session, scope: request.head.scope, turns: (memory.turn, memory.turn)))
    }
    return items
  }

  private static func text(_ memory: Found, atMost limit: Int) -> String {
    let whole = "user: \(memory.user)\nassistant: \(memory.answer)"
    return String(String.UnicodeScalarView(whole.unicodeScalars.prefix(limit)))
  }
}
