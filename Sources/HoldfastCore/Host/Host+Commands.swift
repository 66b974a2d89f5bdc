extension Host {
  /// Decides a command. It is done in one transaction with its inbox row and its answer.
  mutating func decide(
    _ command: ChatCommand, at key: SessionKey, from origin: Place.Arrival.Origin
  ) {
    switch command {
    case .new(let title): begin(.new, title: title, at: key, from: origin)
    case .reset(let title): begin(.reset, title: title, at: key, from: origin)
    case .branch(let title): branch(title: title, at: key, from: origin)
    case .resume(let target, let move):
      pause(key, for: .session(target), .resume(key, target, move: move, origin))
    case .undo(let count): readToUndo(count, at: key, from: origin)
    case .delete(let target): readToDelete(target, at: key, from: origin)
    case .compact: readToCompact(at: key, from: origin)
    case .stop(let drop): stopTurn(dropWaiting: drop, at: key, from: origin)
    case .sessions:
      pause(
        key, for: .ownSessions(key, user: person(at: key, origin), limit: 20),
        .listing(key, origin))
    case .queue(let mode): queue(mode, at: key, from: origin)
    case .status: survey(.chat(key, origin, isMemory: false))
    case .memory: survey(.chat(key, origin, isMemory: true))
    case .help: conclude(origin, at: key, helpText(), isDone: true)
    case .invalid(let sentence): conclude(origin, at: key, sentence, isDone: false)
    }
  }

  /// Nothing else is decided here until the journal has answered.
  mutating func pause(_ key: SessionKey, for query: JournalQuery, _ reading: Reading) {
    places[key]?.lock.keep()
    watchLock(at: key)
    _ = ask(query, for: reading)
  }

  /// What was being decided is decided; the next may be.
  mutating func endDecision(at key: SessionKey) {
    let holder = places[key]?.lock.release()
    noteHold(of: holder)
    if holder?.isKept ?? false { timers.remove(.lock(key)) }
  }

  /// Ends a command: its inbox row and its answer go into the transaction that is being written.
  mutating func conclude(
    _ origin: Place.Arrival.Origin, at key: SessionKey, _ text: String, isDone: Bool,
    endsDecision: Bool = true
  ) {
    if endsDecision { endDecision(at: key) }
    // A turn may have come to its next stage meanwhile.
    afterCommit.append(.proceed(key))
    switch origin {
    case .channel(let instance, let message):
      guard let place = places[key] else { return }
      let session = place.session?.id ?? lastSession(at: key)
      var input = InputRecord(
        id: numbers.input(), message: message, channel: instance, key: key, session: session,
        epoch: place.epoch)
      input.received = wall
      input.isCommand = true
      input.status = .done
      write(.acceptInput(input))
      afterCommit.append(receipt(for: instance, message))
      reply(text, to: input, turn: 0, isNotice: true)
    case .control(let request, _):
      afterCommit.append(.answer(request, isDone ? .done(text) : .refused(text)))
    }
    sendNotices()
  }

  /// A place whose session was deleted has none; its last words still need an address.
  private func lastSession(at key: SessionKey) -> SessionID {
    SessionID(value: 0)
  }

  private func helpText() -> String {
    let prefix = configuration.host.commandPrefix
    return ChatCommand.summaries.map { summary in
      let usage = summary.usage.isEmpty ? "" : " " + summary.usage
      return "\(prefix)\(summary.name)\(usage): \(summary.purpose)"
    }.joined(separator: "\n")
  }

  mutating func listed(
    _ listings: [SessionListing], at key: SessionKey, for origin: Place.Arrival.Origin
  ) {
    let lines = listings.map { listing in
      let session = listing.session
      let title = session.title.isEmpty ? "" : " “\(session.title)”"
      let current = listing.boundKey == key ? ", this one" : ""
      let ended = session.ended == nil ? "" : ", ended"
      return "\(session.id)\(title): \(listing.turnCount) turns\(ended)\(current)"
    }
    let text = lines.isEmpty ? "There are no sessions yet." : lines.joined(separator: "\n")
    conclude(origin, at: key, text, isDone: true)
    admit(key)
  }

  // MARK: /stop

  private mutating func stopTurn(
    dropWaiting: Bool, at key: SessionKey, from origin: Place.Arrival.Origin
  ) {
    guard let place = places[key] else { return }
    let waiting = place.lane.waiting.count
    guard place.lane.running != nil || isNext(place) || dropWaiting && waiting > 0 else {
      conclude(origin, at: key, "Nothing is running.", isDone: true)
      return
    }
    if isNext(place) { interruptNext(at: key, notice: "Interrupted.") }
    interruptTurn(at: key, notice: "Interrupted.")
    if dropWaiting { interruptWaiting(at: key, notice: "Dropped by \(prefix)stop.") }
    conclude(origin, at: key, "Stopped.", isDone: true)
  }

  var prefix: String { configuration.host.commandPrefix }

  /// The running turn is cut short, in the transaction that is being written.
  mutating func interruptTurn(
    at key: SessionKey, notice: String, outcome: String = "interrupted"
  ) {
    guard let turn = places[key]?.lane.end(), var session = places[key]?.session else { return }
    laneChanged(at: key)
    leavePlaces(turn, at: key)
    for operation in turn.operations { cancel(operation) }
    if let read = turn.historyRead { reads[read] = nil }
    for input in turn.inputs { retireSlot(SlotName(key: key, input: input.id), isStale: true) }
    session.lastTurn += 1
    places[key]?.session = session
    places[key]?.lastActive = wall
    var record = TurnRecord(
      session: session.id, index: session.lastTurn, status: .interrupted,
      userText: turn.text, answerText: "", sequence: numbers.sequence())
    record.userName = turn.userName
    record.started = turn.input.received
    record.finished = wall
    record.input = turn.input.id
    record.tools = turn.tools?.uses ?? []
    record.epoch = places[key]?.epoch ?? 0
    guardCommit(of: session, at: key)
    write(.appendTurn(record))
    settle(turn, .interrupted)
    var context = CallContext(session, key: key, epoch: places[key]?.epoch ?? 0)
    context.firstTurn = record.index
    context.lastTurn = record.index
    context.user = turn.input.user
    emit(.turnInterrupted, context) { event in
      event.userText = turn.text
      event.messageID = turn.input.messageID
    }
    notices.append((notice + (turn.tools?.warning ?? ""), turn.last))
    noteEnd(of: turn, outcome, at: key)
  }

  /// A turn commits only into the session, epoch and place in the order that it was made for.
  mutating func guardCommit(of session: SessionRecord, at key: SessionKey) {
    write(.guardTurn(session.id, token: session.token, nextTurn: session.lastTurn))
    write(.guardBinding(key, session.id, places[key]?.epoch ?? 0))
  }

  mutating func interruptWaiting(at key: SessionKey, notice: String) {
    // A turn that runs has the slot, if anybody here has one.
    if places[key]?.lane.running == nil { freeSlot(at: key) }
    interrupt(places[key]?.lane.dropWaiting() ?? [], at: key, notice: notice)
    laneChanged(at: key)
  }
}
