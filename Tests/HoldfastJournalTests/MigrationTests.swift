import HoldfastCore
import Testing

@testable import HoldfastJournal

/// A journal of an older schema goes through every step that it has not seen, once.
@Suite struct MigrationTests {
  private let folder = TemporaryFolder()
  private let next = [
    "ALTER TABLE sessions ADD COLUMN colour TEXT; UPDATE sessions SET colour = 'red'",
    "CREATE TABLE shades(name TEXT); INSERT INTO shades SELECT colour FROM sessions",
  ]

  /// A journal as the first schema left it, with one session.
  private func makeFirst() throws {
    let journal = try Journal(path: folder.journal)
    let probe = JournalProbe()
    journal.start(probe)
    for transaction in TurnLoad(sessions: 1).opening { journal.submit(transaction) }
    probe.wait("commit") { $0.committed == 1 }
    journal.stop()
  }

  private func migrate(_ steps: [String]) throws {
    var connection = try Connection(path: folder.journal, mode: .readWrite, vfs: nil)
    try JournalFile.migrate(&connection, folder.journal, steps: steps)
  }

  private func rows(_ text: String) -> [String] { RawDatabase(folder.journal).rows(text) }

  @Test func everyStepThatIsMissingRunsOnce() throws {
    try makeFirst()
    #expect(rows("PRAGMA user_version") == ["1"])
    try migrate(Schema.steps + next)
    #expect(rows("PRAGMA user_version") == ["3"])
    #expect(rows("SELECT name FROM shades") == ["red"])
    try migrate(Schema.steps + next)
    #expect(rows("SELECT name FROM shades") == ["red"])
    #expect(rows("SELECT count(*) FROM sessions WHERE colour = 'red'") == ["1"])
  }

  @Test func aStepThatFailsLeavesTheVersionBeforeIt() throws {
    try makeFirst()
    #expect(throws: StorageFault.self) {
      try migrate(Schema.steps + [next[0], "CREATE TABLE half(a); NONSENSE"])
    }
    #expect(rows("PRAGMA user_version") == ["2"])
    #expect(rows("SELECT name FROM sqlite_schema WHERE name = 'half'").isEmpty)
    try migrate(Schema.steps + next)
    #expect(rows("PRAGMA user_version") == ["3"])
  }

  @Test func rowsOfTheFirstSchemaAreReadByThisHost() throws {
    try makeFirst()
    let journal = try Journal(path: folder.journal)
    let probe = JournalProbe()
    journal.start(probe)
    defer { journal.stop() }
    guard
      case .sessions(let page)? = probe.ask(
        journal, .sessions(before: nil, limit: 9, includeHidden: true))
    else { return #expect(Bool(false), "no listing") }
    #expect(page.map(\.session.id) == TurnLoad(sessions: 1).sessions)
  }
}
