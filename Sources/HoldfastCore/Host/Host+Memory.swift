extension Host {
  mutating func configure(
    _ id: EnrolmentID, settings: PluginSettings, traits: PluginTraits
  ) {
    var policy = RetainPolicy()
    policy.everyTurns = settings.retainEveryTurns
    policy.maxDelay = settings.retainMaxDelay
    policy.maxTurns = max(policy.maxTurns, settings.retainEveryTurns)
    policy.retainDeadline = settings.deadlines.retain
    policy.withdrawDeadline = settings.deadlines.withdraw
    providers[id]?.policy = policy
    providers[id]?.priority = settings.priority
    providers[id]?.traits = traits
    if !settings.prefetch { providers[id]?.traits.events.remove(.prefetchRequested) }
    providers[id]?.isReady = true
    // It may have forgotten what it was asked to take back: that comes before any further batch.
    providers[id]?.hurryWithdrawals()
  }

  mutating func pauseProviders(of instance: InstanceID) {
    for id in enrolments(of: instance) { providers[id]?.isReady = false }
  }

  /// A turn is being committed: it is owed from now on.
  mutating func owe(_ turn: TurnIndex, of session: SessionRecord) {
    for id in currentEnrolments(of: session.key.agent) {
      providers[id]?.owe(turn, of: session, at: now)
      consider(id, session.id)
    }
  }

  /// What the session owes is due, in the transaction that is being written.
  mutating func flush(_ session: SessionID) {
    for id in providers.keys.sorted() where providers[id]?.backlogs[session] != nil {
      providers[id]?.change(session) { $0.flush() }
      consider(id, session)
    }
  }

  mutating func considerAll(_ id: EnrolmentID) {
    // None goes out before all are looked at: what was listed while the plugin was away may have to
    // wait for a switch that it has not heard of.
    for session in (providers[id]?.backlogs.keys.sorted() ?? []) { look(at: session, of: id) }
    dispatch(id)
  }

  /// A breaker's pause may be over. A session that was under way when it opened may have failed
  /// since and made the pause longer.
  mutating func breakerExpired(_ id: EnrolmentID) {
    if let reopening = providers[id]?.retainBreaker.reopening, reopening > now {
      timers.add(.breaker(id), at: reopening)
    }
    considerAll(id)
  }

  /// Looks at a backlog after anything that may have changed it: cuts what is due, sends what can
  /// be sent, writes its cursor.
  mutating func consider(_ id: EnrolmentID, _ session: SessionID) {
    look(at: session, of: id)
    dispatch(id)
  }

  private mutating func look(at session: SessionID, of id: EnrolmentID) {
    guard let instance = owners[id] else { return }
    let gate = plugins[instance]?.gate(of: session)
    let occasion = Backlog.Occasion(
      gate: gate?.turn, mayCut: gate != nil, now: now, wall: wall)
    guard let review = providers[id]?.review(session, occasion, numbers: &numbers) else { return }
    if let cut = review.cut { write([.openCut(cut)], for: id, session) }
    if let arrears = review.arrears { write(arrears) }
    if !review.waived.isEmpty {
      write(review.waived, for: id, session)
      log(.warning, "\(instance) cannot take turns back; it keeps what was undone")
    }
    if let cursor = review.cursor { write(cursor) }
    if let wake = review.wake { timers.add(.backlog(id, session), at: wake) }
    watchDebt(of: id)
    if review.isSettled, !isDecided(session) { forgetIfSettled(id, session) }
    purgeIfSettled(session)
  }

  /// A person's decision about the session waits for the journal, whose answer may be older than
  /// what becomes of a batch meanwhile: its backlog is kept until then.
  private func isDecided(_ session: SessionID) -> Bool {
    subjects[session] != nil
  }

  /// Writes a backlog's rows, and lets it go on once they are synced.
  mutating func write(
    _ rows: [JournalOperation], for id: EnrolmentID, _ session: SessionID
  ) {
    var withdrawn: [TurnIndex] = []
    for var row in rows {
      if case .oweWithdrawal(var record) = row {
        record.owed = wall
        row = .oweWithdrawal(record)
      }
      write(row)
      switch row {
      case .openCut(let cut) where cut.status == .open:
        afterCommit.append(.cut(id, session, cut.id))
      case .settleCut(let cut, .open, _, _, _): afterCommit.append(.cut(id, session, cut))
      case .oweWithdrawal(let record): withdrawn.append(record.turn)
      default: break
      }
    }
    if !withdrawn.isEmpty {
      afterCommit.append(.withdrawals(id, session, TurnSet(withdrawn)))
    }
  }

  /// Gives the provider its next batch or withdrawal. Texts are read from the journal first.
  mutating func dispatch(_ id: EnrolmentID) {
    guard let instance = owners[id] else { return }
    while let load = loads[instance]?.active,
      let (session, step) = providers[id]?.nextStep(of: load, at: now)
    {
      loads[instance]?.change(by: 1)
      switch step {
      case .retain(let cut):
        _ = ask(.turns(session, cut.turns), for: .batch(id, session, cut))
      case .withdraw(let records):
        let turns = TurnSet(records.map(\.turn))
        _ = ask(.cutsHolding(id, session, turns), for: .withdrawal(id, session, records))
      }
    }
    if providers[id]?.waitsForRoom(at: now) ?? false { loads[instance]?.wait(id) }
  }

  /// Something that was under way with a provider is not any more, or was never handed over.
  mutating func conclude(_ id: EnrolmentID, _ body: (inout Provider) -> Void) {
    guard let instance = owners[id], let ended = providers[id]?.countingEnded(body) else { return }
    loads[instance]?.change(by: -ended)
  }

  /// Several agents may remember with one provider: what it takes at once, it takes of all of them,
  /// in turns.
  private mutating func dispatchOthers(of id: EnrolmentID) {
    guard let instance = owners[id] else { return }
    for _ in 0..<(enrolled[instance]?.count ?? 0) {
      let limit = providers[id]?.traits.concurrentSessions ?? 1
      guard loads[instance]?.active ?? 0 < limit, let other = loads[instance]?.next() else {
        return
      }
      dispatch(other)
    }
  }

  mutating func sendBatch(
    _ id: EnrolmentID, _ session: SessionID, _ cut: CutRecord, turns: [TurnRecord]
  ) {
    guard let provider = providers[id], let backlog = provider.backlogs[session], provider.isReady
    else { return withhold(id, session) }
    var request = RetainRequest(
      context: context(of: backlog.session, turns: cut.turns, reason: "retain"), cut: cut,
      key: cut.keyName, turns: turns, attempt: backlog.cut?.record.attempts ?? 1)
    request.context.epoch = turns.last?.epoch ?? 0
    request.metadata = metadata(of: backlog.session, cut: cut, turns: turns)
    _ = call(
      provider.record.instance, .retain(request), for: .retain(id, session),
      within: provider.policy.retainDeadline)
  }

  mutating func sendWithdrawal(
    _ id: EnrolmentID, _ session: SessionID, _ records: [WithdrawalRecord], cuts: [CutRecord]
  ) {
    guard let provider = providers[id], let backlog = provider.backlogs[session], provider.isReady,
      provider.traits.canWithdraw
    else { return withhold(id, session) }
    let turns = TurnSet(records.map(\.turn))
    // After the retry of a dead letter the same turns are withdrawn again, under another key.
    let attempts = cuts.map { "\($0.id).\($0.attempts)" }.joined(separator: ",")
    var context = context(of: backlog.session, turns: turns, reason: "undo")
    context.epoch = records.map(\.epoch).max() ?? 0
    let request = WithdrawRequest(
      context: context,
      key: "withdraw/\(id.value)/\(session)/\(turns)/\(attempts)", document: session.description,
      turns: turns.turns.map { turn in
        let cut = cuts.last { $0.turns.contains(turn) && $0.status != .dropped }
        return (turn, cut, cut?.keyName ?? "")
      })
    _ = call(
      provider.record.instance, .withdraw(request), for: .withdraw(id, session),
      within: provider.policy.withdrawDeadline)
  }

  /// What was to go out has nobody to go to: whoever waited for its room has it.
  private mutating func withhold(_ id: EnrolmentID, _ session: SessionID) {
    conclude(id) { $0.withhold(session) }
    dispatchOthers(of: id)
    consider(id, session)
  }

  /// What was to go out cannot be read. That is no attempt and not the provider's fault: nobody was
  /// offered anything, so what waits for the attempt goes on waiting.
  mutating func postpone(_ id: EnrolmentID, _ session: SessionID) {
    conclude(id) { $0.concluded(session) }
    providers[id]?.postpone(session, numbers: &numbers, at: now)
    dispatchOthers(of: id)
    consider(id, session)
  }

  mutating func retained(_ id: EnrolmentID, _ session: SessionID, _ answer: PluginAnswer) {
    let outcome = Backlog.Outcome(answer.status)
    let turns = providers[id]?.backlogs[session]?.cut?.record.turns.count ?? 0
    note(outcome, answer, for: id, session)
    noteAttempt(outcome, answer.status, turns: turns, id, session)
    if outcome == .acknowledged { acknowledged(id) }
    if outcome == .acknowledged { providers[id]?.statistics.acknowledgedTurns += UInt64(turns) }
    if outcome == .refused {
      log(
        .error,
        "\(providers[id]?.record.instance.description ?? "a provider") refused a batch of session "
          + "\(session) for good; `holdfast memory pending` shows it")
    }
    let rows = providers[id]?.retained(
      session, outcome, reason: answer.text, numbers: &numbers, at: now)
    write(rows ?? [], for: id, session)
    attemptEnded(id, session)
  }

  mutating func withdrew(_ id: EnrolmentID, _ session: SessionID, _ answer: PluginAnswer) {
    let outcome = Backlog.Outcome(answer.status)
    note(outcome, answer, for: id, session)
    if outcome == .acknowledged { acknowledged(id) }
    if outcome == .acknowledged,
      case .withdrawing(let turns) = providers[id]?.backlogs[session]?.activity
    {
      forgetRecalled(turns, of: session, from: id)
    }
    let rows = providers[id]?.withdrew(session, outcome, numbers: &numbers, at: now)
    write(rows ?? [], for: id, session)
    attemptEnded(id, session)
  }

  private mutating func note(
    _ outcome: Backlog.Outcome, _ answer: PluginAnswer, for id: EnrolmentID, _ session: SessionID
  ) {
    conclude(id) { $0.concluded(session) }
    switch outcome {
    case .acknowledged, .refused: providers[id]?.retainBreaker.succeeded()
    case .failed, .unknown:
      providers[id]?.retainBreaker.failed(at: now)
      if let reopening = providers[id]?.retainBreaker.reopening {
        timers.add(.breaker(id), at: reopening)
      }
    }
    if outcome != .acknowledged {
      providers[id]?.statistics.failed(
        answer.text.isEmpty ? "status \(answer.status.rawValue)" : answer.text, at: now)
    }
  }

  /// What a provider says of a failure may be anything, so only its status is kept.
  private mutating func noteAttempt(
    _ outcome: Backlog.Outcome, _ status: PluginStatus, turns: Int, _ id: EnrolmentID,
    _ session: SessionID
  ) {
    let name: DiagnosticEvent.Name =
      switch outcome {
      case .acknowledged: .memoryRetained
      case .failed, .unknown: .memoryRetainFailed
      case .refused: .memoryParked
      }
    let instance = owners[id]
    note(name) { event in
      (event.instance, event.session, event.count) = (instance, session, turns)
      if outcome != .acknowledged { event.reason = status.word }
      if outcome == .unknown { event.outcome = "unknown" }
    }
  }

  /// The first attempt of something may have ended: events behind a flush mark, gates and recalls
  /// that waited for it go on.
  private mutating func attemptEnded(_ id: EnrolmentID, _ session: SessionID) {
    consider(id, session)
    advanceMailbox(id)
    releaseRecalls(id)
    dispatchOthers(of: id)
    dispatch(id)
    advanceBackfill(id)
    checkStop()
  }

  mutating func advanceMailbox(_ id: EnrolmentID) {
    guard let instance = providers[id]?.record.instance else { return }
    let isFlushed = flushCheck(for: instance)
    guard let deliveries = plugins[instance]?.mailbox?.advance(at: now, isFlushed: isFlushed)
    else { return }
    deliver(deliveries, to: instance)
    considerLifted(instance)
    mailboxMoved(instance)
  }

  /// Sessions whose switch the provider has heard of, or need not hear of: their turns may go.
  mutating func considerLifted(_ instance: InstanceID) {
    for session in plugins[instance]?.mailbox?.takeLifted() ?? [] {
      for id in enrolments(of: instance) { consider(id, session) }
    }
  }

  /// Whether the old session of a flush mark was offered what it was owed. What is owed to another
  /// destination cannot be offered.
  func flushCheck(for instance: InstanceID) -> (BusEvent) -> Bool {
    let providers = self.providers
    let now = self.now
    let destination = destinations[instance]
    let own = enrolled[instance] ?? []
    return { event in
      guard let session = event.context.session else { return true }
      return own.allSatisfy { id in
        providers[id]?.record.destination != destination
          || providers[id]?.hasFlushed(session, through: event.context.lastTurn, at: now) ?? true
      }
    }
  }

  /// What a call to a memory provider is about.
  func context(of session: SessionRecord, turns: TurnSet, reason: String) -> CallContext {
    var context = CallContext(session)
    context.user = session.rememberedUser
    context.firstTurn = turns.first ?? 0
    context.lastTurn = turns.last ?? 0
    context.reason = reason
    return context
  }

  private func metadata(
    of session: SessionRecord, cut: CutRecord, turns: [TurnRecord]
  ) -> [(key: String, value: String)] {
    [
      ("agent", session.key.agent), ("channel", session.key.channel), ("chat_id", session.key.chat),
      ("message_count", String(turns.reduce(0) { $0 + $1.messageCount })),
      ("session_id", session.id.description),
      ("thread_id", session.key.thread), ("turn_first", String(cut.turns.first ?? 0)),
      ("turn_last", String(cut.turns.last ?? 0)), ("user_id", session.user),
    ]
  }
}
