import CSQLite
import Glibc

extension JournalError {
  /// Pages contradict each other; `finding` says which.
  init(damaged path: String, _ finding: String) {
    self.init(
      .damaged, path,
      "is damaged (\(finding)); restore a copy of it, or move it away with its "
        + "-wal to start anew; `sqlite3 \(path) .recover` shows what can still be read")
  }

  /// Tells what SQLite said in terms of files and remedies.
  init(_ fault: StorageFault, path: String) {
    let system = fault.errno == 0 ? "" : ": \(String(cString: strerror(fault.errno)))"
    switch fault.primary {
    case _ where fault.isMoved:
      self.init(
        .moved, path,
        "was moved, deleted or replaced while the host ran; put it back, or stop the host and "
          + "restore a copy")
    case _ where fault.isLogMoved:
      self.init(
        .moved, path,
        "has lost its log \(path)-wal, which was moved or deleted while the host ran; stop the "
          + "host, which puts what the log held into the journal, and start it again")
    case SQLITE_FULL:
      self.init(.diskFull, path, "cannot grow, the disk is full; free some space")
    case SQLITE_NOTADB, SQLITE_FORMAT:
      self.init(.notAJournal, path, "is not a Holdfast journal; move it away or name another file")
    case SQLITE_CORRUPT:
      self.init(damaged: path, fault.message)
    case SQLITE_BUSY, SQLITE_LOCKED:
      self.init(.locked, path, "is held by another process; end that process")
    case SQLITE_READONLY, SQLITE_PERM, SQLITE_CANTOPEN:
      self.init(
        .notWritable, path,
        "cannot be written\(system); make the file and its folder writable for this user")
    case SQLITE_IOERR where [EROFS, EACCES, EPERM].contains(fault.errno):
      self.init(
        .notWritable, path,
        "cannot be written\(system); make the file and its folder writable for this user")
    case SQLITE_IOERR where fault.errno == ENOSPC || fault.errno == EDQUOT:
      self.init(.diskFull, path, "cannot grow, the disk is full; free some space")
    default:
      self.init(.system, path, "cannot be used\(system): \(fault); look at the disk")
    }
  }
}
