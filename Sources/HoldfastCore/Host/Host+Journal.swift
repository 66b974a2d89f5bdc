extension Host {
  /// Nothing can be written for now. What was decided waits and is tried again; new messages are
  /// turned away until it is written.
  mutating func journalStalled(_ reason: String) {
    if journalProblem == nil { journalStalls += 1 }
    journalProblem = reason
    log(.error, "\(reason); until then nothing new is accepted, and nothing accepted is lost")
  }

  mutating func journalResumed() {
    journalProblem = nil
    log(.info, "the journal is written again; nothing was lost")
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
