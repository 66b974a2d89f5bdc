internal import HoldfastCore
internal import HoldfastJournal

/// Passes on to the engine what the journal reports.
final class JournalBridge: JournalHandler {
  private let engine: Engine
  private let journal: Journal
  private let fail: @Sendable (String) -> Void
  private let warn: @Sendable (String) -> Void

  /// `fail` hears when the journal is beyond repair, `warn` of what keeps nothing from going on.
  init(
    engine: Engine, journal: Journal, warn: @escaping @Sendable (String) -> Void,
    fail: @escaping @Sendable (String) -> Void
  ) {
    self.engine = engine
    self.journal = journal
    self.fail = fail
    self.warn = warn
  }

  func committed(through transaction: TransactionID) {
    take(.committed(transaction))
  }

  /// A journal that has more to write goes on with that, and leaves the rules to their own thread.
  private func take(_ input: HostInput) {
    if journal.backlog > 0 { engine.submit(input) } else { engine.submitAndHandle(input) }
  }

  func refused(_ transaction: TransactionID, _ refusal: JournalRefusal) {
    engine.submit(.refused(transaction, refusal))
  }

  func answered(_ read: ReadID, _ answer: JournalAnswer) {
    take(.answered(read, answer))
  }

  func stalled(_ reason: String) { engine.submit(.journalStalled(reason)) }

  func logGrows(_ reason: String?) { engine.submit(.journalLogGrows(reason)) }

  func resumed() { engine.submit(.journalResumed) }

  func failed(_ reason: String) { fail(reason) }

  func warned(_ sentence: String) { warn(sentence) }
}
