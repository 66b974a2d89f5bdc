import HoldfastCore
import HoldfastSimulator

/// Random transactions that a host could submit, with a model that has performed them.
struct JournalScript {
  private var random: IdentitySource
  private(set) var model = JournalModel()
  private(set) var lastTransaction: TransactionID = 0
  private var lastSequence: BusSequence = 0
  private var lastInput: Int64 = 0
  private var lastReply: Int64 = 0
  private var lastCut: Int64 = 0
  private var lastEnrolment: Int64 = 0
  private var lastTool = 0
  private(set) var clock = WallTime(milliseconds: 1_700_000_000_000)

  init(seed: UInt64) { random = IdentitySource(seed: seed) }

  mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(max(bound, 1))) }
  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
  mutating func pick<Element>(_ values: [Element]) -> Element? {
    values.isEmpty ? nil : values[below(values.count)]
  }

  /// A transaction, already performed by the model, and whether the model refused it.
  mutating func next() -> (Transaction, TransactionOutcome) {
    clock.milliseconds += Int64(below(5000))
    lastTransaction += 1
    var operations: [JournalOperation] = []
    for _ in 0...below(2) { operations += step() }
    if chance(3), let (key, _) = pick(sortedBindings) {
      // A guard behind what is already written.
      operations.append(
        .guardBinding(key, SessionID(value: 1), Epoch(below(3))))
    }
    let transaction = Transaction(id: lastTransaction, operations: operations)
    return (transaction, model.apply(transaction))
  }

  /// Forgets old rows, in the model too.
  mutating func prune() -> PruneLimits {
    let limits = PruneLimits(
      before: someTime(), cutsBefore: someTime(), handledThrough: BusSequence(below(400)))
    model.prune(limits)
    return limits
  }

  private mutating func someTime() -> WallTime {
    WallTime(milliseconds: clock.milliseconds - Int64(chance(50) ? below(200_000) : -1))
  }

  var sortedBindings: [(SessionKey, JournalModel.Binding)] {
    model.bindings.sorted { $0.key.description < $1.key.description }.map { ($0.key, $0.value) }
  }

  var sessionIDs: [SessionID] { model.sessions.keys.sorted() }
  var enrolmentIDs: [EnrolmentID] { model.enrolments.keys.sorted() }

  private mutating func step() -> [JournalOperation] {
    switch below(100) {
    case 0..<8: openSession()
    case 8..<15: enrol()
    case 15..<30: accept()
    case 30..<60: appendTurn()
    case 60..<66: undo()
    case 66..<80: cut()
    case 80..<86: changeReply()
    case 86..<92: changeSession()
    case 92..<94: callTool()
    default: changeEvents()
    }
  }

  mutating func text() -> String {
    let pieces = [
      "", "a", "Miso", "it's \"quoted\"", "naïve 🐈‍⬛", "line\nbreak", "nul\0inside", "\\", "%",
      String(repeating: "long ", count: 60), "日本語",
    ]
    return (0..<below(4)).reduce(into: "") { text, _ in text += pick(pieces) ?? "" }
  }

  mutating func key() -> SessionKey {
    SessionKey(
      agent: chance(70) ? "main" : "second", channel: "console",
      kind: chance(50) ? .direct : .group,
      chat: "chat:\(below(4))", thread: chance(30) ? "t" : "", user: chance(30) ? "u/1" : "")
  }

  private mutating func openSession() -> [JournalOperation] {
    let key = chance(75) ? pick(sortedBindings)?.0 ?? key() : key()
    let old = model.bindings[key]
    let id = random.session(at: clock)
    var session = SessionRecord(id: id, key: key, scope: Scope(text()), created: clock)
    session.user = text()
    session.title = text()
    session.token = UInt64(1 + below(2))
    session.parent = old?.session
    var operations: [JournalOperation] = []
    if let parent = old?.session.flatMap({ model.sessions[$0] }) {
      if chance(40) {
        session.branchOf = parent.id
        session.sharedLimit = parent.lastTurn
        session.lastTurn = parent.lastTurn
      } else {
        operations.append(.endSession(parent.id, clock, isHidden: chance(30)))
      }
    }
    operations += [.openSession(session), .bind(key, id, (old?.epoch ?? 0) + 1, session.created)]
    return operations + [.emit(event(.sessionSwitched, session, new: id))]
  }

  mutating func sequence() -> BusSequence {
    lastSequence += UInt64(1 + below(3))
    return lastSequence
  }

  private mutating func event(
    _ kind: EventKind, _ session: SessionRecord, new: SessionID? = nil
  ) -> BusEvent {
    var context = CallContext(session, epoch: Epoch(below(9)))
    context.reason = SwitchReason.new.rawValue
    context.firstTurn = UInt64(below(4))
    context.lastTurn = context.firstTurn + UInt64(below(4))
    if chance(20) { context.key = nil }
    var event = BusEvent(kind: kind, context: context)
    event.sequence = sequence()
    event.newSession = new
    event.newParent = session.parent
    event.newLastTurn = UInt64(below(5))
    event.newEpoch = UInt64(below(5))
    event.isReset = chance(20)
    event.isRewound = chance(20)
    event.userText = chance(30) ? text() : ""
    event.answerText = chance(30) ? text() : ""
    event.messageID = chance(30) ? text() : ""
    event.time = clock
    return event
  }

  private mutating func enrol() -> [JournalOperation] {
    if chance(15), let old = pick(enrolmentIDs) { return [.detach(old)] }
    if chance(40), let id = pick(enrolmentIDs) { return changeEnrolment(id) }
    if enrolmentIDs.count > 5 { return [] }
    lastEnrolment += 1
    return [
      .enrol(
        EnrolmentRecord(
          id: EnrolmentID(lastEnrolment), agent: chance(70) ? "main" : "second",
          instance: InstanceID("notes"),
          destination: text(), start: chance(50) ? 0 : lastSequence))
    ]
  }

  private mutating func changeEnrolment(_ id: EnrolmentID) -> [JournalOperation] {
    switch below(5) {
    case 0:
      var backfill = BackfillRecord(
        enrolment: id, session: chance(50) ? pick(sessionIDs) : nil, bound: lastSequence)
      backfill.position = BusSequence(below(200))
      backfill.turns = UInt64(below(9))
      return [.setBackfill(backfill)]
    case 1: return [.endBackfill(id)]
    case 2:
      guard let session = pick(sessionIDs) else { return [] }
      let turns = (0..<below(5)).map { _ in TurnIndex(1 + below(9)) }
      return [.setArrears(id, session, TurnSet(Set(turns)))]
    default:
      let middle = BusSequence(below(Int(lastSequence) + 1))
      var spans = [EnrolmentSpan(after: 0, through: middle)]
      if chance(70) { spans.append(EnrolmentSpan(after: middle + 3, through: nil)) }
      if chance(40), let session = pick(sessionIDs) {
        spans.append(EnrolmentSpan(session: session, after: 0, through: lastSequence))
      }
      return [.setSpans(id, spans)]
    }
  }

  private mutating func accept() -> [JournalOperation] {
    guard let (key, binding) = pick(sortedBindings), let session = binding.session else {
      return []
    }
    var message = InboundMessage()
    message.account = "acc"
    message.messageID = chance(20) ? "" : "m\(below(400))"
    message.text = text()
    message.user = chance(50) ? text() : ""
    message.userName = text()
    message.isFromBot = chance(10)
    message.isMention = chance(30)
    lastInput += 1
    var input = InputRecord(
      id: lastInput, message: message, channel: InstanceID("console"), key: key, session: session,
      epoch: binding.epoch)
    input.received = clock
    input.isCommand = chance(10)
    if input.isCommand { input.status = .done }
    return [.acceptInput(input)] + (chance(30) ? [.startInput(lastInput)] : [])
  }
}

