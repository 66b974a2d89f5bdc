extension Host {
  /// Goes on with what waited for the journal's answer.
  mutating func answered(_ read: ReadID, _ answer: JournalAnswer) {
    guard let reading = reads.removeValue(forKey: read) else { return }
    release(reading.subject)
    if overtaken.remove(read) != nil {
      askAgain(reading)
      return
    }
    if case .failed(let reason) = answer {
      unanswered(reading, read, reason)
      return
    }
    switch (reading, answer) {
    case (.place(let key), .place(let record)): answeredPlace(read, at: key, record)
    case (.history(let key, let input), .turns(let turns)):
      historyRead(turns, at: key, input: input)
    case (.batch(let id, let session, let cut), .turns(let turns)):
      sendBatch(id, session, cut, turns: turns)
    case (.withdrawal(let id, let session, let records), .cuts(let cuts)):
      sendWithdrawal(id, session, records, cuts: cuts)
    case (.catchUp(let instance), .events(let events)): caughtUp(instance, events)
    case (.backfill(let id), .backfillPage(let page)): backfill(id, with: page)
    default: answeredCommand(reading, answer)
    }
  }

  /// One decision less waits for the journal about a session.
  mutating func release(_ subject: SessionID?) {
    guard let subject else { return }
    let others = (subjects[subject] ?? 1) - 1
    subjects[subject] = others > 0 ? others : nil
  }

  private mutating func askAgain(_ reading: Reading) {
    var reading = reading
    if case .backfill(let id) = reading {
      backfills[id]?.isReading = false
      advanceBackfill(id)
      return
    }
    if case .delete(let key, let target, let origin) = reading,
      places[key]?.session?.id != target.id
    {
      reading = .deleteTarget(key, target.id, origin)
    }
    if let query = reading.question { _ = ask(query, for: reading) }
  }

  private mutating func answeredCommand(_ reading: Reading, _ answer: JournalAnswer) {
    switch (reading, answer) {
    case (
      .resume(let key, let id, let move, let origin),
      .session(let target, let holder, let epoch)
    ):
      resume(
        id, target, heldBy: (holder, epoch), move: move, at: key, from: origin)
    case (.undo(let key, _, let count, let origin), .rewind(let turns, let debts)):
      undo(turns, debts: debts, count: count, at: key, from: origin)
    case (.owner(let key, let id), .session(let session, let holder, let epoch)):
      owned(session, at: key, boundTo: holder, epoch: epoch, instead: id)
    case (.delete(let key, let target, let origin), .belongings(let turns, let debts)):
      delete(target, turns: turns, debts: debts, at: key, from: origin)
    case (.deleteTarget(let key, let id, let origin), .session(let target, let holder, _)):
      deleteTarget(target, id: id, boundTo: holder, at: key, from: origin)
    case (.compact(_, let session, _), .session):
      // All that was decided before is in the journal now. The texts, which may be many, are read
      // beside the thread that writes.
      _ = ask(.history(session, limit: .max), for: reading)
    case (.compact(let key, _, let origin), .turns(let turns)):
      compact(turns, at: key, from: origin)
    case (.listing(let key, let origin), .sessions(let listings)):
      listed(listings, at: key, for: origin)
    default: answeredControl(reading, answer)
    }
  }

  /// The journal could not be read. Batches wait as after any failure; people are told.
  private mutating func unanswered(_ reading: Reading, _ read: ReadID, _ reason: String) {
    log(.error, "the journal cannot be read: \(reason)")
    switch reading {
    case .place(let key): placeUnknown(read, at: key, reason)
    case .history(let key, let input): historyUnread(at: key, input: input, reason)
    case .batch(let id, let session, _), .withdrawal(let id, let session, _):
      postpone(id, session)
    case .owner(let key, let id): _ = ask(.session(id), for: .owner(key, id))
    case .catchUp(let instance):
      plugins[instance]?.isCatchingUp = false
      timers.add(.catchUp(instance), at: now + .seconds(1))
    case .resume(let key, _, _, let origin), .undo(let key, _, _, let origin),
      .delete(let key, _, let origin), .deleteTarget(let key, _, let origin),
      .compact(let key, _, let origin), .listing(let key, let origin):
      conclude(origin, at: key, "The journal cannot be read: \(reason)", isDone: false)
      admit(key)
    case .backfill(let id):
      backfills[id]?.isReading = false
      timers.add(.backfill(id), at: now + .seconds(1))
    case .view(let question):
      refuse(question.request, "The journal cannot be read: \(reason)")
    case .backfillCount(let request, _), .backfillTarget(let request, _, _, _),
      .control(let request), .controlTarget(let request, _),
      .controlHistory(let request, _, _), .controlTurns(let request, _),
      .explain(let request, _):
      refuse(request, "The journal cannot be read: \(reason)")
    }
  }

  mutating func expired(_ timer: Timer) {
    switch timer {
    case .operation(let id): operationExpired(id)
    case .overdue(let instance): checkOverdue(instance)
    case .backlog(let id, let session):
      providers[id]?.change(session) { $0.watchedUntil = nil }
      consider(id, session)
    case .breaker(let id): breakerExpired(id)
    case .backfill(let id): advanceBackfill(id)
    case .debt(let id): checkDebt(of: id)
    case .recall(let name): recallExpired(name)
    case .delivery(let key): deliver(key)
    case .lane(let key): proceed(key)
    case .channel(let instance): startChannel(instance)
    case .tools(let instance): listTools(of: instance)
    case .create(let instance): createExpired(instance)
    case .catchUp(let instance): mailboxMoved(instance)
    case .recovery(let session): recoveryExpired(session)
    case .attention: lookAtDue(isLate: false)
    case .survey: advanceSurveys()
    case .lock(let key): lockExpired(at: key)
    case .compaction(let key): keepingExpired(at: key)
    case .journal: lookAtJournal()
    case .cursors: writeCursors()
    case .day:
      passDeafPlugins()
      effects.append(.prune(pruneLimits()))
      timers.add(.day, at: now + .milliseconds(Self.day))
    case .stopTurns, .stopFlush, .stopFarewell, .stopPlugins: stopExpired(timer)
    }
  }

  /// What the journal may forget now. Events are kept for every plugin that is to be loaded, and
  /// a while for one that is not; what became of a batch, for as long as somebody may reasonably
  /// take back what is in it.
  private func pruneLimits() -> PruneLimits {
    let cursors = configuration.activePlugins.compactMap { eventCursors[$0.instance] }
    return PruneLimits(
      before: WallTime(milliseconds: wall.milliseconds - 30 * Self.day),
      cutsBefore: WallTime(milliseconds: wall.milliseconds - 180 * Self.day),
      handledThrough: cursors.min() ?? 0)
  }

  /// In milliseconds.
  static let day: Int64 = 86_400_000

  /// What may be seen of a transaction now that it is synced.
  mutating func perform(_ action: AfterCommit) {
    switch action {
    case .receipt(let instance, let token, let identity):
      arriving.remove(identity)
      effects.append(
        .receipt(instance, .accepted, token: token, messageID: identity.messageID))
    case .refusal(let instance, let token, let identity, let why):
      arriving.remove(identity)
      effects.append(
        .receipt(
          instance, .rejected(.denied, why), token: token, messageID: identity.messageID))
    case .accepted(let slot): accepted(slot)
    case .publish(let event): publish(event)
    case .prefetch(let event): prefetch(after: event)
    case .compacting(let event): askWhatToKeep(event)
    case .replies(let key, let through):
      deliveries[key]?.becameDurable(through: through)
      deliver(key)
    case .marked(let key, let reply): marked(key, reply: reply)
    case .cut(let id, let session, let cut):
      providers[id]?.change(session) { $0.becameDurable(cut: cut) }
      consider(id, session)
    case .withdrawals(let id, let session, let turns):
      providers[id]?.change(session) { $0.becameDurable(withdrawals: turns) }
      consider(id, session)
    case .takenBack(let id): advanceMailbox(id)
    case .answer(let request, let answer): effects.append(.answer(request, answer))
    case .tools(let slot, let round): callTools(of: slot, round: round)
    case .proceed(let key):
      proceed(key)
      forgetIfIdle(key)
    }
  }
}
