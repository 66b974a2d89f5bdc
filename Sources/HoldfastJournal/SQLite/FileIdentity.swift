import CSQLite
import Glibc

/// Which file lies at a path, whatever it is called.
struct FileIdentity: Equatable, Sendable {
  private let device: UInt64
  private let number: UInt64

  /// Of what lies there now, nil if nothing does.
  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    (device, number) = (UInt64(status.st_dev), UInt64(status.st_ino))
  }
}

/// The two files that a journal consists of while it is open. A host whose files were moved or
/// deleted would go on writing where nobody finds it again.
struct JournalFiles: Sendable {
  private let path: String
  private let file: FileIdentity?
  private let log: FileIdentity?

  /// Remembers what lies there; after the journal was opened, which makes both.
  init(path: String) {
    self.path = path
    file = FileIdentity(path: path)
    log = FileIdentity(path: path + "-wal")
  }

  /// Throws if another file lies there now, or none.
  func check() throws(StorageFault) {
    if FileIdentity(path: path) != file { throw .moved }
    if let log, FileIdentity(path: path + "-wal") != log { throw .logMoved }
  }
}

extension StorageFault {
  /// SQLite's code for a file that is not where it was, and a code of our own for its log.
  private static let movedCode = SQLITE_READONLY | 4 << 8
  private static let logMovedCode = SQLITE_READONLY | 255 << 8

  static var moved: StorageFault {
    StorageFault(code: movedCode, errno: 0, message: "the file is not where it was")
  }

  static var logMoved: StorageFault {
    StorageFault(code: logMovedCode, errno: 0, message: "the log is not where it was")
  }

  var isMoved: Bool { code == Self.movedCode }
  var isLogMoved: Bool { code == Self.logMovedCode }
}
