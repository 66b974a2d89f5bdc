import CTestVFS
import Glibc
import HoldfastCore
import Testing

@testable import HoldfastJournal

/// What stands in the way of opening a journal is said in one sentence, with file and remedy.
@Suite struct JournalOpeningTests {
  private let folder = TemporaryFolder()

  private func error(
    at path: String, _ options: JournalOptions = JournalOptions()
  ) throws -> JournalError {
    try #require(throws: JournalError.self) { _ = try Journal(path: path, options: options) }
  }

  @Test func aNewJournalIsEmptyAndItsOwnersAlone() throws {
    let journal = try Journal(path: folder.journal)
    #expect(try journal.restore() == Snapshot())
    for name in folder.names {
      var status = stat()
      stat("\(folder.path)/\(name)", &status)
      #expect(status.st_mode & 0o777 == 0o600, "\(name)")
    }
    #expect(RawDatabase(folder.journal).rows("PRAGMA application_id") == ["1212566065"])
    #expect(RawDatabase(folder.journal).rows("PRAGMA journal_mode") == ["wal"])
  }

  @Test func aDirectoryIsRefused() throws {
    let error = try error(at: folder.path)
    #expect(error.code == .isDirectory)
    #expect(
      error.description == "journal \(folder.path) is a directory; move it away or name a file")
  }

  @Test func aFolderThatIsMissingIsNamed() throws {
    let path = "\(folder.path)/missing/journal.sqlite"
    let error = try error(at: path)
    #expect(error.code == .notWritable)
    #expect(
      error.description == "journal \(path) cannot be made: No such file or directory; "
        + "make its folder, writable for this user")
  }

  /// Root may write everything, so there this shows nothing.
  @Test(.enabled(if: getuid() != 0))
  func aFileThatCannotBeWrittenIsRefused() throws {
    _ = try Journal(path: folder.journal)
    chmod(folder.journal, 0o400)
    let error = try error(at: folder.journal)
    #expect(error.code == .notWritable)
    #expect(error.description.hasSuffix("make the file and its folder writable for this user"))
  }

  @Test func aFileThatIsNoDatabaseIsRefusedAndLeftAlone() throws {
    let text = String(repeating: "This is a shopping list, not a journal.\n", count: 30)
    try write(text, to: folder.journal)
    let error = try error(at: folder.journal)
    #expect(error.code == .notAJournal)
    #expect(
      error.description == "journal \(folder.journal) is not a Holdfast journal; "
        + "move it away or name another file")
    #expect(try read(folder.journal) == text)
  }

  @Test func theDatabaseOfAnotherApplicationIsRefusedAndLeftAlone() throws {
    RawDatabase(folder.journal).execute("CREATE TABLE recipes(name); PRAGMA user_version = 7")
    let before = try read(folder.journal)
    let error = try error(at: folder.journal)
    #expect(error.code == .notAJournal)
    #expect(error.description.contains("database of another application; move it away"))
    #expect(try read(folder.journal) == before)
  }

  @Test func aNewerSchemaIsNamedWithBothVersions() throws {
    _ = try Journal(path: folder.journal)
    RawDatabase(folder.journal).execute("PRAGMA user_version = 41")
    let error = try error(at: folder.journal)
    #expect(error.code == .newerSchema)
    #expect(
      error.description == "journal \(folder.journal) has schema 41 and this host knows schemas "
        + "up to \(Schema.current); start a newer host, or restore an older copy")
  }

  @Test func aFullDiskIsNamed() throws {
    let layer = FileLayer()
    var options = JournalOptions()
    options.vfs = layer.name
    ctestvfs_fail(layer.name, CTESTVFS_WRITE_FULL, 1, .max)
    let error = try error(at: folder.journal, options)
    #expect(error.code == .diskFull)
    #expect(
      error.description
        == "journal \(folder.journal) cannot grow, the disk is full; free some space")
  }

  @Test func aJournalThatAnotherProgramLocksIsNamed() throws {
    _ = try Journal(path: folder.journal)
    let other = RawDatabase(folder.journal)
    #expect(other.execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; SELECT 1") == 0)
    var options = JournalOptions()
    options.lockWait = .zero
    let error = try error(at: folder.journal, options)
    #expect(error.code == .locked)
    #expect(error.description.hasSuffix("is held by another process; end that process"))
  }

  private func write(_ text: String, to path: String) throws {
    let file = try #require(fopen(path, "w"))
    defer { fclose(file) }
    #expect(fputs(text, file) >= 0)
  }

  private func read(_ path: String) throws -> String {
    let file = try #require(fopen(path, "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
