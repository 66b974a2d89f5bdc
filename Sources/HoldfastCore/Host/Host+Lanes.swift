extension Host {
  // MARK: Rules

  /// How messages wait at a place.
  func queueRules(at key: SessionKey) -> QueueRules {
    queueRules(of: key.agent, in: places[key]?.session)
  }

  /// What the session says comes before what its agent says, and that before what all do.
  func queueRules(of agent: String, in session: SessionRecord?) -> QueueRules {
    let settings = agents[agent]
    let host = configuration.host
    var rules = QueueRules()
    rules.mode = session?.queueMode ?? settings?.queueMode ?? host.queueMode
    rules.debounce = settings?.queueDebounce ?? host.queueDebounce
    rules.overflow = settings?.queueOverflow ?? host.queueOverflow
    rules.cap = host.queueCap
    rules.maxBytes = host.maxMessageBytes
    return rules
  }

  // MARK: /queue

  /// Shows or sets what becomes of messages in the current session. What waits already waits by the
  /// new rules.
  mutating func queue(
    _ mode: QueueMode?, at key: SessionKey, from origin: Place.Arrival.Origin
  ) {
    guard let session = places[key]?.session else { return noSession(origin, at: key) }
    if let mode {
      places[key]?.session?.queueMode = mode
      write(.setQueueMode(session.id, mode))
    }
    let word =
      switch queueRules(at: key).mode {
      case .followup: "has the next turn (followup)"
      case .collect: "waits until it is quiet, and all that wait have one turn (collect)"
      case .steer: "is given to the turn that runs (steer)"
      case .interrupt: "ends the turn that runs (interrupt)"
      }
    conclude(origin, at: key, "A message that arrives while a turn runs \(word).", isDone: true)
  }

  // MARK: Arrivals

  /// The newest message wins: what runs and what waits is interrupted in the transaction that
  /// accepts it.
  mutating func interruptForNewer(at key: SessionKey) {
    let notice = "Interrupted by a newer message."
    interruptTurn(at: key, notice: notice)
    interruptWaiting(at: key, notice: notice)
  }

  /// A message is not taken since enough wait. Its sender is told so once, until one is taken
  /// again: how often somebody writes must not decide how many replies wait.
  mutating func refuse(
    _ message: InboundMessage, on instance: InstanceID, at key: SessionKey
  ) {
    guard let place = places[key], let session = place.session else { return }
    let count = place.lane.waitingTurns
    let why = "\(count) messages wait for their turn already (host.queue_cap)"
    let identity = MessageIdentity(
      channel: instance, account: message.account, messageID: message.messageID)
    if !place.wasToldOfFullQueue {
      places[key]?.wasToldOfFullQueue = true
      let input = InputRecord(
        id: 0, message: message, channel: instance, key: key, session: session.id,
        epoch: place.epoch)
      reply(
        "Not taken: \(why). Send it again once one of them is answered.", to: input, turn: 0,
        isNotice: true)
    }
    afterCommit.append(.refusal(instance, token: message.token, identity, why))
  }

  // MARK: Turns

  /// Whether a turn may begin as far as the lane is concerned. Messages that are collected wait
  /// until nothing has arrived for a while, or as many wait as may.
  mutating func isOpen(_ key: SessionKey) -> Bool {
    let rules = queueRules(at: key)
    switch places[key]?.lane.opening(rules, at: now) {
    case .open: return true
    case .at(let instant): timers.add(.lane(key), at: instant)
    case .closed, nil: break
    }
    return false
  }

  /// Gives what waits to the turn that runs, if the session wants that. The model is about to be
  /// asked.
  @discardableResult
  mutating func steer(at key: SessionKey) -> [InputRecord] {
    let rules = queueRules(at: key)
    guard rules.mode == .steer, let turn = places[key]?.lane.running else { return [] }
    let bytes = turn.inputs.reduce(0) { $0 + $1.text.utf8.count }
    let entries =
      places[key]?.lane.steered(rules, messages: turn.inputs.count, bytes: bytes) ?? []
    for entry in entries {
      write(.startInput(entry.input.id))
      noteDequeued(entry, at: key)
      // A prompt that is put together now takes what was recalled for it by then; later ones take
      // nothing more.
      if turn.tools != nil {
        retireSlot(SlotName(key: key, input: entry.input.id), isStale: false)
      }
      places[key]?.lane.running?.inputs.append(entry.input)
    }
    return entries.map(\.input)
  }

  // MARK: Interruptions

  /// Whether the next turn of a place is held up by the turns of others alone.
  func isNext(_ place: Place) -> Bool {
    if case .waiting = place.seat { place.lane.running == nil } else { false }
  }

  /// Ends the messages of a turn that has not begun.
  mutating func interruptNext(at key: SessionKey, notice: String) {
    freeSlot(at: key)
    interrupt(places[key]?.lane.dropNext() ?? [], at: key, notice: notice)
  }

  mutating func interrupt(_ entries: [Lane.Waiting], at key: SessionKey, notice: String) {
    for entry in entries {
      retireSlot(SlotName(key: key, input: entry.input.id), isStale: true)
      write(.settleInput(entry.input.id, .interrupted))
      notices.append((notice, entry.input))
      noteDequeued(entry, at: key)
    }
    noteState(at: key)
    laneChanged(at: key)
  }

  /// Tells people of their messages that were interrupted.
  mutating func sendNotices() {
    let told = notices
    notices.removeAll()
    for notice in told { reply(notice.text, to: notice.input, turn: 0, isNotice: true) }
  }
}
