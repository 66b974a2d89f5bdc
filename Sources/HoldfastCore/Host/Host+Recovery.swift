/// Carries out what is decided about sessions that do not go on by themselves.
extension Host {
  /// Asks for recovery of one session. What the classifier saw may be over by now.
  mutating func recover(_ request: Recovery.Request) {
    let sight = request.sight
    noteRecovery(.recoveryRequested, request) {
      $0.outcome = request.mayAbort ? "abort" : "release"
    }
    let facts = facts(of: request)
    var recovery = recoveries[sight.session] ?? Recovery(at: sight.key)
    let decision = recovery.begin(request, facts, at: fair)
    recoveries[sight.session] = recovery
    switch decision {
    case .skip(let why):
      // One that is under way goes on.
      noteEnd(.skipped, why, request)
    case .giveUp: giveUp(request)
    case .noop: recovered(.noop, "nothing_to_do", request)
    case .release: release(request)
    case .cancel: cancelRun(request)
    // Without plugins in processes of their own there is none to be ended.
    case .fence, .kill: fenceRun(request)
    }
  }

  private func facts(of request: Recovery.Request) -> Recovery.Facts {
    let key = request.sight.key
    guard let place = places[key], place.session?.id == request.sight.session,
      let current = sight(at: key)
    else { return Recovery.Facts(generation: .max, state: nil) }
    var facts = Recovery.Facts(generation: current.generation, state: current.condition.state)
    facts.isOwnerAlive = place.lane.running != nil
    facts.isLaneTaskAlive = place.isDeciding
    facts.orphans = activities.orphans(of: request.sight.session).count
    facts.backlog = current.condition.backlog
    return facts
  }

  // MARK: Without permission

  /// Nothing is aborted: what has no owner is taken out of the books, and the lane is asked to go
  /// on.
  private mutating func release(_ request: Recovery.Request) {
    let key = request.sight.key
    let ended = activities.endOrphans(of: request.sight.session)
    if ended > 0 { log(.info, "\(ended) activities without an owner were ended at \(key)") }
    proceed(key)
    let isFree = places[key].map { $0.lane.running != nil || $0.lane.waiting.isEmpty } ?? true
    let hold = sight(at: key)?.hold ?? ""
    recovered(isFree ? .released : .ineffective, isFree ? "" : hold, request)
  }

  // MARK: With permission

  private mutating func cancelRun(_ request: Recovery.Request) {
    let sight = request.sight
    guard let turn = places[sight.key]?.lane.running else { return }
    // What it has not begun it begins no more, when a place becomes free.
    for (number, instance) in turn.callsWaiting {
      plugins[instance]?.calls.leave(turn.ticket(at: sight.key, number: number))
    }
    places[sight.key]?.lane.running?.callsWaiting = [:]
    var waiting: Set<OperationID> = []
    for id in turn.operations {
      guard let operation = operations[id] else { continue }
      waiting.insert(id)
      recoveryCalls[id] = sight.session
      // Nobody else is to suffer for it before recovery itself has given up waiting.
      let end = now + configuration.diagnostics.cancelWait
      plugins[operation.instance]?.lifecycle.holds(id, call: operation.name, at: end)
      timers.add(.overdue(operation.instance), at: end + PluginLifecycle.grace)
      cancel(id)
    }
    recoveries[sight.session]?.flight = Recovery.Flight(
      request: request, input: turn.input.id, waiting: waiting, began: now)
    timers.add(.recovery(sight.session), at: now + configuration.diagnostics.cancelWait)
    if waiting.isEmpty { endCancelling(sight.session) }
  }

  /// A plugin has returned from a call; perhaps from one that recovery cancelled.
  mutating func recoveryCallReturned(_ id: OperationID) {
    guard let session = recoveryCalls.removeValue(forKey: id) else { return }
    recoveries[session]?.flight?.waiting.remove(id)
    if recoveries[session]?.flight?.waiting.isEmpty ?? false { endCancelling(session) }
  }

  /// Every plugin has returned: the turn ends.
  private mutating func endCancelling(_ session: SessionID) {
    guard let flight = landing(session) else { return }
    let key = flight.request.sight.key
    interruptTurn(at: key, notice: notice(flight.request, "It was stopped."))
    afterCommit.append(.proceed(key))
    verify(.cancelled, flight.request, input: flight.input)
    checkStop()
  }

  /// A plugin has not returned in time.
  mutating func recoveryExpired(_ session: SessionID) {
    guard let flight = recoveries[session]?.flight else { return }
    let end = flight.began + configuration.diagnostics.cancelWait
    guard now >= end else { return timers.add(.recovery(session), at: end) }
    guard let flight = landing(session) else { return }
    fenceRun(flight.request)
  }

