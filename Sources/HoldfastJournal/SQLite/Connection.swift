import CSQLite

/// One connection to the journal's file, with its prepared statements. Belongs to one thread at a
/// time; SQLite is opened without locks of its own.
struct Connection: ~Copyable {
  /// What a connection may do.
  enum Mode {
    case readWrite
    case readOnly
  }

  private let handle: OpaquePointer
  private let arena = TextArena()
  private var prepared: [OpaquePointer?]
  /// Of the group that is being written.
  var memory = GroupMemory()
  /// The host that writes by it.
  var ownership = Ownership()
  private let walPages: UnsafeMutablePointer<Int32>

  /// Opens a file, making it if it may write.
  init(path: String, mode: Mode, vfs: String?) throws(StorageFault) {
    let flags =
      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
      | (mode == .readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
    var opened: OpaquePointer?
    let code =
      if let vfs { sqlite3_open_v2(path, &opened, flags, vfs) } else {
        sqlite3_open_v2(path, &opened, flags, nil)
      }
    guard code == SQLITE_OK, let opened else {
      let fault = storageFault(opened, code)
      sqlite3_close_v2(opened)
      throw fault
    }
    handle = opened
    // The log is emptied at the end by name, and not at all after a failed sync.
    csqlite_keep_log_on_close(opened)
    prepared = Array(repeating: nil, count: SQL.allCases.count)
    walPages = .allocate(capacity: 1)
    walPages.initialize(to: 0)
    let count:
      @convention(c) (
        UnsafeMutableRawPointer?, OpaquePointer?, UnsafePointer<CChar>?, Int32
      ) -> Int32 = { context, _, _, pages in
        context?.assumingMemoryBound(to: Int32.self).pointee = pages
        return SQLITE_OK
      }
    // In the place of the hook that moves pages on the committing thread. The pragma that turns
    // that one off would take this one away.
    sqlite3_wal_hook(handle, count, walPages)
  }

  deinit {
    for statement in prepared { sqlite3_finalize(statement) }
    sqlite3_close_v2(handle)
    walPages.deallocate()
  }

  /// Pages in the write-ahead log after the last commit of this connection.
  var pagesInLog: Int { Int(walPages.pointee) }

  /// Rows that the last statement changed.
  var changes: Int { Int(sqlite3_changes(handle)) }

  /// The file cannot be written, though it could be opened.
  var isReadOnly: Bool { sqlite3_db_readonly(handle, "main") != 0 }

  /// Whether a transaction is open.
  var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  /// A statement ready to be bound; prepared at its first use.
  mutating func statement(_ sql: SQL) throws(StorageFault) -> Statement {
    if let known = prepared[sql.rawValue] { return Statement(known, arena: arena) }
    let made = try prepare(sql.text, flags: UInt32(SQLITE_PREPARE_PERSISTENT))
    prepared[sql.rawValue] = made
    return Statement(made, arena: arena)
  }

  /// Runs one or more statements that nothing is bound to.
  func execute(_ text: String) throws(StorageFault) {
    let code = sqlite3_exec(handle, text, nil, nil, nil)
    guard code == SQLITE_OK else { throw storageFault(handle, code) }
  }

  /// First column of the first row of a statement that nothing is bound to, 0 without a row.
  func integer(_ text: String) throws(StorageFault) -> Int64 {
    let statement = try prepare(text, flags: 0)
    defer { sqlite3_finalize(statement) }
    let code = sqlite3_step(statement)
    guard code == SQLITE_ROW || code == SQLITE_DONE else { throw storageFault(handle, code) }
    return code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0
  }

  /// First column of all rows of a statement that nothing is bound to.
  func texts(_ text: String) throws(StorageFault) -> [String] {
    let statement = try prepare(text, flags: 0)
    defer { sqlite3_finalize(statement) }
    var rows: [String] = []
    while true {
      let code = sqlite3_step(statement)
      guard code == SQLITE_ROW else {
        if code == SQLITE_DONE { return rows }
        throw storageFault(handle, code)
      }
      if let value = sqlite3_column_text(statement, 0) { rows.append(String(cString: value)) }
    }
  }

  /// Ends the statement that runs; from any thread, as long as the connection is there.
  func interrupt() { sqlite3_interrupt(handle) }

  /// Waits so long for locks of other processes.
  func waitForLocks(milliseconds: Int32) { sqlite3_busy_timeout(handle, milliseconds) }

  /// Moves pages from the log to the file; how many the log held when it began.
  @discardableResult
  func checkpoint(truncate: Bool) throws(StorageFault) -> Int {
    var pages: Int32 = 0
    let mode = truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE
    let code = sqlite3_wal_checkpoint_v2(handle, nil, mode, &pages, nil)
    guard code == SQLITE_OK else { throw storageFault(handle, code) }
    return Int(pages)
  }

  private func prepare(_ text: String, flags: UInt32) throws(StorageFault) -> OpaquePointer {
    var made: OpaquePointer?
    let code = sqlite3_prepare_v3(handle, text, -1, flags, &made, nil)
    guard code == SQLITE_OK, let made else { throw storageFault(handle, code) }
    return made
  }
}
