internal import HoldfastCore
internal import HoldfastJournal

/// Passes on to the engine what the journal reports.
final class JournalBridge: JournalHandler {
  private let engine: Engine
  private let fail: @Sendable (String) -> Void

  /// `fail` hears when the journal is beyond repair.
  init(engine: Engine, fail: @escaping @Sendable (String) -> Void) {
    self.engine = engine
    self.fail = fail
  }

  func committed(through transaction: TransactionID) {
    engine.submitAndHandle(.committed(transaction))
  }

  func refused(_ transaction: TransactionID, reason: String) {
    engine.submit(.refused(transaction, reason))
  }

  func answered(_ read: ReadID, _ answer: JournalAnswer) {
    engine.submit(.answered(read, answer))
  }

  func stalled(_ reason: String) { engine.submit(.journalStalled(reason)) }

  func resumed() { engine.submit(.journalResumed) }

  func failed(_ reason: String) { fail(reason) }
}
