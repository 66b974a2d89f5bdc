extension Host {
  // MARK: /undo

  mutating func readToUndo(
    _ count: Int, at key: SessionKey, from origin: Place.Arrival.Origin
  ) {
    guard let session = places[key]?.session else { return noSession(origin, at: key) }
    pause(key, for: .rewind(session.id, limit: count), .undo(key, session.id, count: count, origin))
  }

  mutating func undo(
    _ turns: [TurnRecord], debts: [DebtRecord], count: Int, at key: SessionKey,
    from origin: Place.Arrival.Origin
  ) {
    defer { admit(key) }
    let undone = turns.suffix(count)
    let isRunning = places[key]?.lane.running != nil
    guard let session = places[key]?.session, isRunning || !undone.isEmpty else {
      conclude(origin, at: key, "There is nothing to take back.", isDone: false)
      return
    }
    interrupt(key, notice: "Not answered: the session was rewound.")
    let own = undone.filter { $0.session == session.id }
      .map { TurnPlace(index: $0.index, sequence: $0.sequence) }
    let shared = undone.filter { $0.session != session.id }.map(\.index).min()
    if !own.isEmpty { write(.withdrawTurns(session.id, TurnSet(own.map(\.index)))) }
    withdraw(own, of: session, at: key, debts: debts, reason: "undo")
    if let shared, var current = places[key]?.session {
      current.sharedLimit = shared - 1
      places[key]?.session = current
      write(.limitShared(session.id, shared - 1))
    }
    rebind(key)
    let what = undone.count == 1 ? "One turn" : "\(undone.count) turns"
    conclude(origin, at: key, "\(what) taken back.", isDone: true)
  }

  /// The same session under a new epoch.
  private mutating func rebind(_ key: SessionKey) {
    guard let place = places[key], let session = place.session else { return }
    overtake(session.id)
    places[key]?.epoch = place.epoch + 1
    places[key]?.lastActive = wall
    write(.bind(key, session.id, place.epoch + 1, wall))
  }

  /// Takes turns back from every provider that was ever owed them.
  private mutating func withdraw(
    _ turns: [TurnPlace], of session: SessionRecord, at key: SessionKey, debts: [DebtRecord],
    reason: String
  ) {
    guard let first = turns.first?.index, let last = turns.last?.index else { return }
    for id in providers.keys.sorted() where providers[id]?.record.agent == session.key.agent {
      guard let provider = providers[id], !provider.record.isDetached,
        var backlog = provider.backlogs[session.id] ?? backlog(of: session, for: id, debts: debts)
      else { continue }
      var rows: [JournalOperation] = []
      for turn in turns {
        let wasOwed = provider.record.owes(turn.sequence, of: session.id)
        rows += backlog.withdraw(
          turn.index, wasOwed: wasOwed, epoch: places[key]?.epoch ?? 0, numbers: &numbers, at: now)
      }
      providers[id]?.keep(backlog)
      write(rows, for: id, session.id)
      consider(id, session.id)
      // A flush mark may have waited for nothing but what was taken back.
      afterCommit.append(.takenBack(id))
    }
    var context = CallContext(session, key: key, epoch: places[key]?.epoch ?? 0)
    context.firstTurn = first
    context.lastTurn = last
    context.reason = reason
    emit(.turnsWithdrawn, context)
  }

  /// A backlog that is not in memory owes nothing, but its dead letters and what it acknowledged
  /// count. A provider without any row for the session never had a turn of it.
  private func backlog(
    of session: SessionRecord, for id: EnrolmentID, debts: [DebtRecord]
  ) -> Backlog? {
    guard var debt = debts.first(where: { $0.enrolment == id }) else { return nil }
    // What is behind a settled watermark was never owed to this destination.
    if !debt.isOwing { (debt.pending, debt.arrears) = (TurnSet(), TurnSet()) }
    return Backlog(restoring: debt, at: now, wall: wall)
  }

  // MARK: /delete

  /// What the journal was asked about the session before this is asked again, so that nobody
  /// decides on what it said then.
  mutating func overtake(_ session: SessionID) {
    for (id, reading) in reads {
      if case .backfill = reading { overtaken.insert(id) }
      if reading.subject == session { overtaken.insert(id) }
    }
  }

  mutating func readToDelete(
    _ target: SessionID?, at key: SessionKey, from origin: Place.Arrival.Origin
  ) {
    if let session = places[key]?.session, target == nil || target == session.id {
      pause(key, for: .belongings(session.id), .delete(key, session, origin))
    } else if let target {
      pause(key, for: .session(target), .deleteTarget(key, target, origin))
    } else {
      noSession(origin, at: key)
    }
  }

  /// Another session than the current one: of the same person, unless the operator asks, and
  /// current nowhere.
  mutating func deleteTarget(
    _ target: SessionRecord?, id: SessionID, boundTo holder: SessionKey?, at key: SessionKey,
    from origin: Place.Arrival.Origin
  ) {
    var isAllowed = target.map { isOwn($0, at: key, origin) } ?? false
    if case .control = origin { isAllowed = true }
    if let target, isAllowed, !target.isDeleted, holder == nil {
      pause(key, for: .belongings(id), .delete(key, target, origin))
      return
    }
    let refusal =
      if let holder, isAllowed {
        "Session \(id) is in use at \(holder); delete it there."
      } else {
        "There is no session \(id) here. \(prefix)sessions lists them."
      }
    conclude(origin, at: key, refusal, isDone: false)
    admit(key)
  }

  mutating func delete(
    _ target: SessionRecord, turns: [TurnPlace], debts: [DebtRecord], at key: SessionKey,
    from origin: Place.Arrival.Origin
  ) {
    var session = target
    let isCurrent = places[key]?.session?.id == target.id
    overtake(session.id)
    if isCurrent {
      interrupt(key, notice: "Not answered: the session was deleted.")
      session = places[key]?.session ?? target
    }
    // The rows keep their status: a branch may still show them.
    withdraw(turns, of: session, at: key, debts: debts, reason: SwitchReason.delete.rawValue)
    write(.deleteSession(session.id))
    let epoch = places[key]?.epoch ?? 0
    emit(.sessionDeleted, CallContext(session, key: key, epoch: epoch))
    conclude(origin, at: key, "Session \(session.id) is deleted.", isDone: true)
    if isCurrent {
      places[key]?.session = nil
      places[key]?.epoch = epoch + 1
      write(.bind(key, nil, epoch + 1, wall))
    }
    deletedSessions.insert(session.id)
    purgeIfSettled(session.id)
    admit(key)
  }

  /// Rows of a deleted session go when no provider owes it anything.
  mutating func purgeIfSettled(_ session: SessionID) {
    guard deletedSessions.contains(session),
      providers.values.allSatisfy({ $0.backlogs[session]?.isOwing != true })
    else { return }
    deletedSessions.remove(session)
    // Dead letters go with it.
    for id in providers.keys { providers[id]?.forget(session) }
    write(.purgeSession(session))
  }
}
