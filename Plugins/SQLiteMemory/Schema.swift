internal import CSQLite
internal import Glibc
internal import HoldfastPlugin

/// The tables, and how a file becomes one that has them.
enum Schema {
  /// "HfMe": tells the file from other programs' databases.
  static let applicationID: Int64 = 0x4866_4d65
  static let version = Int64(migrations.count)

  /// Rows of a scope lie together: its number is the upper part of the row number. So one scope is
  /// a range, which the index can skip to, and no search ever looks at another's.
  static let rowsPerScope: Int64 = 1 << 40

  /// Step n leads from version n to n + 1. Steps are added, never changed.
  ///
  /// Pieces of the index are merged when there are 8 of a size instead of 4: a tenth more turns per
  /// second, for searches that take about a tenth longer.
  private static let migrations = [
    """
    CREATE TABLE scope (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    CREATE TABLE session (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    CREATE TABLE applied (key TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE memory (
      id INTEGER PRIMARY KEY, session INTEGER NOT NULL REFERENCES session (id),
      turn INTEGER NOT NULL, document TEXT NOT NULL, time_ms INTEGER NOT NULL,
      user_text TEXT NOT NULL, answer_text TEXT NOT NULL);
    CREATE UNIQUE INDEX memory_turn ON memory (session, turn);
    CREATE VIRTUAL TABLE memory_text USING fts5 (
      user_text, answer_text, content = 'memory', content_rowid = 'id',
      tokenize = 'porter unicode61 remove_diacritics 2');
    INSERT INTO memory_text (memory_text, rank) VALUES ('automerge', 8);
    PRAGMA application_id = \(applicationID);
    """
  ]

  /// Opens the file for writing, makes it if it is missing, and brings it to this version.
  /// - Throws: `PluginError.refused` with the file and the remedy if a person has to help.
  static func open(_ path: String) throws -> Database {
    try create(path)
    do {
      let database = try connect(path)
      try migrate(database, path)
      return database
    } catch let error as Database.Failure {
      throw explained(error, path)
    }
  }

  /// Another connection to a file that `open` has opened, for reading beside the writer.
  static func openForReading(_ path: String) throws -> Database {
    do {
      let database = try connect(path)
      try database.execute("PRAGMA query_only = ON")
      return database
    } catch let error as Database.Failure {
      throw explained(error, path)
    }
  }

  /// What people said is for nobody else's eyes; SQLite gives its side files the same mode.
  private static func create(_ path: String) throws {
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      let why = String(cString: strerror(errno))
      throw PluginError.refused(
        "cannot open \(path) for writing (\(why)); correct the setting `path` or the permissions")
    }
    close(descriptor)
  }

  private static func connect(_ path: String) throws -> Database {
    let database = try Database(path: path)
    // FULL: what was acknowledged is on the disk, not only in the write-ahead log's page cache.
    try database.execute(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY")
    return database
  }

  private static func migrate(_ database: Database, _ path: String) throws {
    let found = try database.integer("PRAGMA user_version") ?? 0
    let owner = try database.integer("PRAGMA application_id") ?? 0
    let tables = try database.integer("SELECT count(*) FROM sqlite_schema") ?? 0
    guard owner == applicationID || (found == 0 && tables == 0) else {
      throw PluginError.refused(
        "\(path) is the database of another program; set `path` to a file of its own")
    }
    guard found <= version else {
      throw PluginError.refused(
        "\(path) was written by a newer version of this plugin (schema \(found), this one knows "
          + "\(version)); update the plugin, or set `path` to another file")
    }
    for step in Int(found)..<migrations.count {
      try database.transaction {
        // Another instance on the same file may have been faster.
        guard try database.integer("PRAGMA user_version") == Int64(step) else { return }
        try database.execute(migrations[step])
        try database.execute("PRAGMA user_version = \(step + 1)")
      }
    }
  }

  /// A damaged file needs a person; anything else may pass.
  static func explained(_ error: Database.Failure, _ path: String) -> PluginError {
    switch error.code & 0xff {
    case SQLITE_CORRUPT, SQLITE_NOTADB:
      .refused(
        "\(path) is damaged (\(error)); move it away and restore a backup, or let a new one be "
          + "made")
    default: .failed("\(path): \(error)")
    }
  }
}