extension JournalScript {
  private mutating func appendTurn() -> [JournalOperation] {
    guard let (key, binding) = pick(sortedBindings),
      let session = binding.session.flatMap({ model.sessions[$0] })
    else { return [] }
    let waiting = model.inputs.values.filter { $0.status == .waiting && $0.session == session.id }
    let input = waiting.map(\.id).min() ?? 0
    let index = session.lastTurn + 1
    var turn = TurnRecord(
      session: session.id, index: index, status: chance(10) ? .interrupted : .live,
      userText: text(), answerText: text(), sequence: sequence())
    turn.userName = text()
    turn.started = clock
    turn.finished = WallTime(milliseconds: clock.milliseconds + 5)
    turn.input = input
    turn.epoch = binding.epoch
    turn.tools = (0..<(chance(20) ? 1 + below(3) : 0)).map { _ in use() }
    var operations: [JournalOperation] = [
      .guardBinding(key, session.id, chance(5) ? 999 : binding.epoch),
      .guardTurn(session.id, token: chance(5) ? 99 : session.token, nextTurn: index),
      .appendTurn(turn),
    ]
    if turn.status == .interrupted {
      operations.append(.emit(event(.turnInterrupted, session)))
    } else {
      operations.append(.emit(event(.turnCompleted, session)))
    }
    if input != 0 { operations.append(.settleInput(input, .done)) }
    operations.append(.queueReply(reply(key, session, turn: index)))
    if chance(50) { operations += owe(session) }
    return operations
  }

