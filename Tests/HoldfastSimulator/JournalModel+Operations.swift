import HoldfastCore

extension JournalModel {
  /// Performs one operation of a transaction that no guard refuses.
  mutating func perform(_ operation: JournalOperation) {
    switch operation {
    case .guardTurn, .guardBinding: break
    case .acceptInput(let input): accept(input)
    case .openSession, .raiseToken, .bind, .endSession, .reopenSession, .limitShared, .compact,
      .deleteSession, .purgeSession, .setQueueMode:
      performOnSession(operation)
    case .startInput, .returnInput, .settleInput, .queueReply, .settleReply, .emit, .advanceEvents,
      .startTool, .endTools:
      performOnMessages(operation)
    case .appendTurn(let turn): append(turn)
    case .withdrawTurns(let session, let set): withdraw(set, of: session)
    case .enrol, .detach, .setCursor, .openCut, .settleCut, .oweWithdrawal, .settleWithdrawals,
      .markWithdrawals, .setSpans, .setArrears, .setBackfill, .endBackfill:
      performOnDebts(operation)
    }
  }

  private mutating func accept(_ input: InputRecord) {
    if !input.messageID.isEmpty { accepted[MessageName(input)] = input.id }
    precondition(inputs[input.id] == nil, "host: input \(input.id) added twice")
    inputs[input.id] = input
    lastInput = max(lastInput, input.id)
  }

  private mutating func append(_ turn: TurnRecord) {
    precondition(sessions[turn.session] != nil, "host: turn in an unknown session")
    let last = turns[turn.session]?.last?.index ?? 0
    precondition(turn.index > last, "host: turn \(turn.index) appended behind \(last)")
    turns[turn.session, default: []].append(turn)
    let highest = max(sessions[turn.session]?.lastTurn ?? 0, turn.index)
    sessions[turn.session]?.lastTurn = highest
    lastSequence = max(lastSequence, turn.sequence)
  }

  private mutating func withdraw(_ set: TurnSet, of session: SessionID) {
    guard var own = turns[session] else { return }
    for position in own.indices where own[position].status == .live {
      if set.contains(own[position].index) { own[position].status = .withdrawn }
    }
    turns[session] = own
  }

  private mutating func performOnSession(_ operation: JournalOperation) {
    switch operation {
    case .openSession(let session):
      precondition(sessions[session.id] == nil, "host: session \(session.id) opened twice")
      sessions[session.id] = session
    case .bind(let key, let session, let epoch, let time):
      bindings[key] = Binding(session: session, epoch: epoch, time: time)
    case .raiseToken(let id, let token):
      if let known = sessions[id]?.token { sessions[id]?.token = max(known, token) }
    case .endSession(let id, let time, let isHidden):
      sessions[id]?.ended = time
      if isHidden { sessions[id]?.isHidden = true }
    case .reopenSession(let id):
      sessions[id]?.ended = nil
      if sessions[id]?.isDeleted == false { sessions[id]?.isHidden = false }
    case .limitShared(let id, let limit): sessions[id]?.sharedLimit = limit
    case .compact(let id, let summary, let limit):
      sessions[id]?.summary = summary
      sessions[id]?.summaryLimit = limit
    case .setQueueMode(let id, let mode): sessions[id]?.queueMode = mode
    case .deleteSession(let id):
      sessions[id]?.isDeleted = true
      sessions[id]?.isHidden = true
    case .purgeSession(let id): purge(id)
    default: break
    }
  }

  private mutating func performOnMessages(_ operation: JournalOperation) {
    switch operation {
    case .startInput(let id): inputs[id]?.starts += 1
    case .returnInput(let id): inputs[id]?.starts -= 1
    case .settleInput(let id, let status): inputs[id]?.status = status
    case .queueReply(let reply):
      precondition(replies[reply.id] == nil, "host: reply \(reply.id) added twice")
      replies[reply.id] = reply
      lastReply = max(lastReply, reply.id)
    case .settleReply(let id, let status, let result):
      replies[id]?.status = status
      replies[id]?.result = result
    case .emit(let event): emit(event)
    case .advanceEvents(let instance, let sequence): eventCursors[instance] = sequence
    case .startTool(let call):
      let isNew = toolCalls[call.input, default: [:]].updateValue(call, forKey: call.number) == nil
      precondition(isNew, "host: call \(call.number) of input \(call.input) begun twice")
    case .endTools(let input): toolCalls[input] = nil
    default: break
    }
  }

  private mutating func emit(_ event: BusEvent) {
    if event.kind == .turnCompleted { return }
    precondition(events[event.sequence] == nil, "host: event \(event.sequence) added twice")
    var row = event
    row.operation = nil
    row.deadline = nil
    row.isRedelivered = false
    events[event.sequence] = row
    lastSequence = max(lastSequence, event.sequence)
  }

  private mutating func performOnDebts(_ operation: JournalOperation) {
    switch operation {
    case .enrol(let enrolment):
      precondition(enrolments[enrolment.id] == nil, "host: \(enrolment.id) enrolled twice")
      enrolments[enrolment.id] = enrolment
    case .detach(let id): detach(id)
    case .setSpans(let id, let spans): enrolments[id]?.spans = spans
    case .setArrears(let enrolment, let session, let turns):
      let owner = Owner(enrolment: enrolment, session: session)
      arrears[owner] = turns.isEmpty ? nil : turns
    case .setBackfill(let row): backfills[row.enrolment] = row
    case .endBackfill(let id): backfills[id] = nil
    case .setCursor(let enrolment, let session, let watermark, let isOwing):
      let owner = Owner(enrolment: enrolment, session: session)
      cursors[owner] = Cursor(watermark: watermark, isOwing: isOwing)
    case .openCut(let cut):
      precondition(cuts[cut.id] == nil, "host: cut \(cut.id) added twice")
      cuts[cut.id] = cut
      lastCut = max(lastCut, cut.id)
    case .settleCut(let id, let status, let isUnknown, let attempts, let reason):
      guard cuts[id]?.status.isUnsettled ?? false else { break }
      cuts[id]?.status = status
      cuts[id]?.isUnknown = isUnknown
      cuts[id]?.attempts = attempts
      cuts[id]?.reason = reason
    case .oweWithdrawal(let row):
      let owner = Owner(enrolment: row.enrolment, session: row.session)
      withdrawals[owner, default: [:]][row.turn] = row
    case .settleWithdrawals(let enrolment, let session, let set):
      let owner = Owner(enrolment: enrolment, session: session)
      withdrawals[owner]?.keys.filter(set.contains).forEach { withdrawals[owner]?[$0] = nil }
      if withdrawals[owner]?.isEmpty == true { withdrawals[owner] = nil }
    case .markWithdrawals(let enrolment, let session, let set):
      let owner = Owner(enrolment: enrolment, session: session)
      withdrawals[owner]?.keys.filter(set.contains).forEach {
        withdrawals[owner]?[$0]?.isSent = true
      }
    default: break
    }
  }

  private mutating func detach(_ id: EnrolmentID) {
    enrolments[id]?.isDetached = true
    for owner in cursors.keys where owner.enrolment == id { cursors[owner]?.isOwing = false }
    for owner in withdrawals.keys where owner.enrolment == id { withdrawals[owner] = nil }
    for owner in arrears.keys where owner.enrolment == id { arrears[owner] = nil }
    backfills[id] = nil
    for cut in cuts.values where cut.enrolment == id && cut.status.isUnsettled {
      cuts[cut.id]?.status = .dropped
    }
  }
}

extension CutStatus {
  /// Its turns are in the provider's hands or a person's.
  var isUnsettled: Bool { self == .open || self == .parked }
}
