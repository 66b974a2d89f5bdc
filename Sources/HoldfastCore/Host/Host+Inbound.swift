extension Host {
  /// A person said something. The journal is asked where that belongs and whether it is known.
  mutating func received(_ message: InboundMessage, on instance: InstanceID) {
    guard let plugin = plugins[instance] else { return }
    if let refusal = refusal(of: message) {
      effects.append(
        .receipt(instance, refusal, token: message.token, messageID: message.messageID))
      return
    }
    let identity = MessageIdentity(
      channel: instance, account: message.account, messageID: message.messageID)
    guard arriving.insert(identity).inserted else {
      effects.append(
        .receipt(
          instance, .busy(retryAfter: .milliseconds(200)), token: message.token,
          messageID: message.messageID))
      return
    }
    let key = SessionKey(
      agent: plugin.settings.agent, channel: instance.description, kind: message.kind,
      chat: message.chat, thread: message.thread)
    let query = JournalQuery.place(
      key, channel: instance, account: message.account, messageID: message.messageID)
    let read = ask(query, for: .place(key))
    let command = ChatCommand(message.text, prefix: configuration.host.commandPrefix)
    wait(
      Place.Arrival(origin: .channel(instance, message), read: read), at: key,
      as: command == nil ? .message : .command, for: command?.purpose ?? "message")
  }

  /// Something wants to be decided at a place, behind what arrived before it.
  private mutating func wait(
    _ arrival: Place.Arrival, at key: SessionKey, as party: LockParty, for purpose: String
  ) {
    places.fill(key, with: Place(key: key))
    let ticket = places[key]?.lock.wait(
      arrival, as: party, for: purpose, at: now, until: now + configuration.lock.acquireTimeout)
    if case .control(let request, _) = arrival.origin, let ticket {
      operatorsWaits[request] = (key, ticket)
    }
    if places[key]?.isDeciding ?? false { watchLock(at: key) }
  }

  private func refusal(of message: InboundMessage) -> Receipt? {
    if stopping != nil { return .rejected(.stopping, "the host is stopping") }
    if journalProblem != nil { return .busy(retryAfter: .seconds(5)) }
    let limit = configuration.host.maxMessageBytes
    if message.text.utf8.count > limit {
      return .rejected(
        .tooLarge,
        "the message has \(message.text.utf8.count) bytes; at most \(limit) are accepted "
          + "(host.max_message_bytes)")
    }
    if trimmed(message.text).isEmpty { return .rejected(.malformed, "the message is empty") }
    return nil
  }

  /// The operator wants something of a place.
  mutating func arrive(_ command: ChatCommand, from request: RequestID, at key: SessionKey) {
    let query = JournalQuery.place(
      key, channel: InstanceID(""), account: "", messageID: "")
    let read = ask(query, for: .place(key))
    wait(
      Place.Arrival(origin: .control(request, command), read: read), at: key, as: .operator_,
      for: command.purpose)
  }

  mutating func answeredPlace(_ read: ReadID, at key: SessionKey, _ record: PlaceRecord) {
    let instant = now
    places[key]?.lock.update { arrival in
      guard arrival.read == read else { return }
      arrival.place = record
      arrival.answeredAt = instant
    }
    admit(key)
  }

  /// The journal cannot say: nothing is accepted, nothing is remembered.
  mutating func placeUnknown(_ read: ReadID, at key: SessionKey, _ reason: String) {
    let failed = places[key]?.lock.cancel { $0.read == read } ?? []
    for arrival in failed {
      switch arrival.waiter.origin {
      case .channel(let instance, let message):
        forgetArrival(instance, message)
        effects.append(
          .receipt(
            instance, .busy(retryAfter: .seconds(5)), token: message.token,
            messageID: message.messageID))
      case .control(let request, _):
        operatorsWaits[request] = nil
        refuse(request, "The journal cannot be read: \(reason)")
      }
    }
    admit(key)
  }

  /// Decides about what arrived at a place, one after the other, in the order of arrival.
  mutating func admit(_ key: SessionKey) {
    while let place = places[key], let next = place.lock.next, let record = next.waiter.place {
      places[key]?.lock.grant(at: now, token: place.session?.token ?? 0)
      noteWait(of: next, at: key)
      if !place.isLoaded {
        places[key]?.session = record.session
        places[key]?.epoch = record.epoch
        places[key]?.lastActive = record.lastActive
        places[key]?.isLoaded = true
      }
      switch next.waiter.origin {
      case .channel(let instance, let message):
        admit(message, on: instance, at: key, isDuplicate: record.isDuplicate)
      case .control(let request, let command):
        operatorsWaits[request] = nil
        decide(command, at: key, from: .control(request, command))
      }
      noteHold(of: places[key]?.lock.releaseUnlessKept())
    }
    forgetIfIdle(key)
  }

  private mutating func admit(
    _ message: InboundMessage, on instance: InstanceID, at key: SessionKey, isDuplicate: Bool
  ) {
    if isDuplicate {
      forgetArrival(instance, message)
      effects.append(
        .receipt(instance, .duplicate, token: message.token, messageID: message.messageID))
      return
    }
    ensureSession(at: key, for: message)
    if let command = ChatCommand(message.text, prefix: configuration.host.commandPrefix) {
      decide(command, at: key, from: .channel(instance, message))
      return
    }
    let expired = expire(at: key, for: message)
    let rules = queueRules(at: key)
    if rules.mode == .interrupt { interruptForNewer(at: key) }
    switch places[key]?.lane.reception(of: message.text, rules) {
    case .own:
      let input = accept(message, on: instance, at: key, isJoined: false)
      if let expired, let input { reply(expired, to: input, turn: 0, isNotice: true) }
    case .joined: _ = accept(message, on: instance, at: key, isJoined: true)
    case .refused: refuse(message, on: instance, at: key)
    case .busy, nil:
      forgetArrival(instance, message)
      effects.append(
        .receipt(
          instance, .busy(retryAfter: .seconds(1)), token: message.token,
          messageID: message.messageID))
    }
  }

  private mutating func accept(
    _ message: InboundMessage, on instance: InstanceID, at key: SessionKey, isJoined: Bool
  ) -> InputRecord? {
    guard let place = places[key], let session = place.session else { return nil }
    var input = InputRecord(
      id: numbers.input(), message: message, channel: instance, key: key, session: session.id,
      epoch: place.epoch)
    input.received = wall
    write(.acceptInput(input))
    places[key]?.lane.enqueue(input, isJoined: isJoined, at: now)
    places[key]?.wasToldOfFullQueue = false
    laneChanged(at: key)
    noteEnqueued(at: key)
    afterCommit.append(receipt(for: instance, message))
    afterCommit.append(.accepted(SlotName(key: key, input: input.id)))
    var context = CallContext(session, key: key, epoch: place.epoch)
    context.user = message.user
    var event = BusEvent(kind: .messageReceived, context: context)
    event.userText = message.text
    event.messageID = message.messageID
    event.time = wall
    afterCommit.append(.publish(event))
    return input
  }

  func receipt(for instance: InstanceID, _ message: InboundMessage) -> AfterCommit {
    .receipt(
      instance, token: message.token,
      MessageIdentity(
        channel: instance, account: message.account, messageID: message.messageID))
  }

  mutating func forgetArrival(_ instance: InstanceID, _ message: InboundMessage) {
    arriving.remove(
      MessageIdentity(
        channel: instance, account: message.account, messageID: message.messageID))
  }

  /// The place's first session, when somebody first says something there.
  private mutating func ensureSession(at key: SessionKey, for message: InboundMessage) {
    guard let place = places[key], place.session == nil else { return }
    let session = freshSession(at: key, user: message.user, parent: nil)
    let epoch = place.epoch + 1
    write(.openSession(session))
    write(.bind(key, session.id, epoch, wall))
    emit(.sessionOpened, CallContext(session, key: key, epoch: epoch))
    places[key]?.session = session
    places[key]?.epoch = epoch
    places[key]?.lastActive = wall
  }

  /// A conversation that is over by itself ends with the message that comes behind it, in the
  /// transaction that accepts that. Returns what the person is told, nil if it goes on. What is
  /// under way there is no silence, and an empty session is as good as a new one.
  private mutating func expire(at key: SessionKey, for message: InboundMessage) -> String? {
    let settings = agents[key.agent]
    var expiry = configuration.host.expiry
    expiry.idle = settings?.idleExpiry ?? expiry.idle
    expiry.daily = settings?.dailyExpiry ?? expiry.daily
    guard expiry != SessionExpiry(), let place = places[key], let old = place.session,
      old.lastTurn > 0, place.lane.state == .idle, place.compaction == nil,
      expiry.isOver(since: place.lastActive, at: wall, offset: localOffset)
    else { return nil }
    let session = freshSession(at: key, user: message.user, parent: old.id)
    let back = wayBack(to: old, at: key)
    perform(.expired, to: session, at: key)
    return "New session, since the last one has expired.\(back)"
  }

  func freshSession(
    at key: SessionKey, user: String, parent: SessionID?, id: SessionID
  ) -> SessionRecord {
    var session = SessionRecord(
      id: id, key: key, scope: scope(at: key, user: user, id), created: wall)
    session.user = user
    session.parent = parent
    return session
  }

  private mutating func freshSession(
    at key: SessionKey, user: String, parent: SessionID?
  ) -> SessionRecord {
    freshSession(at: key, user: user, parent: parent, id: numbers.session(at: wall))
  }

  /// Whose memories a new session's turns are. A group without a session for each person has no
  /// single user, so its memories are the group's.
  private func scope(at key: SessionKey, user: String, _ session: SessionID) -> Scope {
    let agent = agents[key.agent]
    let rule = agent.map { configuration.scope(of: $0) } ?? configuration.memory.scope
    let base = percentEncoded(key.agent)
    let channel = "\(base)/channel:\(percentEncoded(key.channel))"
    let chat = "\(channel)/chat:\(percentEncoded(key.chat))"
    switch rule {
    case .agent: return Scope(base)
    case .user:
      let person = key.user.isEmpty ? user : key.user
      if key.kind == .group, key.user.isEmpty { return Scope(chat) }
      return Scope("\(channel)/user:\(percentEncoded(person))")
    case .channel: return Scope(channel)
    case .chat: return Scope(chat)
    case .session: return Scope("\(base)/session:\(session)")
    }
  }

  /// Adds a journalled event to the transaction; it is published once that is synced.
  mutating func emit(
    _ kind: EventKind, _ context: CallContext, _ fill: (inout BusEvent) -> Void = { _ in }
  ) {
    var event = BusEvent(kind: kind, context: context)
    event.sequence = numbers.sequence()
    event.time = wall
    fill(&event)
    write(.emit(event))
    afterCommit.append(.publish(event))
  }

  /// The place may have become idle. Of many idle places the one that has been idle for longest is
  /// forgotten; the journal remembers it. What it is to remember must be synced by then, since the
  /// place is read back from what is.
  mutating func forgetIfIdle(_ key: SessionKey) {
    guard places[key]?.isIdle ?? false else { return }
    idlePlaces.append(key)
    while idlePlaces.count > placesKept, let oldest = idlePlaces.popFirst() {
      guard let place = places[oldest], place.isIdle, place.lastWrite <= committedThrough else {
        continue
      }
      for operation in place.prefetches.values.sorted() { cancel(operation) }
      places[oldest] = nil
    }
  }
}
