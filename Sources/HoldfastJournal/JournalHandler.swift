public import HoldfastCore

/// Hears from the journal, on the journal's threads: `answered` on either of two, `logGrows` on a
/// third, `failed` on the writer or the one that checks the file, the others on the writer. A
/// handler passes on what it hears and returns soon; while it runs nothing is written. It may
/// submit and ask, but not stop the journal.
public protocol JournalHandler: AnyObject, Sendable {
  /// Every transaction submitted up to this one is synced, but for those reported as refused
  /// before.
  func committed(through transaction: TransactionID)
  /// A guard refused this transaction; nothing of it was written. Later ones go on, unless another
  /// host is the cause: then nothing more is written. Reported after those that it was judged by
  /// are synced, and before `committed` passes it.
  func refused(_ transaction: TransactionID, _ refusal: JournalRefusal)
  /// The answer to a question.
  func answered(_ read: ReadID, _ answer: JournalAnswer)
  /// Nothing can be written for now, for a reason for people. Everything submitted is kept and
  /// tried again; reported once, until `resumed`.
  func stalled(_ reason: String)
  /// Writing goes on; nothing was lost or reordered.
  func resumed()
  /// Pages cannot be moved from the log to the file, for a reason for people; nothing is lost, but
  /// the log grows. nil: they can again. Reported when it changes, on the checkpointing thread.
  func logGrows(_ reason: String?)
  /// The file is damaged, or the host asked for rows that contradict each other. If the writer met
  /// it, nothing more is written by this journal and questions are answered with `failed`; what the
  /// check of the whole file finds is told on its thread, and the handler is to end the host.
  func failed(_ reason: String)
  /// A fault of the disk that keeps nothing from going on, in a sentence for people: the check of
  /// the file was not made to its end, or something is tried again later. On any thread.
  func warned(_ sentence: String)
}

extension JournalHandler {
  /// Nobody has to listen.
  public func warned(_ sentence: String) {}
}
