extension Host {
  // MARK: /compact

  mutating func readToCompact(at key: SessionKey, from origin: Place.Arrival.Origin) {
    guard let place = places[key], let session = place.session else {
      return noSession(origin, at: key)
    }
    guard !place.isCompacting else {
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
    places[key]?.isCompacting = true
    afterCommit.append(.proceed(key))
    let epoch = places[key]?.epoch ?? 0
    var context = CallContext(session, key: key, epoch: epoch)
    context.reason = SwitchReason.compress.rawValue
    var flushed = context
    flushed.lastTurn = session.lastTurn
    emit(.flush, flushed)
    flush(session.id)
    afterCommit.append(.publish(BusEvent(kind: .sessionCompacting, context: context)))
    var request = ModelRequest(
      context: CallContext(session, key: key, epoch: epoch), purpose: .summarise)
    request.maxCharacters = 2000
    request.messages = Self.messages(session, history: older)
    let summary = Summary(session: session, epoch: epoch, limit: limit, origin: origin)
    _ = call(
      instance, .respond(request), for: .summarise(key, summary),
      within: plugins[instance]?.settings.deadlines.model)
  }

  mutating func summarised(_ key: SessionKey, _ summary: Summary, _ answer: PluginAnswer) {
    places[key]?.isCompacting = false
    guard !answer.status.isFailure, !answer.text.isEmpty else {
      conclude(
        summary.origin, at: key, "No summary: \(answer.text)", isDone: false, endsDecision: false)
      return
    }
    guard var session = places[key]?.session, session.id == summary.session.id,
      places[key]?.epoch == summary.epoch
    else {
      conclude(
        summary.origin, at: key, "No summary: the session has moved on.", isDone: false,
        endsDecision: false)
      return
    }
    session.summary = RecallBlock.stripped(answer.text)
    session.summaryLimit = summary.limit
    places[key]?.session = session
    write(.compact(session.id, summary: session.summary, limit: summary.limit))
    var context = CallContext(session, key: key, epoch: summary.epoch)
    context.reason = SwitchReason.compress.rawValue
    emit(.sessionSwitched, context) { event in
      event.newSession = session.id
      event.newParent = session.parent
      event.newLastTurn = session.lastTurn
      event.newEpoch = summary.epoch
    }
    conclude(
      summary.origin, at: key, "Turns up to \(summary.limit) stand behind a summary now.",
      isDone: true, endsDecision: false)
  }

  /// So many of the last turns stay as they are.
  static let turnsKept = 4
  /// No more turns go into one summary.
  static let compactionReach = 400
}