  private mutating func reply(
    _ key: SessionKey, _ session: SessionRecord, turn: TurnIndex
  ) -> ReplyRecord {
    lastReply += 1
    var reply = ReplyRecord(
      id: lastReply, channel: InstanceID("console"), account: "acc", key: key, session: session.id,
      text: text())
    reply.turn = turn
    reply.replyTo = text()
    reply.part = 1 + below(2)
    reply.partCount = 2
    reply.isNotice = chance(20)
    reply.queued = clock
    return reply
  }

  private func owe(_ session: SessionRecord) -> [JournalOperation] {
    enrolmentIDs.filter { model.enrolments[$0]?.isDetached == false }.map { id in
      let owner = JournalModel.Owner(enrolment: id, session: session.id)
      return .setCursor(
        id, session.id, watermark: model.cursors[owner]?.watermark ?? 0, isOwing: true)
    }
  }

  private mutating func undo() -> [JournalOperation] {
    guard let id = pick(sessionIDs), let last = model.visibleTurns(of: id, limit: 9, before: 0).last
    else { return [] }
    if chance(10) { return [.setQueueMode(id, pick(QueueMode.allCases) ?? .steer)] }
    if last.session != id { return [.limitShared(id, last.index - 1)] }
    let first = last.index > 3 && chance(50) ? last.index - 2 : last.index
    let set = TurnSet([first, last.index])
    var operations: [JournalOperation] = [.withdrawTurns(id, set)]
    if let enrolment = pick(enrolmentIDs) {
      var withdrawal = WithdrawalRecord(
        enrolment: enrolment, session: id, turn: last.index, cut: Int64(below(9)))
      withdrawal.owed = clock
      withdrawal.epoch = UInt64(below(5))
      operations.append(.oweWithdrawal(withdrawal))
      if chance(40) { operations.append(.markWithdrawals(enrolment, id, set)) }
      if chance(40) { operations.append(.settleWithdrawals(enrolment, id, set)) }
    }
    return operations
  }

