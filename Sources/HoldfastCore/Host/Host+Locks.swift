/// The write locks of sessions: who decides about a place, who waits for that, and what is done
/// about those who wait or hold for too long.
extension Host {
  /// Sets the one timer of a place's lock, while a decision keeps it.
  mutating func watchLock(at key: SessionKey) {
    guard places[key]?.isDeciding ?? false,
      let wake = places[key]?.lock.wake(overdueAfter: configuration.lock.maxHold)
    else { return timers.remove(.lock(key)) }
    timers.add(.lock(key), at: wake)
  }

  /// Somebody got the lock who may have waited for another to give it up.
  mutating func noteWait(of entry: WriteLock<Place.Arrival>.Entry, at key: SessionKey) {
    let waited = now.since(max(entry.since, entry.waiter.answeredAt ?? entry.since))
    lockTimes.waited(waited)
    guard waited > .milliseconds(10) else { return }
    let session = places[key]?.session?.id
    note(.lockWaited) { event in
      event.session = session
      event.subject = entry.purpose
      event.duration = waited
    }
  }

  /// The lock of a session was given up.
  mutating func noteHold(of holder: WriteLock<Place.Arrival>.Holder?) {
    if let holder { lockTimes.held(now.since(holder.since)) }
  }

  /// The earliest that was due at a place's lock.
  mutating func lockExpired(at key: SessionKey) {
    let session = places[key]?.session?.id
    if let holder = places[key]?.lock.overdue(after: configuration.lock.maxHold, at: now) {
      let name = session.map { "session \($0)" } ?? "\(key)"
      let age = now.since(holder.since)
      log(
        .warning,
        "\(holder.purpose) of \(holder.party.article) has held \(name) for "
          + "\(now.age(of: holder.since)) and waits for \(whatADecisionWaitsFor(at: key)); "
          + "`holdfast locks break` ends it"
      )
      note(.lockTimeout) { event in
        event.session = session
        event.subject = holder.purpose
        event.outcome = "held"
        event.duration = age
      }
    }
    let excuse = places[key]?.lock.excuse(at: now) ?? "it was free a moment ago"
    for entry in places[key]?.lock.expire(at: now) ?? [] {
      let waited = now.since(entry.since)
      note(.lockTimeout) { event in
        event.session = session
        event.subject = entry.purpose
        event.outcome = "refused"
        event.reason = excuse
        event.duration = waited
      }
      turnAway(entry.waiter, at: key, excuse)
    }
    watchLock(at: key)
  }

  /// One who waited in vain is told why.
  private mutating func turnAway(_ arrival: Place.Arrival, at key: SessionKey, _ excuse: String) {
    reads[arrival.read] = nil
    switch arrival.origin {
    case .channel(let instance, let message):
      forgetArrival(instance, message)
      effects.append(
        .receipt(
          instance, .busy(retryAfter: .seconds(1)), token: message.token,
          messageID: message.messageID))
    case .control(let request, _):
      operatorsWaits[request] = nil
      refuse(
        request,
        "Not done: the write lock of \(key) was not free within "
          + "\(configuration.lock.acquireTimeout.milliseconds) ms (lock.acquire_timeout_ms): "
          + "\(excuse). `holdfast locks` shows it, `holdfast locks break` ends it.")
    }
  }

  // MARK: Withdrawing

  /// Whoever asked has hung up. What waits is not done; what is being decided is.
  mutating func withdraw(_ request: RequestID) {
    let gone = "Not done: whoever asked hung up while it waited."
    for (read, reading) in reads {
      guard case .controlTarget(request, _) = reading else { continue }
      reads[read] = nil
      refuse(request, gone)
      log(.info, "\(gone)")
    }
    guard let wait = operatorsWaits.removeValue(forKey: request),
      let entry = places[wait.key]?.lock.cancel(wait.ticket)
    else { return }
    reads[entry.waiter.read] = nil
    refuse(request, gone)
    log(.info, "\(entry.purpose) at \(wait.key): \(gone)")
    if places[wait.key]?.isDeciding ?? false { watchLock(at: wait.key) }
    admit(wait.key)
  }

  // MARK: Breaking

  /// Takes a session away from whoever holds it: a turn that runs, a decision that waits.
  mutating func breakLock(_ session: SessionID, _ request: RequestID) {
    let found = placesInOrder.first { places[$0]?.session?.id == session }
    guard let key = found, let place = places[key],
      place.lane.running != nil || place.lock.holder != nil
    else {
      refuse(
        request, "Nothing holds session \(session); `holdfast locks` shows the sessions that are.")
      return
    }
    let rows = lockRows(at: key).map {
      "\($0.purpose) of \($0.holder), held for \($0.ageMilliseconds) ms"
    }
    let held = rows.joined(separator: "; ")
    log(.warning, "the operator took session \(session) away: \(held)")
    let isFenced = fence(key, notice: "Interrupted: the operator took the session away from it.")
    if !isFenced { raiseToken(at: key) }
    if let holder = places[key]?.lock.holder { abandon(holder, at: key) }
    afterCommit.append(.answer(request, .done("Broken: \(held). Whoever waits goes on.")))
    admit(key)
  }

