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
    let own = TurnSet(undone.filter { $0.session == session.id }.map(\.index))
    let shared = undone.filter { $0.session != session.id }.map(\.index).min()
    withdraw(own, of: session, debts: debts)
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
    write(.bind(key, session.id, place.epoch + 1))
  }

  /// Marks turns as withdrawn, and takes them back from every provider that may have them.
  private mutating func withdraw(
    _ turns: TurnSet, of session: SessionRecord, debts: [DebtRecord]
  ) {
    guard let first = turns.first, let last = turns.last else { return }
    write(.withdrawTurns(session.id, turns))
    for id in providers.keys.sorted() where providers[id]?.record.agent == session.key.agent {
      guard let provider = providers[id], !provider.record.isDetached,
        var backlog = provider.backlogs[session.id] ?? backlog(of: session, for: id, debts: debts)
      else { continue }
      var rows: [JournalOperation] = []
      for turn in turns.turns { rows += backlog.withdraw(turn, numbers: &numbers, at: now) }
      providers[id]?.backlogs[session.id] = backlog
      write(rows, for: id, session.id)
      consider(id, session.id)
    }
    var context = CallContext(session)
    context.firstTurn = first
    context.lastTurn = last
    context.reason = "undo"
    emit(.turnsWithdrawn, context)
  }

  /// A backlog that is not in memory owes nothing, but its dead letters and what it acknowledged
  /// count. A provider without any row for the session never had a turn of it.
  private func backlog(
    of session: SessionRecord, for id: EnrolmentID, debts: [DebtRecord]
  ) -> Backlog? {
    debts.first { $0.enrolment == id }.map { Backlog(restoring: $0, at: now) }
  }

  // MARK: /delete

  /// What the journal was asked about the session before this is asked again, so that nobody
  /// decides on what it said then.
  mutating func overtake(_ session: SessionID) {
    for (id, reading) in reads where reading.subject == session { overtaken.insert(id) }
  }

  mutating func readToDelete(
    _ target: SessionID?, at key: SessionKey, from origin: Place.Arrival.Origin
  ) {
    if let session = places[key]?.session, target == nil || target == session.id {
      pause(key, for: .rewind(session.id, limit: .max), .delete(key, session, origin))
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
    var isAllowed = target.map { $0.scope == places[key]?.session?.scope } ?? false
    if case .control = origin { isAllowed = true }
    if let target, isAllowed, !target.isDeleted, holder == nil {
      pause(key, for: .rewind(id, limit: .max), .delete(key, target, origin))
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
    _ target: SessionRecord, turns: [TurnRecord], debts: [DebtRecord], at key: SessionKey,
    from origin: Place.Arrival.Origin
  ) {
    var session = target
    let isCurrent = places[key]?.session?.id == target.id
    overtake(session.id)
    if isCurrent {
      interrupt(key, notice: "Not answered: the session was deleted.")
      session = places[key]?.session ?? target
    }
    let own = TurnSet(turns.filter { $0.session == session.id }.map(\.index))
    withdraw(own, of: session, debts: debts)
    write(.deleteSession(session.id))
    let epoch = places[key]?.epoch ?? 0
    emit(.sessionDeleted, CallContext(session, key: key, epoch: epoch))
    conclude(origin, at: key, "Session \(session.id) is deleted.", isDone: true)
    if isCurrent {
      places[key]?.session = nil
      places[key]?.epoch = epoch + 1
      write(.bind(key, nil, epoch + 1))
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
    write(.purgeSession(session))
  }
}
