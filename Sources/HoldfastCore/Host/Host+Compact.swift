extension Host {
  // MARK: /compact

  mutating func readToCompact(at key: SessionKey, from origin: Place.Arrival.Origin) {
    guard let place = places[key], let session = place.session else {
      return noSession(origin, at: key)
    }
    guard place.compaction == nil else {
      conclude(origin, at: key, "A summary is being written already.", isDone: false)
      return
    }
    pause(key, for: .session(session.id), .compact(key, session.id, origin))
  }

  /// Older turns are summarised; the last ones stay as they are.
  mutating func compact(
    _ turns: [TurnRecord], at key: SessionKey, from origin: Place.Arrival.Origin
  ) {
    defer { admit(key) }
    guard let session = places[key]?.session else { return noSession(origin, at: key) }
    let older = Array(turns.dropLast(Self.turnsKept).prefix(Self.compactionReach))
    guard let limit = older.last?.index else {
      conclude(origin, at: key, "There is too little to summarise.", isDone: false)
      return
    }
    let instance = model(for: key)
    guard plugins[instance]?.lifecycle.isRunning ?? false else {
      conclude(origin, at: key, "The model “\(instance)” is not running.", isDone: false)
      return
    }
    endDecision(at: key)
    let epoch = places[key]?.epoch ?? 0
    var context = CallContext(session, key: key, epoch: epoch)
    var request = ModelRequest(context: context, purpose: .summarise)
    request.maxCharacters = 2000
    request.messages = Self.messages(session, history: older)
    places[key]?.compaction = Compaction(
      session: session, epoch: epoch, limit: limit, origin: origin, request: request)
    afterCommit.append(.proceed(key))
    context.reason = SwitchReason.compress.rawValue
    var flushed = context
    flushed.lastTurn = session.lastTurn
    emit(.flush, flushed)
    flush(session.id)
    context.firstTurn = older.first?.index ?? 0
    context.lastTurn = limit
    afterCommit.append(.compacting(BusEvent(kind: .sessionCompacting, context: context)))
  }

  // MARK: What providers want kept

  /// The flush is in the journal: whoever listens hears of what is about to happen, and memory
  /// providers, behind their first attempt to flush, may say what to keep.
  mutating func askWhatToKeep(_ event: BusEvent) {
    guard let key = event.context.key, places[key]?.compaction != nil else { return }
    var asked: [InstanceID: OperationID] = [:]
    var until = now
    for id in currentEnrolments(of: key.agent) {
      guard providers[id]?.isReady ?? false, let instance = owners[id],
        let plugin = plugins[instance], plugin.mailbox?.takes(event.kind) ?? false
      else { continue }
      asked[instance] = numbers.operation()
      until = max(until, now + plugin.settings.deadlines.event)
    }
    places[key]?.compaction?.asked = asked
    places[key]?.compaction?.askedUntil = until
    for instance in listeners {
      var own = event
      own.operation = asked[instance]
      own.deadline = own.operation == nil ? nil : until
      let mail = plugins[instance]?.publish(own, at: now, isFlushed: { _ in true })
      guard let number = mail?.number else { continue }
      deliver([Mailbox.Delivery(event: own, number: number)], to: instance)
    }
    effects.append(.published(PublishedEvent(event, at: wall)))
    if asked.isEmpty { summarise(key) } else { timers.add(.compaction(key), at: until) }
  }

  /// The question goes out. Its answer is awaited, unless the summary is made without it by now.
  mutating func asking(_ event: BusEvent, of instance: InstanceID) -> BusEvent {
    guard let id = event.operation, let deadline = event.deadline else { return event }
    guard let key = event.context.key, places[key]?.compaction?.asked[instance] == id else {
      var told = event
      (told.operation, told.deadline) = (nil, nil)
      return told
    }
    expectAnswer(id, of: instance, "compacting", for: .keep(key), until: deadline)
    return event
  }

  mutating func kept(
    _ key: SessionKey, _ id: OperationID, by instance: InstanceID, _ answer: PluginAnswer
  ) {
    guard places[key]?.compaction?.asked[instance] == id else { return }
    places[key]?.compaction?.asked[instance] = nil
    let text = RecallBlock.stripped(answer.text)
    if !answer.status.isFailure, !text.isEmpty { places[key]?.compaction?.kept[instance] = text }
    if places[key]?.compaction?.asked.isEmpty ?? false { summarise(key) }
  }

  /// Whoever is still behind its flush is not waited for.
  mutating func keepingExpired(at key: SessionKey) {
    guard let compaction = places[key]?.compaction, !compaction.asked.isEmpty,
      compaction.askedUntil <= now
    else { return }
    places[key]?.compaction?.asked = [:]
    for id in compaction.asked.values.sorted() { cancel(id) }
    summarise(key)
  }

  // MARK: The summary

  private mutating func summarise(_ key: SessionKey) {
    guard let compaction = places[key]?.compaction else { return }
    let instance = model(for: key)
    _ = call(
      instance, .respond(compaction.request), for: .summarise(key),
      within: plugins[instance]?.settings.deadlines.model)
  }

  mutating func summarised(_ key: SessionKey, _ answer: PluginAnswer) {
    guard let compaction = places[key]?.compaction else { return }
    places[key]?.compaction = nil
    guard !answer.status.isFailure, !answer.text.isEmpty else {
      conclude(
        compaction.origin, at: key, "No summary: \(answer.text)", isDone: false, endsDecision: false
      )
      return
    }
    guard var session = places[key]?.session, session.id == compaction.session.id,
      places[key]?.epoch == compaction.epoch
    else {
      conclude(
        compaction.origin, at: key, "No summary: the session has moved on.", isDone: false,
        endsDecision: false)
      return
    }
    session.summary = RecallBlock.stripped(answer.text)
    for (instance, text) in compaction.kept.sorted(by: { $0.key < $1.key }) {
      session.summary += "\n\nKept for \(instance): \(text)"
    }
    session.summaryLimit = compaction.limit
    places[key]?.session = session
    write(.compact(session.id, summary: session.summary, limit: compaction.limit))
    var context = CallContext(session, key: key, epoch: compaction.epoch)
    context.reason = SwitchReason.compress.rawValue
    emit(.sessionSwitched, context) { event in
      event.newSession = session.id
      event.newParent = session.parent
      event.newLastTurn = session.lastTurn
      event.newEpoch = compaction.epoch
    }
    conclude(
      compaction.origin, at: key, "Turns up to \(compaction.limit) stand behind a summary now.",
      isDone: true, endsDecision: false)
  }

  /// So many of the last turns stay as they are.
  static let turnsKept = 4
  /// No more turns go into one summary.
  static let compactionReach = 400
}