  /// A decision that waits is not made.
  private mutating func abandon(_ holder: WriteLock<Place.Arrival>.Holder, at key: SessionKey) {
    for (id, reading) in reads where reading.decidesAt == key {
      reads[id] = nil
      overtaken.remove(id)
      release(reading.subject)
    }
    dropSurveys(at: key)
    conclude(
      holder.waiter.origin, at: key, "Not done: the operator took the session away from it.",
      isDone: false)
  }

  // MARK: What is shown

  /// Who holds what, as far as the rules know it; the runtime adds the host's own lock.
  public func lockReport() -> LockReport {
    var report = LockReport()
    report.waits = DelayFigures(lockTimes.waits)
    report.holds = DelayFigures(lockTimes.holds)
    report.sessions = placesInOrder.flatMap { lockRows(at: $0) }
      .sorted { $0.ageMilliseconds > $1.ageMilliseconds }
    return report
  }

  private func lockRows(at key: SessionKey) -> [SessionLockRow] {
    guard let place = places[key] else { return [] }
    var row = SessionLockRow()
    row.session = place.session?.id.description ?? ""
    row.place = key.description
    row.token = place.session?.token ?? 0
    var rows: [SessionLockRow] = []
    if let turn = place.lane.running {
      row.lock = "lane"
      row.holder = LockParty.message.rawValue
      row.purpose = "turn"
      row.ageMilliseconds = now.since(turn.began).milliseconds
      row.waitsFor = whatItWaitsFor(turn, at: key)
      row.waiters = place.lane.waiting.count
      row.oldestWaitMilliseconds =
        place.lane.waiting.first.map { now.since($0.since).milliseconds } ?? 0
      rows.append(row)
    }
    if let holder = place.lock.holder {
      row.lock = "write"
      row.holder = holder.party.rawValue
      row.purpose = holder.purpose
      row.ageMilliseconds = now.since(holder.since).milliseconds
      row.waitsFor = whatADecisionWaitsFor(at: key)
      row.isOverdue = now.since(holder.since) >= configuration.lock.maxHold
      row.token = holder.token
      row.waiters = place.lock.waiting.count
      row.oldestWaitMilliseconds =
        place.lock.waiting.first.map { now.since($0.since).milliseconds } ?? 0
      rows.append(row)
    }
    return rows
  }

  private func whatADecisionWaitsFor(at key: SessionKey) -> String {
    for survey in surveys where survey.decidesAt == key { return "the status" }
    return "the journal"
  }

  private func whatItWaitsFor(_ turn: Turn, at key: SessionKey) -> String {
    switch turn.stage {
    case .gathering: return turn.history == nil ? "the journal" : "what is remembered"
    case .responding: return "model \(model(for: key))"
    case .written: return "the write lock"
    case .marking: return "the journal"
    case .calling(let calls):
      let names = calls.keys.sorted().compactMap { turn.tools?.uses[$0 - 1].request.name }
      return "tool \(names.joined(separator: ", "))"
    }
  }
}

extension Reading {
  /// The place where a decision waits for its answer, nil if none does.
  var decidesAt: SessionKey? {
    switch self {
    case .resume(let key, _, _, _), .undo(let key, _, _, _), .delete(let key, _, _),
      .deleteTarget(let key, _, _), .compact(let key, _, _), .listing(let key, _):
      key
    default: nil
    }
  }
}

/// How long write locks of sessions were waited for, and held, since the host started.
struct LockTimes: Sendable {
  private(set) var waits = LatencyHistogram()
  private(set) var holds = LatencyHistogram()
  /// The same, for those who add the figures of several hosts.
  private(set) var waitedFor = LatencyBuckets()
  private(set) var heldFor = LatencyBuckets()

  mutating func waited(_ duration: Duration) {
    waits.record(duration.nanoseconds)
    waitedFor.add(duration)
  }

  mutating func held(_ duration: Duration) {
    holds.record(duration.nanoseconds)
    heldFor.add(duration)
  }
}

extension ChatCommand {
  /// What it does, for whoever sees who holds a lock.
  var purpose: String {
    switch self {
    case .new: "new session"
    case .reset: "reset"
    case .resume: "resume"
    case .branch: "branch"
    case .undo: "undo"
    case .stop: "stop"
    case .compact: "compact"
    case .delete: "delete"
    case .sessions: "list of sessions"
    case .status: "status"
    case .memory: "memory"
    case .queue: "queue mode"
    case .help, .invalid: "answer"
    }
  }
}
