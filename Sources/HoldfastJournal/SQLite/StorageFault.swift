import CSQLite

/// Why a statement did not run.
struct StorageFault: Error, Sendable, CustomStringConvertible {
  /// SQLite's extended result code.
  let code: Int32
  /// The operating system's, 0 if it had no part in it.
  let errno: Int32
  /// What SQLite says; no texts of users.
  let message: String

  /// What may be done about it.
  enum Remedy: Sendable {
    /// The world is in the way: the same again later.
    case retry
    /// The file is not what it should be.
    case damaged
    /// Rows that contradict each other: the host's mistake.
    case defect
  }

  var primary: Int32 { code & 0xFF }

  /// Another connection was in the way.
  var isBusy: Bool { primary == SQLITE_BUSY }

  /// What was written before may be lost, though the system shows it.
  var isFailedSync: Bool { csqlite_is_failed_sync(code) != 0 }

  var remedy: Remedy {
    switch primary {
    case SQLITE_FULL, SQLITE_IOERR, SQLITE_NOMEM, SQLITE_BUSY, SQLITE_LOCKED, SQLITE_CANTOPEN,
      SQLITE_READONLY, SQLITE_PROTOCOL, SQLITE_PERM, SQLITE_INTERRUPT, SQLITE_NOLFS:
      .retry
    case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT: .damaged
    default: .defect
    }
  }

  var description: String { "\(message) (SQLite \(code))" }
}
