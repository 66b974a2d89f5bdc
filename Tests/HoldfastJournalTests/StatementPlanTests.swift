import HoldfastCore
import Testing

@testable import HoldfastJournal

/// No statement gets slower with the age of the journal: each finds its rows by an index.
@Suite struct StatementPlanTests {
  /// Tables with a handful of rows, and indexes that hold only what is waiting.
  private static let mayBeScanned = [
    "enrolments", "plugin_cursors", "inputs_waiting", "replies_undelivered", "cursors_owing",
    "inputs_set_aside", "replies_unknown", "backfills", "tool_calls", "CONSTANT ROW",
  ]

  /// Settled cuts are listed for people only, oldest first, by a thread that nobody waits for.
  private static let mayScan: Set<SQL> = [.cutsSettled]
  /// The cuts of one session that hold given turns are few.
  private static let maySort: Set<SQL> = [.cutsHolding]
  private static let withoutPlan: Set<SQL> = [
    .begin, .beginReading, .commit, .rollback, .savepoint, .release, .rollbackTo,
  ]

  @Test func everyStatementFindsItsRowsByAnIndex() throws {
    let folder = TemporaryFolder()
    _ = try Journal(path: folder.journal)
    let database = RawDatabase(folder.journal)
    for sql in SQL.allCases where !Self.withoutPlan.contains(sql) {
      for line in database.rows("EXPLAIN QUERY PLAN " + sql.text) {
        let isScan = line.contains("SCAN ") && !Self.mayBeScanned.contains(where: line.contains)
        #expect(!isScan || Self.mayScan.contains(sql), "\(sql): \(line)")
        #expect(!line.contains("TEMP B-TREE") || Self.maySort.contains(sql), "\(sql): \(line)")
        #expect(!line.contains("error"), "\(sql): \(line)")
      }
    }
  }
}
