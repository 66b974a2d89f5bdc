import CSQLite

/// The file as any program sees it.
final class RawDatabase {
  private let handle: OpaquePointer?

  init(_ path: String) {
    var opened: OpaquePointer?
    sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil)
    handle = opened
  }

  deinit { sqlite3_close_v2(handle) }

  /// Runs statements without results; SQLite's code.
  @discardableResult
  func execute(_ text: String) -> Int32 { sqlite3_exec(handle, text, nil, nil, nil) }

  /// The rows of a statement, their columns joined by bars; parameters are NULL.
  func rows(_ text: String) -> [String] {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(handle, text, -1, &statement, nil) == SQLITE_OK else {
      return ["error: \(String(cString: sqlite3_errmsg(handle)))"]
    }
    defer { sqlite3_finalize(statement) }
    var rows: [String] = []
    while sqlite3_step(statement) == SQLITE_ROW {
      let columns = (0..<sqlite3_column_count(statement)).map { column in
        sqlite3_column_text(statement, column).map { String(cString: $0) } ?? "NULL"
      }
      rows.append(columns.joined(separator: "|"))
    }
    return rows
  }
}
