internal import CSQLite

/// A connection. Used from one thread at a time.
final class Database {
  /// What SQLite said, and which of its codes it was.
  struct Failure: Error, CustomStringConvertible {
    let code: Int32
    let description: String
  }

  private let handle: OpaquePointer

  /// Opens the file, which must exist.
  init(path: String) throws(Failure) {
    var opened: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    let code = sqlite3_open_v2(path, &opened, flags, nil)
    guard let opened else { throw Failure(code: code, description: "out of memory") }
    handle = opened
    guard code == SQLITE_OK else { throw failure(code) }
    sqlite3_busy_timeout(handle, 5000)
  }

  deinit { sqlite3_close_v2(handle) }

  func failure(_ code: Int32) -> Failure {
    Failure(code: code, description: String(cString: sqlite3_errmsg(handle)))
  }

  /// Runs statements that give no rows.
  func execute(_ sql: String) throws(Failure) {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw failure(code) }
  }

  /// Compiles a statement that is kept; it keeps the connection.
  func prepare(_ sql: String) throws(Failure) -> Statement {
    var compiled: OpaquePointer?
    let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
    let code = sqlite3_prepare_v3(handle, sql, -1, flags, &compiled, nil)
    guard code == SQLITE_OK, let compiled else { throw failure(code) }
    return Statement(compiled, of: self)
  }

  /// Rows that the last statement changed.
  var changes: Int { Int(sqlite3_changes(handle)) }

  /// All of it is stored, durably, or nothing.
  func transaction(_ body: () throws -> Void) throws {
    try execute("BEGIN IMMEDIATE")
    do {
      try body()
      try execute("COMMIT")
    } catch {
      try? execute("ROLLBACK")
      throw error
    }
  }

  /// The first column of the first row, or nil.
  func integer(_ sql: String) throws -> Int64? {
    let statement = try prepare(sql)
    var value: Int64?
    try statement.forEachRow { if value == nil { value = statement.integer(0) } }
    return value
  }
}

/// A compiled statement. Parameters and columns are counted as SQLite does: from 1, and from 0.
final class Statement {
  private let handle: OpaquePointer
  private let database: Database

  init(_ handle: OpaquePointer, of database: Database) {
    self.handle = handle
    self.database = database
  }

  deinit { sqlite3_finalize(handle) }

  func bind(_ parameter: Int32, _ value: Int64) {
    sqlite3_bind_int64(handle, parameter, value)
  }

  /// Copies the text. One that is too long for SQLite fails here, so that it is not taken for null.
  func bind(_ parameter: Int32, _ value: String) throws {
    var value = value
    let code = value.withUTF8 { bytes in
      UnsafeRawPointer(bytes.baseAddress).map { start in
        sqlite3_bind_text64(
          handle, parameter, start.assumingMemoryBound(to: CChar.self), UInt64(bytes.count),
          csqlite_transient(), UInt8(SQLITE_UTF8))
      } ?? sqlite3_bind_text(handle, parameter, "", 0, csqlite_transient())
    }
    guard code == SQLITE_OK else { throw database.failure(code) }
  }

  /// Runs it for its effect.
  func run() throws { try forEachRow {} }

  /// Calls `body` for each row; columns may be read inside.
  func forEachRow(_ body: () throws -> Void) throws {
    defer { sqlite3_reset(handle) }
    while true {
      let code = sqlite3_step(handle)
      if code == SQLITE_DONE { return }
      guard code == SQLITE_ROW else { throw database.failure(code) }
      try body()
    }
  }

  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  func text(_ column: Int32) -> String {
    guard let start = sqlite3_column_text(handle, column) else { return "" }
    let count = Int(sqlite3_column_bytes(handle, column))
    return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }
}
