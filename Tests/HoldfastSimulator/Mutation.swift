import HoldfastCore

/// A mistake that is made on purpose, to see whether the simulator notices it.
public enum Mutation: String, Sendable, CaseIterable {
  /// The row of a cut is not written.
  case dropCuts
  /// The journal reports what is not synced.
  case reportBeforeSync
  /// A provider says that it has a batch and has not.
  case acknowledgeWithoutStoring
  /// A provider does not honour keys.
  case forgetKeys
  /// A provider says that a turn is gone and keeps it.
  case ignoreWithdrawals
  /// A provider labels other people's memories as this person's.
  case answerFromAnyScope
  /// Withdrawals are not written.
  case dropWithdrawals
  /// The end of an inbox row is not written.
  case dropSettledInput
  /// The mark before a reply's first byte is not written.
  case dropSendingMark
  /// A cut names the wrong parent.
  case wrongParent
  /// A watermark runs ahead.
  case advanceWatermark
  /// A switch does not settle what waits.
  case dropInterruptions
}

extension World {
  /// The transaction as the mutation leaves it.
  func tampered(_ transaction: Transaction) -> Transaction {
    guard let mutation else { return transaction }
    var result = transaction
    result.operations = transaction.operations.compactMap { tampered($0, by: mutation) }
    if result.operations != transaction.operations { mutated += 1 }
    return result
  }

  private func tampered(
    _ operation: JournalOperation, by mutation: Mutation
  ) -> JournalOperation? {
    switch (mutation, operation) {
    case (.dropCuts, .openCut), (.dropWithdrawals, .oweWithdrawal),
      (.dropSettledInput, .settleInput(_, .done)),
      (.dropInterruptions, .settleInput(_, .interrupted)),
      (.dropSendingMark, .settleReply(_, .sending, _)):
      return nil
    case (.wrongParent, .openCut(var cut)):
      cut.parent = cut.session
      return .openCut(cut)
    case (.advanceWatermark, .setCursor(let id, let session, let watermark, _)):
      return .setCursor(id, session, watermark: watermark + 1, isOwing: false)
    default: return operation
    }
  }
}
