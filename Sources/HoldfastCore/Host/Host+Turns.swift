extension Host {
  /// The input's row is synced: its recall starts, and its turn if nothing is before it.
  mutating func accepted(_ slot: SlotName) {
    guard places[slot.key]?.lane.becameDurable(slot.input) ?? false,
      let entry = places[slot.key]?.lane.waiting.first(where: { $0.input.id == slot.input })
    else { return }
    beginRecall(slot, for: entry.input)
    proceed(slot.key)
  }

  /// Begins or goes on with a turn of the place, as far as that is possible now.
  mutating func proceed(_ key: SessionKey) {
    takeStep(at: key)
    settleSlot(at: key)
  }

  private mutating func takeStep(at key: SessionKey) {
    guard let place = places[key], stopping == nil || place.lane.running != nil else { return }
    if place.lane.running == nil { beginTurn(at: key) }
    guard let turn = places[key]?.lane.running, !(places[key]?.isDeciding ?? true) else { return }
    switch turn.stage {
    case .gathering: prompt(turn, at: key)
    case .responding, .marking: break
    case .written(let answer):
      guard takeSlot(at: key) else { return }
      if asksForTools(turn, answer) {
        take(answer, of: turn, at: key)
      } else {
        finish(turn, answer, at: key)
      }
    case .calling(let calls):
      if calls.isEmpty, turn.callsWaiting.isEmpty { askAgain(turn, at: key) }
    }
  }

  private mutating func beginTurn(at key: SessionKey) {
    guard let place = places[key], let session = place.session else { return }
    if isHeldByStrictMemory(session) { return tellWhatIsMissing(at: key) }
    let rules = queueRules(at: key)
    guard modelIsSettled(for: key), channelIsSettled(at: key), isOpen(key), takeSlot(at: key),
      let inputs = places[key]?.lane.next(rules), let input = inputs.last?.input
    else { return }
    var turn = Turn(
      input: input, after: inputs.dropLast().map(\.input), session: session, began: now)
    turn.progress = ActivityProgress(at: fair, "run:started")
    places[key]?.lane.running = turn
    laneChanged(at: key)
    places[key]?.wasToldToWait = false
    let deadline = now + configuration.memory.recallBudget
    for entry in inputs {
      write(.startInput(entry.input.id))
      noteDequeued(entry, at: key)
      places[key]?.slots[entry.input.id]?.deadline = deadline
      timers.add(.recall(SlotName(key: key, input: entry.input.id)), at: deadline)
    }
    readHistory(of: session, for: input, at: key)
    noteBeginning(of: turn, at: key)
    var context = CallContext(session, key: key, epoch: place.epoch)
    context.firstTurn = session.lastTurn + 1
    context.lastTurn = session.lastTurn + 1
    context.user = input.user
    var event = BusEvent(kind: .turnStarted, context: context)
    event.userText = turn.text
    event.messageID = input.messageID
    event.time = wall
    publish(event)
  }

  private mutating func readHistory(
    of session: SessionRecord, for input: InputRecord, at key: SessionKey
  ) {
    let read = ask(
      .history(session.id, limit: configuration.host.historyTurns),
      for: .history(key, input: input.id))
    places[key]?.lane.running?.historyRead = read
  }

  func isHeldByStrictMemory(_ session: SessionRecord) -> Bool {
    guard configuration.memory.strict else { return false }
    return !missingMemory(of: session.key.agent).isEmpty
  }

  /// With strict memory no turn runs while a provider is missing. The message waits, and whoever
  /// sent it is told so, once; a provider that is still being loaded may be there in a moment.
  private mutating func tellWhatIsMissing(at key: SessionKey) {
    guard let place = places[key], !place.wasToldToWait, let entry = place.lane.waiting.first,
      entry.isDurable
    else { return }
    let missing = missingMemory(of: key.agent)
    guard missing.allSatisfy({ plugins[$0]?.lifecycle.isSettled ?? true }) else { return }
    places[key]?.wasToldToWait = true
    let names = missing.map { "“\($0)”" }.joined(separator: ", ")
    let notice =
      "Your message waits: the memory \(names) is not there, and nothing is answered without it "
      + "(memory.strict). It is answered once that is there; `holdfast status` says what is wrong."
    reply(notice, to: entry.input, turn: 0, isNotice: true)
  }

  /// Configured providers of an agent that are not there.
  func missingMemory(of agent: String) -> [InstanceID] {
    missing(agents[agent]?.memory, of: agent)
  }

  /// Those of them that are not there; nil are all that there are. Without closures, which would
  /// copy the host.
  func missing(_ named: [InstanceID]?, of agent: String) -> [InstanceID] {
    let enrolments = currentEnrolments(of: agent)
    var missing: [InstanceID] = []
    for instance in named ?? Set(enrolledInstances(of: agent) + destinations.keys).sorted() {
      var isThere = false
      for id in enrolments where owners[id] == instance {
        isThere = isThere || providers[id]?.isReady ?? false
      }
      if !isThere { missing.append(instance) }
    }
    return missing
  }

  private func enrolledInstances(of agent: String) -> [InstanceID] {
    currentEnrolments(of: agent).compactMap { providers[$0]?.record.instance }
      .filter { plugins[$0]?.settings.enabled ?? false }
  }

  func model(for key: SessionKey) -> InstanceID {
    agents[key.agent]?.model ?? InstanceID("recall")
  }

  func modelIsSettled(for key: SessionKey) -> Bool {
    plugins[model(for: key)]?.lifecycle.isSettled ?? true
  }

  /// A reply is cut by its channel's limits, which only a channel that is loaded tells.
  func channelIsSettled(at key: SessionKey) -> Bool {
    guard let channel = places[key]?.lane.waiting.first?.input.channel else { return true }
    return plugins[channel]?.lifecycle.isSettled ?? true
  }

  /// Puts the prompt together once history and recall are there, or recall's time is over.
  private mutating func prompt(_ turn: Turn, at key: SessionKey) {
    guard turn.historyRead == nil, let place = places[key], let session = place.session,
      session.id == turn.input.session, place.epoch == turn.input.epoch,
      turn.inputs.allSatisfy({ place.slots[$0.id]?.isComplete ?? true }),
      toolsAreSettled(for: turn, at: key)
    else { return }
    let instance = model(for: key)
    guard plugins[instance]?.lifecycle.isRunning ?? false else {
      let why = plugins[instance].map { "is \($0.lifecycle.state.name)" } ?? "is not configured"
      fail(turn, at: key, "No answer: the model “\(instance)” \(why). `holdfast status` says more.")
      return
    }
    if case .waiting = turn.permit { return }
    guard takeSlot(at: key) else { return }
    guard mayAsk(instance, for: turn, at: key) else {
      // What was read is not kept for as long as others hang.
      places[key]?.lane.running?.history = nil
      return
    }
    guard let history = turn.history else {
      return readHistory(of: session, for: turn.input, at: key)
    }
    steer(at: key)
    guard let turn = places[key]?.lane.running else { return }
    var request = question(of: turn, in: session, history: history, at: key)
    offerTools(in: &request, at: key)
    let operation = askModel(instance, request, for: turn)
    places[key]?.lane.running?.stage = .responding(operation)
  }

  private mutating func question(
    of turn: Turn, in session: SessionRecord, history: [TurnRecord], at key: SessionKey
  ) -> ModelRequest {
    var context = CallContext(session, key: key, epoch: turn.input.epoch)
    context.firstTurn = session.lastTurn + 1
    context.lastTurn = session.lastTurn + 1
    context.user = turn.input.user
    var request = ModelRequest(context: context, purpose: .answer)
    request.instructions = agents[key.agent]?.instructions ?? ""
    let names = turn.inputs.map { SlotName(key: key, input: $0.id) }
    let block = recallBlock(for: names)
    request.recallBlock = block.text
    request.recalled = block.items
    request.messages = Self.messages(session, history: history)
    request.messages.append(
      PromptMessage(
        role: .user, text: turn.text, name: turn.userName, time: turn.input.received
      ).neutralised)
    for name in names { retireSlot(name, isStale: false) }
    return request
  }

  /// What was said before. An answer was scrubbed when it was kept; what comes from elsewhere is
  /// made harmless here.
  static func messages(_ session: SessionRecord, history: [TurnRecord]) -> [PromptMessage] {
    var messages: [PromptMessage] = []
    if !session.summary.isEmpty {
      messages.append(
        PromptMessage(
          role: .system, text: "Summary of what was said before: \(session.summary)",
          time: session.created))
    }
    for turn in history {
      messages.append(
        PromptMessage(
          role: .user, text: turn.userText, name: turn.userName, time: turn.started
        ).neutralised)
      for use in turn.tools {
        messages.append(
          PromptMessage(
            role: .tool, text: use.result, name: use.request.name, time: turn.finished
          ).neutralised)
      }
      messages.append(
        PromptMessage(role: .assistant, text: turn.answerText, time: turn.finished))
    }
    return messages
  }

  mutating func historyRead(
    _ turns: [TurnRecord], at key: SessionKey, input: Int64
  ) {
    guard places[key]?.lane.running?.input.id == input else { return }
    places[key]?.lane.running?.history = turns
    places[key]?.lane.running?.historyRead = nil
    proceed(key)
  }

  mutating func historyUnread(at key: SessionKey, input: Int64, _ reason: String) {
    guard let turn = places[key]?.lane.running, turn.input.id == input else { return }
    fail(turn, at: key, "No answer: the journal cannot be read: \(reason)")
  }

  mutating func responded(_ key: SessionKey, input: Int64, _ answer: PluginAnswer) {
    guard places[key]?.lane.running?.input.id == input else { return }
    places[key]?.lane.running?.stage = .written(answer)
    progressed(at: key, answer.requests.isEmpty ? "run:completed" : "model_call:ended")
    proceed(key)
  }

  /// The turn becomes a fact: its row, its reply, the end of its inbox row and what is owed of it,
  /// in one transaction.
  private mutating func finish(_ turn: Turn, _ answer: PluginAnswer, at key: SessionKey) {
    guard !answer.status.isFailure else {
      let why = answer.text.isEmpty ? "status \(answer.status.rawValue)" : answer.text
      fail(turn, at: key, "No answer: the model “\(model(for: key))” failed: \(why)")
      return
    }
    guard answer.requests.isEmpty || !answer.text.isEmpty else {
      fail(
        turn, at: key,
        "No answer: the model “\(model(for: key))” asked for tools "
          + "\(configuration.host.toolRounds + 1) times and said nothing.")
      return
    }
    guard let session = places[key]?.session else { return }
    places[key]?.lane.end()
    laneChanged(at: key)
    leavePlaces(turn, at: key)
    let first = writes.count
    var record = TurnRecord(
      session: session.id, index: session.lastTurn + 1, status: .live,
      userText: RecallBlock.stripped(turn.text),
      answerText: RecallBlock.stripped(answer.text), sequence: numbers.sequence())
    record.userName = turn.userName
    record.started = turn.input.received
    record.finished = wall
    record.input = turn.input.id
    record.tools = turn.tools?.uses ?? []
    keep(record, answering: turn, of: session, at: key)
    settle(turn, .done)
    reply(record.answerText, to: turn.last, turn: record.index, isNotice: false)
    fencing.commit(
      Fencing.Commitment(
        key: key, session: session.id, turn: record.index, inputs: turn.inputs, tools: turn.tools,
        rows: first..<writes.count))
    noteEnd(of: turn, "answered", at: key)
    places[key]?.warm = nil
    afterCommit.append(.proceed(key))
    checkStop()
  }

  /// Every message of a turn has come to its end.
  mutating func settle(_ turn: Turn, _ status: InputStatus) {
    for input in turn.inputs {
      write(.settleInput(input.id, status))
      if turn.isMarked { write(.endTools(input.id)) }
    }
  }

  /// A turn that was answered elsewhere.
  mutating func keep(_ userText: String, _ answerText: String, at key: SessionKey) {
    guard let session = places[key]?.sessionAtRest() else {
      log(.error, "a turn that was answered elsewhere has no session at \(key)")
      return
    }
    var record = TurnRecord(
      session: session.id, index: session.lastTurn + 1, status: .live,
      userText: RecallBlock.stripped(userText), answerText: RecallBlock.stripped(answerText),
      sequence: numbers.sequence())
    record.started = wall
    record.finished = wall
    keep(record, answering: nil, of: session, at: key)
  }

  /// Of all that follows its commit plugins hear of it first, and are asked for the next one last.
  private mutating func keep(
    _ record: TurnRecord, answering turn: Turn?, of before: SessionRecord, at key: SessionKey
  ) {
    let epoch = places[key]?.move(to: record.index, at: wall) ?? 0
    let input = turn?.input
    // The token is the one that the turn began with, whoever owns the session by now.
    let token = turn?.session.token ?? before.token
    write(.guardTurn(before.id, token: token, nextTurn: record.index))
    write(.guardBinding(key, before.id, epoch))
    var record = record
    record.epoch = epoch
    write(.appendTurn(record))
    var context = CallContext(before, key: key, epoch: epoch)
    context.user = input?.user ?? before.user
    let event = completion(of: record, answering: input, in: context)
    afterCommit.append(.publish(event))
    owe(record.index, of: before)
    if isAnyAskedAhead(of: key.agent) { afterCommit.append(.prefetch(event)) }
  }

  private func completion(
    of record: TurnRecord, answering input: InputRecord?, in context: CallContext
  ) -> BusEvent {
    var context = context
    context.firstTurn = record.index
    context.lastTurn = record.index
    var event = BusEvent(kind: .turnCompleted, context: context)
    event.messageID = input?.messageID ?? ""
    event.sequence = record.sequence
    event.userText = record.userText
    event.answerText = record.answerText
    event.time = record.finished
    return event
  }

  /// A turn that cannot be answered: kept as interrupted, and the person is told.
  mutating func fail(_ turn: Turn, at key: SessionKey, _ notice: String) {
    log(.warning, "turn in \(key): \(notice)")
    interruptTurn(at: key, notice: notice, outcome: "failed")
    afterCommit.append(.proceed(key))
    checkStop()
  }
}
