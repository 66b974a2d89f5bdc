import CSQLite
import Glibc

extension JournalError {
  /// Tells what SQLite said in terms of files and remedies.
  init(_ fault: StorageFault, path: String) {
    let system = fault.errno == 0 ? "" : ": \(String(cString: strerror(fault.errno)))"
    switch fault.primary {
    case SQLITE_FULL:
      self.init(.diskFull, path, "cannot grow, the disk is full; free some space")
    case SQLITE_NOTADB, SQLITE_FORMAT:
      self.init(.notAJournal, path, "is not a Holdfast journal; move it away or name another file")
    case SQLITE_CORRUPT:
      self.init(.damaged, path, "is damaged; restore a copy of it, or move it away to start anew")
    case SQLITE_BUSY, SQLITE_LOCKED:
      self.init(.locked, path, "is held by another process; end that process")
    case SQLITE_READONLY, SQLITE_PERM, SQLITE_CANTOPEN:
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
