/// Why a journal cannot be opened or read.
public struct JournalError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is in the way.
  public enum Code: Sendable, Equatable {
    /// The path names a directory.
    case isDirectory
    /// File or folder cannot be written.
    case notWritable
    /// The file is no database, or that of another application.
    case notAJournal
    /// There is no room.
    case diskFull
    /// It was written by a newer host.
    case newerSchema
    /// Another process holds it.
    case locked
    /// Pages contradict each other.
    case damaged
    /// Its files are not where they were when it was opened.
    case moved
    /// The system refused, for any other reason.
    case system
  }

  /// What is in the way.
  public let code: Code
  /// The file.
  public let path: String
  /// One sentence with the file and the remedy.
  public let description: String

  init(_ code: Code, _ path: String, _ what: String) {
    self.code = code
    self.path = path
    description = "journal \(path) \(what)"
  }
}
