public import HoldfastCore

/// Hears from the journal, on the journal's threads: `answered` on either, the others on the
/// writer. A handler passes on what it hears and returns soon; while it runs nothing is written. It
/// may submit and ask, but not stop the journal.
public protocol JournalHandler: AnyObject, Sendable {
  /// Every transaction submitted up to this one is synced, but for those reported as refused
  /// before.
  func committed(through transaction: TransactionID)
  /// A guard refused this transaction; nothing of it was written. Later ones go on. Reported after
  /// those that it was judged by are synced, and before `committed` passes it.
  func refused(_ transaction: TransactionID, reason: String)
  /// The answer to a question.
  func answered(_ read: ReadID, _ answer: JournalAnswer)
  /// Nothing can be written for now, for a reason for people. Everything submitted is kept and
  /// tried again; reported once, until `resumed`.
  func stalled(_ reason: String)
  /// Writing goes on; nothing was lost or reordered.
  func resumed()
  /// The file is damaged, or the host asked for rows that contradict each other. Nothing more is
  /// written by this journal; questions are answered with `failed`.
  func failed(_ reason: String)
}
