import Glibc
import HoldfastCore

/// Opens the file of a journal and brings its schema up to date.
enum JournalFile {
  /// The writer's connection.
  static func open(
    _ path: String, _ options: JournalOptions
  ) throws(JournalError) -> Connection {
    try inspect(path)
    do {
      var connection = try Connection(path: path, mode: .readWrite, vfs: options.vfs)
      connection.waitForLocks(milliseconds: Int32(options.lockWait.milliseconds))
      if connection.isReadOnly {
        throw JournalError(
          .notWritable, path,
          "cannot be written; make the file and its folder writable for this user")
      }
      try checkOwner(of: connection, path)
      try configure(connection, options)
      try migrate(&connection, path, steps: Schema.steps)
      try connection.beginOwnership()
      return connection
    } catch let fault as StorageFault {
      throw JournalError(fault, path: path)
    } catch let error as JournalError {
      throw error
    } catch {
      throw JournalError(.system, path, "cannot be opened")
    }
  }

  /// A connection that only reads, of a file that a writer has opened.
  static func openForReading(
    _ path: String, _ options: JournalOptions
  ) throws(StorageFault) -> Connection {
    let connection = try Connection(path: path, mode: .readOnly, vfs: options.vfs)
    connection.waitForLocks(milliseconds: 5000)
    try connection.execute(
      "PRAGMA cache_size = -\(options.readerCache); PRAGMA mmap_size = 0; PRAGMA temp_store = 2")
    return connection
  }

  /// Sees what is at the path before SQLite does, and makes a file that only its owner can read.
  private static func inspect(_ path: String) throws(JournalError) {
    var status = stat()
    // SQLite would delete the log of a file that is empty, and what is in it with it.
    if size(of: path + "-wal") > 0, size(of: path) == 0 {
      throw JournalError(
        .moved, path,
        "is missing or empty, but its log \(path)-wal is there; put the journal back beside it, or "
          + "move the log away to start anew")
    }
    if stat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR {
        throw JournalError(.isDirectory, path, "is a directory; move it away or name a file")
      }
      return
    }
    let descriptor = Glibc.open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    if descriptor < 0 {
      let code = errno
      let reason = String(cString: strerror(code))
      if code == ENOSPC || code == EDQUOT {
        throw JournalError(.diskFull, path, "cannot be made, the disk is full; free some space")
      }
      throw JournalError(
        .notWritable, path,
        "cannot be made: \(reason); make its folder, writable for this user")
    }
    Glibc.close(descriptor)
  }

  private static func size(of path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Keeps hands off the database of another application.
  private static func checkOwner(of connection: borrowing Connection, _ path: String) throws {
    let owner = try connection.integer("PRAGMA application_id")
    if owner == Schema.applicationID { return }
    let isEmpty = try connection.integer("SELECT count(*) FROM sqlite_schema") == 0
    if owner != 0 || !isEmpty {
      throw JournalError(
        .notAJournal, path,
        "is a database of another application; move it away or name another file")
    }
  }

  private static func configure(
    _ connection: borrowing Connection, _ options: JournalOptions
  ) throws(StorageFault) {
    try connection.execute(
      """
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA journal_size_limit = \(options.logLimit);
      PRAGMA foreign_keys = OFF;
      PRAGMA secure_delete = OFF;
      PRAGMA cache_size = -\(options.writerCache);
      PRAGMA mmap_size = 0;
      PRAGMA temp_store = 2;
      """)
  }

  /// Runs the steps that the file has not seen, each in a transaction of its own.
  static func migrate(
    _ connection: inout Connection, _ path: String, steps: [String]
  ) throws {
    let found = Int(try connection.integer("PRAGMA user_version"))
    guard found <= steps.count else {
      throw JournalError(
        .newerSchema, path,
        "has schema \(found) and this host knows schemas up to \(steps.count); "
          + "start a newer host, or restore an older copy")
    }
    for version in found..<steps.count {
      try connection.execute("BEGIN IMMEDIATE")
      do {
        try connection.execute(steps[version])
        try connection.execute("PRAGMA user_version = \(version + 1)")
        try connection.execute("PRAGMA application_id = \(Schema.applicationID)")
        try connection.execute("COMMIT")
      } catch {
        if connection.isInTransaction { try? connection.execute("ROLLBACK") }
        throw error
      }
    }
  }
}
