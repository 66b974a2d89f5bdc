import Glibc
import HoldfastCore

/// What somebody who only looks sees of a journal; nothing is written, and a host may be at it.
public struct JournalExamination: Sendable {
  /// The schema that the file has.
  public private(set) var schema = 0
  /// The schema that this host writes.
  public let knownSchema = Schema.current
  /// Size of the file.
  public let bytes: UInt64
  /// Size of the log beside it.
  public let logBytes: UInt64
  /// Batches that wait for a person.
  public private(set) var parkedBatches = 0
  /// Messages that wait for their turn.
  public private(set) var waitingMessages = 0
  /// What a look at all pages found, nil if they agree or nobody looked.
  public private(set) var damage: String?

  /// Looks at the file; with `isThorough` at all of it, which takes as long as reading it does.
  /// Throws one sentence with the remedy. Blocks; any thread.
  public init(path: String, isThorough: Bool) throws(JournalError) {
    bytes = Self.size(of: path)
    logBytes = Self.size(of: path + "-wal")
    guard access(path, F_OK) == 0 else {
      throw JournalError(.moved, path, "is missing; put it back, or start a host to begin anew")
    }
    var owner: Int64 = 0
    do throws(StorageFault) {
      let connection = try JournalFile.openForReading(path, JournalOptions())
      owner = try connection.integer("PRAGMA application_id")
      if owner == Schema.applicationID { try read(connection, isThorough: isThorough) }
    } catch {
      throw JournalError(error, path: path)
    }
    guard owner == Schema.applicationID else {
      throw JournalError(
        .notAJournal, path, "is no journal of a host; move it away or put the right one there")
    }
  }

  private mutating func read(
    _ connection: borrowing Connection, isThorough: Bool
  ) throws(StorageFault) {
    schema = Int(try connection.integer("PRAGMA user_version"))
    parkedBatches = Int(
      try connection.integer(
        "SELECT count(*) FROM cuts WHERE status = \(CutStatus.parked.rawValue)"))
    waitingMessages = Int(try connection.integer("SELECT count(*) FROM inputs WHERE status = 0"))
    guard isThorough else { return }
    let found = try connection.texts("PRAGMA quick_check(1)").first ?? "ok"
    damage = found == "ok" ? nil : found.split(separator: "\n").last.map(String.init)
  }

  private static func size(of path: String) -> UInt64 {
    var status = stat()
    return stat(path, &status) == 0 ? UInt64(max(0, status.st_size)) : 0
  }
}