  private mutating func cut() -> [JournalOperation] {
    if chance(40), let cut = pick(model.cuts.values.sorted { $0.id < $1.id }) { return settle(cut) }
    guard let id = pick(sessionIDs), let debt = pick(model.debts(of: id)) else { return [] }
    var pending = debt.pending
    let turns = pending.takePrefix(1 + below(4), through: .max)
    if turns.isEmpty { return [] }
    lastCut += 1
    var cut = CutRecord(
      id: lastCut, enrolment: debt.enrolment, session: id, turns: turns,
      scope: debt.session.scope, created: clock)
    cut.tags = (0..<below(3)).map { _ in text() }
    cut.parent = debt.session.parent
    cut.isOutOfOrder = chance(10)
    return [.openCut(cut)]
  }

  private mutating func settle(_ cut: CutRecord) -> [JournalOperation] {
    let status = pick([CutStatus.open, .acknowledged, .acknowledged, .parked, .dropped]) ?? .open
    var operations: [JournalOperation] = [
      .settleCut(
        cut.id, status, isUnknown: chance(30), attempts: cut.attempts + 1, reason: text())
    ]
    if status == .acknowledged || status == .parked, let last = cut.turns.last {
      operations.append(
        .setCursor(cut.enrolment, cut.session, watermark: last, isOwing: chance(50)))
    }
    return operations
  }

  private mutating func changeReply() -> [JournalOperation] {
    guard let id = pick(model.replies.keys.sorted()) else { return [] }
    let status = pick([ReplyStatus.pending, .sending, .sent, .failed, .unknown]) ?? .sent
    return [.settleReply(id, status, result: text())]
  }

  private mutating func changeSession() -> [JournalOperation] {
    guard let id = pick(sessionIDs), let session = model.sessions[id] else { return [] }
    switch below(8) {
    case 7: return [.raiseToken(id, to: UInt64(1 + below(6)))]
    case 0: return [.endSession(id, clock, isHidden: chance(50))]
    case 1: return [.reopenSession(id)]
    case 2:
      let limit = TurnIndex(below(Int(session.lastTurn) + 1))
      return [.compact(id, summary: text(), limit: limit)]
    case 3, 4:
      // Parents of branches as often as others, since what is left of them is more intricate.
      let parents = sessionIDs.compactMap { model.sessions[$0]?.branchOf }
      let id = chance(50) ? pick(parents) ?? id : id
      guard let session = model.sessions[id] else { return [] }
      let unbinding = model.boundKey(of: id).map { key in
        [
          JournalOperation.bind(
            key, nil, (model.bindings[key]?.epoch ?? 0) + 1, WallTime(milliseconds: 5))
        ]
      }
      return (unbinding ?? []) + [.deleteSession(id), .emit(event(.sessionDeleted, session))]
    default:
      let deleted = sessionIDs.filter { model.sessions[$0]?.isDeleted == true }
      return [.purgeSession(pick(deleted) ?? id)]
    }
  }

  private mutating func changeEvents() -> [JournalOperation] {
    if chance(40) { return [.advanceEvents(InstanceID("p\(below(3))"), lastSequence)] }
    if chance(40), let id = pick(model.inputs.keys.sorted()) {
      let status = pick([InputStatus.waiting, .done, .interrupted, .setAside]) ?? .done
      return [.settleInput(id, status)]
    }
    guard let id = pick(sessionIDs), let session = model.sessions[id] else { return [] }
    return [.emit(event(.flush, session))]
  }
}

extension JournalScript {
  private mutating func use() -> ToolUse {
    let request = ToolRequest(id: text(), name: "t__\(below(3))", arguments: text())
    var use = ToolUse(request, round: 1 + below(3), said: text())
    use.status = PluginStatus(rawValue: Int32(-below(17)))
    use.result = text()
    return use
  }

  private mutating func callTool() -> [JournalOperation] {
    if chance(40), let input = pick(model.toolCalls.keys.sorted()) { return [.endTools(input)] }
    guard let input = pick(model.inputs.keys.sorted()) else { return [.endTools(7)] }
    lastTool += 1
    let call = ToolCallRecord(
      input: input, number: lastTool, name: text(),
      arguments: text(), isReadOnly: chance(50), started: clock)
    return [.startTool(call)]
  }
}
