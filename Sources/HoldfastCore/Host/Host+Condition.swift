/// What diagnostics knows of a session. It is read off the lane, the turn and the operations that
/// there are, so that nothing can be said of work that is over.
extension Host {
  /// The clock of ages: without the time by which heartbeats were late.
  var fair: Instant { Instant(nanoseconds: now.nanoseconds &- missed) }

  /// To be called after anything that may have changed a lane.
  mutating func laneChanged(at key: SessionKey) {
    let state = places[key]?.laneState() ?? .idle
    guard watches[key]?.state ?? .idle != state else {
      watches[key]?.lookAgain = Instant(nanoseconds: 0)
      return
    }
    watches[key] = state == .idle ? nil : AttentionWatch(state: state, since: fair)
    if !reports.isEmpty { reports[key] = nil }
  }

  /// The turn of a place came further by itself.
  mutating func progressed(at key: SessionKey, _ reason: String) {
    let progress = ActivityProgress(at: fair, reason)
    places[key]?.lane.running?.progress = progress
  }

  /// The session of a place as it is now; nil if there is none.
  func sight(at key: SessionKey) -> SessionSight? {
    guard let place = places[key], let session = place.session else { return nil }
    var sight = SessionSight(session.id, at: key, generation: place.lane.generation)
    sight.stateAge = watches[key].map { fair.since($0.since) } ?? .zero
    sight.condition.backlog = place.lane.waiting.count
    var sum = ActivitySum(at: fair)
    if let turn = place.lane.running {
      sight.condition.state = .processing
      sight.input = turn.input.id
      look(at: turn, &sum, &sight)
    } else {
      sight.hold = hold(of: place)
      let isHeld = !place.lane.waiting.isEmpty && !sight.hold.isEmpty
      sight.condition.state = isHeld ? .waiting : .idle
      sight.condition.isPersonAwaited = isHeld && isPersonNeeded(at: place)
      for token in activities.orphans(of: session.id) { look(at: token, &sum, &sight) }
    }
    let repeats = sight.condition.activity.repeatedRequestAge
    sight.condition.activity = sum.activity
    sight.condition.activity.repeatedRequestAge = repeats
    if sum.activity.work != nil {
      sight.condition.activity.isOwnerAlive = sight.condition.state == .processing
    }
    sight.call = sum.call ?? cancelledCall(of: session.id)
    return sight
  }

  /// The call that recovery has cancelled and whose plugin is waited for.
  private func cancelledCall(of session: SessionID) -> SessionSight.Call? {
    guard let flight = recoveries[session]?.flight, !flight.waiting.isEmpty,
      var call = flight.request.sight.call
    else { return nil }
    call.age += now.since(flight.began)
    return call
  }

  /// A turn is its own owner: its work is alive as long as it is. Tokens without an owner say
  /// nothing of a session that has one.
  private func look(at turn: Turn, _ sum: inout ActivitySum, _ sight: inout SessionSight) {
    let start = turn.progress ?? ActivityProgress(at: turn.began, "run:started")
    sum.add(.run, began: turn.began, progress: start)
    // Its model, or the plugins of all its tools, have as many calls under way as they may have.
    if case .waiting = turn.permit { sight.condition.isProviderRetryOpen = true }
    if turn.operations.isEmpty, !turn.callsWaiting.isEmpty {
      sight.condition.isProviderRetryOpen = true
    }
    if let tools = turn.tools, tools.isRepeating, let asked = tools.asked {
      sight.condition.activity.repeatedRequestAge = fair.since(asked)
    }
    for id in turn.operations {
      guard let operation = operations[id] else { continue }
      let work: WorkKind = if case .tool = operation.purpose { .toolCall } else { .modelCall }
      sum.add(
        work, began: operation.beganFair,
        progress: operation.progress ?? ActivityProgress(at: operation.beganFair, "started"),
        call: (operation.instance, operation.name, operation.name))
      for token in activities.tokens(of: id) { look(at: token, &sum, &sight) }
    }
  }

  private func look(
    at token: ActivityBook.Token, _ sum: inout ActivitySum, _ sight: inout SessionSight
  ) {
    if let work = token.start.kind.work {
      sum.add(
        work, began: token.began, progress: token.progress,
        call: (token.name.instance, token.start.name, work.rawValue))
      return
    }
    guard let deadline = token.deadline, fair < deadline else { return }
    if token.start.kind == .providerWait { sight.condition.isProviderRetryOpen = true }
    if token.start.kind == .personWait { sight.condition.isPersonAwaited = true }
  }

  /// Why the first message that waits may not begin; empty if nothing keeps it.
  private func hold(of place: Place) -> String {
    guard let first = place.lane.waiting.first else { return "" }
    if stopping != nil { return "the host is stopping" }
    if !first.isDurable {
      return journalProblem.map { "the journal cannot be written (\($0))" }
        ?? "its row is not in the journal yet"
    }
    if let session = place.session, isHeldByStrictMemory(session) {
      let missing = missingMemory(of: place.key.agent).map { "“\($0)”" }.joined(separator: ", ")
      return "the memory \(missing) is missing, without which nothing is answered (memory.strict)"
    }
    if case .waiting = place.seat {
      return "as many turns are at work as may be at a time (host.max_concurrent_turns)"
    }
    if case .at = place.lane.opening(queueRules(at: place.key), at: now) {
      return "more may come that is answered with it (queue_mode is collect)"
    }
    if !modelIsSettled(for: place.key) {
      return "the model “\(model(for: place.key))” is being loaded"
    }
    return channelIsSettled(at: place.key)
      ? "" : "the channel “\(first.input.channel)” is being loaded"
  }

  /// Whether what keeps the messages waiting ends only when a person does something.
  private func isPersonNeeded(at place: Place) -> Bool {
    if journalProblem != nil { return true }
    return place.session.map { isHeldByStrictMemory($0) } ?? false
  }
}