  /// Ends the waiting of an attempt. Returns it if its run is still the one that it is about; a
  /// newer one is left alone.
  private mutating func landing(_ session: SessionID) -> Recovery.Flight? {
    guard let flight = recoveries[session]?.flight else { return nil }
    recoveries[session]?.flight = nil
    for id in flight.waiting { recoveryCalls[id] = nil }
    let place = places[flight.request.sight.key]
    if place?.session?.id == session, place?.lane.running?.input.id == flight.input {
      return flight
    }
    recovered(.skipped, "newer_run", flight.request)
    return nil
  }

  private mutating func fenceRun(_ request: Recovery.Request) {
    let key = request.sight.key
    guard let input = places[key]?.lane.running?.input.id else {
      return recovered(.noop, "nothing_runs", request)
    }
    let notice = notice(
      request, "It did not stop when it was told to; what it still does is refused.")
    guard fence(key, notice: notice) else { return recovered(.failed, "not_fenced", request) }
    afterCommit.append(.proceed(key))
    verify(.fenced, request, input: input)
    checkStop()
  }

  private func notice(_ request: Recovery.Request, _ outcome: String) -> String {
    let call = request.sight.call
    let who = call.map { "“\($0.instance)” made no progress in \($0.name)" } ?? "nothing came of it"
    return "Interrupted: \(who) for \(request.sight.age.inWords). \(outcome) Send your message "
      + "again; if that does not help, `holdfast sessions explain \(request.sight.session)` says "
      + "more."
  }

  /// Only a lane that is free counts as success.
  private mutating func verify(
    _ outcome: Recovery.Outcome, _ request: Recovery.Request, input: Int64
  ) {
    let isFree = places[request.sight.key]?.lane.running?.input.id != input
    recovered(isFree ? outcome : .ineffective, isFree ? "" : "still_running", request)
  }

  // MARK: Its end

  private mutating func recovered(
    _ outcome: Recovery.Outcome, _ reason: String, _ request: Recovery.Request
  ) {
    recoveries[request.sight.session]?.ended(outcome)
    noteEnd(outcome, reason, request)
  }

  private mutating func noteEnd(
    _ outcome: Recovery.Outcome, _ reason: String, _ request: Recovery.Request
  ) {
    noteRecovery(.recoveryCompleted, request) { event in
      event.outcome = outcome.rawValue
      if !reason.isEmpty { event.reason = reason }
    }
    let why = reason.isEmpty ? "" : " (\(reason))"
    log(
      outcome == .failed || outcome == .ineffective ? .error : .warning,
      "recovery of session \(request.sight.session) at \(request.sight.key): "
        + "\(outcome.rawValue)\(why)")
  }

  private mutating func noteRecovery(
    _ name: DiagnosticEvent.Name, _ request: Recovery.Request,
    _ fill: (inout DiagnosticEvent) -> Void
  ) {
    let attempts = recoveries[request.sight.session]?.attempts.count ?? 0
    note(name) { event in
      event.session = request.sight.session
      event.instance = request.sight.call?.instance
      event.subject = request.sight.call?.word ?? ""
      event.reason = request.attention.reason
      event.duration = request.sight.age
      event.count = attempts
      fill(&event)
    }
  }

  private mutating func giveUp(_ request: Recovery.Request) {
    log(.error, personNeeded(request.sight.session, at: request.sight.key))
    noteEnd(.skipped, "attempts_used_up", request)
  }

  /// What `status` and the log say of a session that is left to a person.
  func personNeeded(_ session: SessionID, at key: SessionKey) -> String {
    "Session \(session) at \(key) did not go on after \(Recovery.maxAttempts) attempts within an "
      + "hour; `holdfast sessions explain \(session)` says what it waits for."
  }

  /// Sessions that are well are forgotten.
  mutating func tidyRecoveries() {
    for session in recoveries.filter({ $0.value.isForPerson }).map(\.key) {
      guard let key = recoveries[session]?.key, !isBusyForLong(session, at: key) else { continue }
      recoveries[session]?.recovered()
    }
    let fair = fair
    for session in recoveries.filter({ $0.value.isOver(at: fair) }).map(\.key) {
      recoveries[session] = nil
    }
  }

  private func isBusyForLong(_ session: SessionID, at key: SessionKey) -> Bool {
    guard places[key]?.session?.id == session, let since = watches[key]?.since else {
      return false
    }
    return fair.since(since) > configuration.diagnostics.stuckAfter
  }

  /// The place that holds a session, if it is kept in mind.
  func key(of session: SessionID) -> SessionKey? {
    for spot in places.spots where places[at: spot]?.session?.id == session {
      return places.key(at: spot)
    }
    return nil
  }
}
