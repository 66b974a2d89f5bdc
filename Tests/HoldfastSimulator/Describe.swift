import HoldfastCore

/// Inputs and effects in one line each, for traces.
enum Describe {
  static func input(_ input: HostInput) -> String {
    switch input {
    case .committed(let id): "synced through \(id)"
    case .answered(let read, let answer): "read \(read): \(short("\(answer)"))"
    case .plugin(let instance, let report): "\(instance): \(self.report(report))"
    default: short("\(input)")
    }
  }

  private static func report(_ report: PluginReport) -> String {
    switch report {
    case .answered(let id, let answer, let hasReturned):
      "answers \(id.value): \(answer.status.rawValue) “\(answer.text)” "
        + "\(answer.items.map(\.text))\(hasReturned ? "" : ", holding")"
    case .returned(let id): "returned from \(id.value)"
    case .received(let message):
      "message \(message.messageID) in \(message.chat) from \(message.user): \(message.text)"
    default: short("\(report)")
    }
  }

  static func effect(_ effect: HostEffect) -> String {
    switch effect {
    case .commit(let transaction):
      "commit \(transaction.id): "
        + transaction.operations.map { operation($0) }.joined(separator: "; ")
    case .call(let instance, let id, let call, _):
      "call \(id.value) of \(instance): \(self.call(call))"
    case .deliver(let instance, let event, let number):
      "event \(number) to \(instance): \(self.event(event))"
    case .ask(let read, let query): "ask \(read): \(short("\(query)"))"
    default: short("\(effect)")
    }
  }

  static func event(_ event: BusEvent) -> String {
    let names: [(EventKind, String)] = [
      (.sessionOpened, "opened"), (.sessionSwitched, "switched"), (.sessionEnded, "ended"),
      (.sessionDeleted, "deleted"), (.turnCompleted, "completed"), (.flush, "flush"),
      (.turnInterrupted, "interrupted"), (.turnsWithdrawn, "withdrawn"),
      (.prefetchRequested, "prefetch"),
    ]
    let name = names.first { $0.0 == event.kind }?.1 ?? "kind \(event.kind.rawValue)"
    let new = event.newSession.map { " -> \(tail($0)) (\(event.newLastTurn))" } ?? ""
    let context = event.context
    return "\(name) #\(event.sequence) \(context.session.map(tail) ?? "-")\(new) "
      + "\(context.firstTurn)-\(context.lastTurn) epoch \(context.epoch)"
  }

  static func tail(_ session: SessionID) -> String { String(session.description.suffix(4)) }

  static func call(_ call: PluginCall) -> String {
    switch call {
    case .retain(let request):
      "retain cut \(request.cut.id), \(tail(request.cut.session)) \(request.cut.turns)"
    case .withdraw(let request):
      "withdraw \(request.context.session.map(tail) ?? "") \(request.turns.map(\.turn))"
    case .recall(let request): "recall for \(request.context.session.map(tail) ?? "")"
    case .send(let request): "send reply \(request.reply.id): \(short(request.reply.text))"
    case .respond(let request):
      "respond in \(request.context.session.map(tail) ?? "") \(request.context.lastTurn)"
    default: call.name
    }
  }

  private static func operation(_ operation: JournalOperation) -> String {
    switch operation {
    case .openSession(let session): "open \(tail(session.id))"
    case .bind(let key, let session, let epoch, _):
      "bind \(key.chat) to \(session.map(tail) ?? "nothing"), epoch \(epoch)"
    case .acceptInput(let input):
      "accept \(input.id) = \(input.messageID)\(input.isCommand ? " (command)" : "")"
    case .appendTurn(let turn): "turn \(tail(turn.session)) \(turn.index) \(turn.status)"
    case .emit(let event): "emit \(self.event(event))"
    case .queueReply(let reply): "reply \(reply.id)"
    case .openCut(let cut):
      "cut \(cut.id) of \(cut.enrolment.value), \(tail(cut.session)) \(cut.turns)"
    case .settleCut(let id, let status, let isUnknown, _, _):
      "cut \(id) \(status)\(isUnknown ? ", unknown" : "")"
    case .oweWithdrawal(let row):
      "owe withdrawal to \(row.enrolment.value) of \(tail(row.session)) \(row.turn)"
    case .withdrawTurns(let session, let turns): "withdraw \(tail(session)) \(turns)"
    default: short("\(operation)")
    }
  }

  static func short(_ text: String) -> String {
    text.count > 160 ? text.prefix(157) + "…" : text
  }
}
