extension Host {
  /// Nothing can be written for now. What was decided waits and is tried again; new messages are
  /// turned away until it is written.
  mutating func journalStalled(_ reason: String) {
    journal.stalled(reason)
    logStall(reason)
  }

  mutating func journalResumed() {
    journal.resumed(at: now)
    logResumed()
  }

  /// Why nothing can be written now, nil if nothing is known to be in the way.
  var journalProblem: String? { journal.problem }

  /// A transaction goes to the journal.
  mutating func handOver(_ id: TransactionID) {
    journal.handedOver(id, at: now)
    watchJournal()
  }

  mutating func journalSynced(through id: TransactionID) {
    if journal.synced(through: id, at: now) { logResumed() }
  }

  /// A disk that hangs reports no error: that nothing is synced has to do.
  mutating func lookAtJournal() {
    if let problem = journal.look(at: now) { logStall(problem) }
    watchJournal()
  }

  /// The timer is left alone when something is synced, and looks again then.
  private mutating func watchJournal() {
    if let end = journal.end { timers.add(.journal, at: end) }
  }

  private mutating func logStall(_ reason: String) {
    log(.error, "\(reason); until then nothing new is accepted, and nothing accepted is lost")
  }

  private mutating func logResumed() {
    log(.info, "the journal is written again; nothing was lost")
    watchJournal()
  }

  /// The journal is written, but something has to be done before its log fills the disk.
  mutating func journalLogGrows(_ reason: String?) {
    journalLogProblem = reason
    if let reason {
      log(.warning, reason)
    } else {
      log(.info, "the journal's log is moved into its file again")
    }
  }
}
