import CSQLite
import Glibc

/// Reads an SQLite file that nobody writes any more.
enum Rows {
  /// Changes a file that a host may write at the same time.
  static func change(_ path: String, _ sql: String) throws {
    var opened: OpaquePointer?
    defer { sqlite3_close_v2(opened) }
    sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE, nil)
    sqlite3_busy_timeout(opened, 10_000)
    guard sqlite3_exec(opened, sql, nil, nil, nil) == SQLITE_OK else {
      throw TestFailure("\(sql): \(String(cString: sqlite3_errmsg(opened)))")
    }
  }

  /// All columns of all rows, as text.
  static func of(_ path: String, _ sql: String) throws -> [[String]] {
    var opened: OpaquePointer?
    defer { sqlite3_close_v2(opened) }
    guard sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK else {
      throw TestFailure("cannot open \(path)")
    }
    var statement: OpaquePointer?
    defer { sqlite3_finalize(statement) }
    guard sqlite3_prepare_v2(opened, sql, -1, &statement, nil) == SQLITE_OK else {
      throw TestFailure("\(sql): \(String(cString: sqlite3_errmsg(opened)))")
    }
    var rows: [[String]] = []
    while sqlite3_step(statement) == SQLITE_ROW {
      rows.append(
        (0..<sqlite3_column_count(statement)).map { column in
          sqlite3_column_text(statement, column).map { String(cString: $0) } ?? ""
        })
    }
    return rows
  }
}
