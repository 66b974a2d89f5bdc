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
  /// What was recalled before a switch goes into a prompt behind it.
  case keepRecalls
  /// A provider hears of a switch as soon as it is decided.
  case announceAtOnce
  /// A batch goes under the session that is current.
  case sendUnderCurrent
  /// A withdrawal does not wait for its batch.
  case withdrawAtOnce
  /// A reply is sent twice.
  case sendTwice
  /// A receipt does not wait for the journal.
  case acceptAtOnce
  /// The row before a tool's first byte is not written.
  case dropToolRows
  /// A tool is called before its row is synced.
  case callToolsAtOnce
  /// What tools answered in another session goes into a prompt.
  case keepToolResults
  /// The rows of a turn's tools outlive the turn.
  case keepToolRows
}

extension World {
  /// The call as the mutation leaves it.
  func tampered(_ call: PluginCall) -> PluginCall {
    switch (mutation, call) {
    case (.keepRecalls, .respond(var request)):
      if let old = lastRecalled, old.session != request.context.session {
        mutated += 1
        request.recalled += old.items
      }
      if let session = request.context.session, !request.recalled.isEmpty {
        lastRecalled = (session, request.recalled)
      }
      return .respond(request)
    case (.keepToolResults, .respond(var request)):
      let old = tools.lastUses
      if let session = request.context.session, !request.uses.isEmpty {
        tools.lastUses = (session, request.uses)
      }
      if let old, old.session != request.context.session, !request.uses.isEmpty {
        mutated += 1
        request.uses[0].result = old.uses[0].result
      }
      return .respond(request)
    case (.sendUnderCurrent, .retain(var request)):
      guard let key = submitted.sessions[request.cut.session]?.key,
        let current = submitted.journal.place(key).session, current.id != request.cut.session
      else { return call }
      mutated += 1
      request.cut.document = current.id.description
      return .retain(request)
    case (.sendTwice, .send(let request)):
      mutated += 1
      _ = applySend(request)
      return call
    default: return call
    }
  }

  /// What the mutation lets out before the transaction is synced.
  func leak(_ transaction: Transaction) {
    for operation in transaction.operations {
      switch (mutation, operation) {
      case (.announceAtOnce, .emit(let event)) where event.kind == .sessionSwitched:
        mutated += 1
        for instance in providers.keys.sorted() { checkEvent(event, to: instance) }
      case (.withdrawAtOnce, .oweWithdrawal(let row)):
        guard let instance = submitted.journal.enrolments[row.enrolment]?.instance else { continue }
        mutated += 1
        var context = CallContext()
        context.session = row.session
        checkCall(
          instance,
          .withdraw(
            WithdrawRequest(
              context: context, key: "", document: row.session.description,
              turns: [(row.turn, nil, "")])))
      case (.acceptAtOnce, .acceptInput(let input)):
        mutated += 1
        let spoken = unreceipted.values.first { $0.message.messageID == input.messageID }
        if let spoken { checkAccepted(spoken) }
      case (.callToolsAtOnce, .startTool(let row)):
        leakTool(row)
      default: break
      }
    }
  }

  private func leakTool(_ row: ToolCallRecord) {
    guard let input = submitted.journal.inputs[row.input] else { return }
    mutated += 1
    var context = CallContext()
    context.session = input.session
    context.key = input.key
    context.epoch = input.epoch
    checkTool(
      InstanceID("box"),
      ToolCall(
        context: context, key: "tool/\(input.session)/\(row.input)/\(row.number)",
        name: String(row.name.dropFirst("box__".count)), arguments: row.arguments))
  }

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
      (.dropSendingMark, .settleReply(_, .sending, _)), (.dropToolRows, .startTool),
      (.keepToolRows, .endTools):
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
