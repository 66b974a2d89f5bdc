/// A backfill under way: what its row says, and what only this run of the host has to know.
struct Backfill: Sendable {
  /// The row.
  var record: BackfillRecord
  /// A page is being read.
  var isReading = false
  /// Sessions whose backlogs were forgotten while the page was read, with how far they were
  /// settled by then: the page may say less.
  var settled: [SessionID: TurnIndex] = [:]

  init(_ record: BackfillRecord) { self.record = record }

  /// While so many sessions owe something, no further page is read.
  static let sessionsAtOnce = 64

  /// How far it is settled in a session of which there is no backlog.
  func watermark(of part: BackfillPage.Part) -> TurnIndex {
    // What was said before it was owed anything there counts as settled.
    let known = part.watermarks[record.enrolment] ?? part.session.lastTurn
    return max(known, settled[part.session.id] ?? 0)
  }
}

/// The same walk for somebody who asks what a backfill would owe; nothing of it is written.
struct BackfillCount: Sendable {
  /// How far it is, for the enrolment that is looked at.
  var record: BackfillRecord
  /// Enrolments that are still to be looked at.
  var rest: ArraySlice<EnrolmentID>
  /// Turns found so far.
  var turns = 0
  /// Their sessions.
  var sessions: Set<SessionID> = []
}
