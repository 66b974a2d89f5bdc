import HoldfastCore

extension JournalModel {
  /// What the guards of a transaction look at, as its own earlier operations leave it.
  private struct Sight {
    var tokens: [SessionID: UInt64] = [:]
    var lastTurns: [SessionID: TurnIndex] = [:]
    var bindings: [SessionKey: Binding] = [:]
    var names: Set<MessageName> = []
  }

  /// Why a guard refuses a transaction, nil if none does. Nothing is performed for it.
  func refusal(of transaction: Transaction) -> JournalRefusal? {
    var sight = Sight()
    for operation in transaction.operations {
      if let refusal = refusal(of: operation, &sight) { return refusal }
    }
    return nil
  }

  private func refusal(
    of operation: JournalOperation, _ sight: inout Sight
  ) -> JournalRefusal? {
    switch operation {
    case .guardTurn(let session, let token, let next):
      return refusal(session, token, next, sight)
    case .guardBinding(let key, let session, let epoch):
      let binding = sight.bindings[key] ?? bindings[key]
      let isHeld = binding?.session == session && binding?.epoch == epoch
      if isHeld { return nil }
      return JournalRefusal(
        .session(session), "\(key) is not bound to \(session) under epoch \(epoch)")
    case .acceptInput(let input) where !input.messageID.isEmpty:
      let name = MessageName(input)
      let isNew = accepted[name] == nil && sight.names.insert(name).inserted
      if isNew { return nil }
      return JournalRefusal(.repeated, "message \(input.messageID) was accepted before")
    case .openSession(let session):
      sight.tokens[session.id] = session.token
      sight.lastTurns[session.id] = session.lastTurn
    case .raiseToken(let session, let token):
      guard let known = sight.tokens[session] ?? sessions[session]?.token else { break }
      sight.tokens[session] = max(known, token)
    case .bind(let key, let session, let epoch, let time):
      sight.bindings[key] = Binding(session: session, epoch: epoch, time: time)
    case .appendTurn(let turn):
      let last = sight.lastTurns[turn.session] ?? sessions[turn.session]?.lastTurn ?? 0
      sight.lastTurns[turn.session] = max(last, turn.index)
    default: break
    }
    return nil
  }

  private func refusal(
    _ id: SessionID, _ token: UInt64, _ next: TurnIndex, _ sight: Sight
  ) -> JournalRefusal? {
    guard let known = sight.tokens[id] ?? sessions[id]?.token else {
      return JournalRefusal(.session(id), "session \(id) is unknown")
    }
    if known != token {
      return JournalRefusal(
        .session(id), "session \(id) has token \(known), the turn began under \(token)")
    }
    let last = sight.lastTurns[id] ?? sessions[id]?.lastTurn ?? 0
    if last + 1 != next {
      return JournalRefusal(
        .session(id), "session \(id) is at turn \(last), \(next) does not follow")
    }
    return nil
  }
}
