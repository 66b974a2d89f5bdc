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

  /// A journal of this host, with one session.
  private func makeCurrent() throws {
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
    try makeCurrent()
    #expect(rows("PRAGMA user_version") == ["\(Schema.current)"])
    try migrate(Schema.steps + next)
    #expect(rows("PRAGMA user_version") == ["\(Schema.current + 2)"])
    #expect(rows("SELECT name FROM shades") == ["red"])
    try migrate(Schema.steps + next)
    #expect(rows("SELECT name FROM shades") == ["red"])
    #expect(rows("SELECT count(*) FROM sessions WHERE colour = 'red'") == ["1"])
  }

  @Test func aStepThatFailsLeavesTheVersionBeforeIt() throws {
    try makeCurrent()
    #expect(throws: StorageFault.self) {
      try migrate(Schema.steps + [next[0], "CREATE TABLE half(a); NONSENSE"])
    }
    #expect(rows("PRAGMA user_version") == ["\(Schema.current + 1)"])
    #expect(rows("SELECT name FROM sqlite_schema WHERE name = 'half'").isEmpty)
    try migrate(Schema.steps + next)
    #expect(rows("PRAGMA user_version") == ["\(Schema.current + 2)"])
  }

  /// A file that the first host left, with a turn of the time before turns had tools.
  private func makeFirst() throws {
    let session = TurnLoad(sessions: 1).sessions[0]
    try migrate(Array(Schema.steps.prefix(1)))
    let connection = try Connection(path: folder.journal, mode: .readWrite, vfs: nil)
    try connection.execute(
      """
      INSERT INTO sessions(id, key, shared_limit, scope, user, title, created, is_hidden,
        is_deleted, summary_limit, summary)
      VALUES('\(session)', 'main:console:dm:a', 0, 'main', 'a', '', 1, 0, 0, 0, '');
      INSERT INTO tails VALUES('\(session)', 1, 1, 1);
      INSERT INTO turns VALUES(1, '\(session)', 1, 0, 0, 1, 2, 'A', 'asked', 'answered');
      """)
  }

  /// Enrolment 1 was at another destination when 2 came, and cut nothing since; 3 was followed by 4
  /// and went on behind it.
  @Test func anOldEnrolmentEndsWhereTheNextOneBegan() throws {
    var connection = try Connection(path: folder.journal, mode: .readWrite, vfs: nil)
    try JournalFile.migrate(&connection, folder.journal, steps: [Schema.steps[0]])
    for (id, instance, start) in [(1, "a", 5), (2, "a", 20), (3, "b", 7), (4, "b", 30)] {
      RawDatabase(folder.journal).execute(
        "INSERT INTO enrolments VALUES(\(id), 'main', '\(instance)', 'at \(id)', \(start), 0)")
    }
    for (id, enrolment) in [(1, 1), (2, 2), (3, 3), (4, 4), (5, 3)] {
      RawDatabase(folder.journal).execute(
        "INSERT INTO cuts VALUES(\(id), \(enrolment), 's', '1', 1, 1, 1, 0, 0, 1, '', 's', NULL, "
          + "'', '', 0)")
    }
    try JournalFile.migrate(&connection, folder.journal, steps: Schema.steps)
    #expect(
      rows("SELECT enrolment, session, after, through FROM spans ORDER BY enrolment")
        == ["1||5|20", "2||20|NULL", "3||7|NULL", "4||30|NULL"])
  }

  @Test func rowsOfTheFirstSchemaAreReadByThisHost() throws {
    try makeFirst()
    #expect(rows("PRAGMA user_version") == ["1"])
    let journal = try Journal(path: folder.journal)
    let probe = JournalProbe()
    journal.start(probe)
    defer { journal.stop() }
    let session = TurnLoad(sessions: 1).sessions[0]
    guard case .turns(let turns)? = probe.ask(journal, .history(session, limit: 9)) else {
      return #expect(Bool(false), "no history")
    }
    #expect(turns.map(\.answerText) == ["answered"] && turns.map(\.tools) == [[]])
    #expect(rows("PRAGMA user_version") == ["\(Schema.current)"])
  }
}
