extension Host {
  /// The command line asks to owe a provider what was said while it was not enrolled.
  mutating func backfill(
    _ instance: InstanceID, _ session: SessionID?, isDryRun: Bool, _ request: RequestID
  ) {
    let targets = enrolments(of: instance).filter { isInUse($0) }
    guard !targets.isEmpty else {
      refuse(
        request,
        "“\(instance)” is no memory provider of any agent now; `holdfast memory status` lists them."
      )
      return
    }
    guard let session else { return begin(targets, nil, isDryRun: isDryRun, request) }
    _ = ask(.session(session), for: .backfillTarget(request, targets, session, isDryRun: isDryRun))
  }

  /// The session that was named is known, or not.
  mutating func backfill(
    _ session: SessionRecord?, _ id: SessionID, of targets: [EnrolmentID], isDryRun: Bool,
    _ request: RequestID
  ) {
    let own = targets.filter { providers[$0]?.record.agent == session?.key.agent && isInUse($0) }
    guard let session, !session.isDeleted, !own.isEmpty else {
      refuse(request, "There is no session \(id) of an agent that remembers with that provider.")
      return
    }
    begin(own, session.id, isDryRun: isDryRun, request)
  }

  private mutating func begin(
    _ targets: [EnrolmentID], _ session: SessionID?, isDryRun: Bool, _ request: RequestID
  ) {
    if isDryRun { return count(targets, session, request) }
    if let busy = targets.first(where: { backfills[$0] != nil }), let provider = providers[busy] {
      refuse(
        request,
        "A backfill of \(provider.record.instance) is under way; "
          + "`holdfast memory status` shows how far it is.")
      return
    }
    for id in targets {
      let record = BackfillRecord(enrolment: id, session: session, bound: numbers.sequenceSoFar)
      backfills[id] = Backfill(record)
      write(.setBackfill(record))
    }
    afterCommit.append(
      .answer(request, .done("The backfill goes on in the background, and after a restart too.")))
    for id in targets { advanceBackfill(id) }
  }

  /// What a backfill would owe; every enrolment is counted for itself, one after the other.
  private mutating func count(
    _ targets: [EnrolmentID], _ session: SessionID?, _ request: RequestID
  ) {
    guard let id = targets.first else { return }
    let record = BackfillRecord(enrolment: id, session: session, bound: numbers.sequenceSoFar)
    readCount(BackfillCount(record: record, rest: targets.dropFirst()), request)
  }

  private mutating func readCount(_ count: BackfillCount, _ request: RequestID) {
    _ = ask(page(behind: count.record), for: .backfillCount(request, count))
  }

  private func page(behind record: BackfillRecord) -> JournalQuery {
    .backfillPage(
      agent: providers[record.enrolment]?.record.agent ?? "", record.session,
      after: record.position, bound: record.bound, limit: backfillTurns)
  }

  /// Reads the next page if it is time for it: while the provider has much before it, it waits.
  mutating func advanceBackfill(_ id: EnrolmentID) {
    guard let backfill = backfills[id], !backfill.isReading, stopping == nil, isInUse(id),
      providers[id]?.sums.sessions ?? .max < Backfill.sessionsAtOnce
    else { return }
    backfills[id]?.isReading = true
    backfills[id]?.settled = [:]
    _ = ask(page(behind: backfill.record), for: .backfill(id))
  }

  /// A page was read: what of it was not owed is owed from now on, in one transaction with how far
  /// the backfill is. Turns that are taken back meanwhile have the page read again.
  mutating func backfill(_ id: EnrolmentID, with page: BackfillPage) {
    guard var backfill = backfills[id] else { return }
    backfill.isReading = false
    backfill.record.position = page.through
    for part in page.parts where !deletedSessions.contains(part.session.id) {
      let turns = unowed(part, to: id)
      guard !turns.isEmpty else { continue }
      let row = providers[id]?.owe(
        arrears: turns, of: part.session, watermark: backfill.watermark(of: part), at: now)
      if let row { write(row) }
      backfill.record.turns += UInt64(turns.count)
      providers[id]?.statistics.backfilledTurns += UInt64(turns.count)
    }
    backfill.settled = [:]
    change(id) { $0.cover(backfill.record.session, through: page.through) }
    backfills[id] = backfill
    if page.through >= backfill.record.bound {
      backfills[id] = nil
      write(.endBackfill(id))
      log(.info, "backfill of \(owners[id]?.description ?? ""): \(backfill.record.turns) turns")
    } else {
      write(.setBackfill(backfill.record))
    }
    for part in page.parts { consider(id, part.session.id) }
    advanceBackfill(id)
  }

  /// The turns of a page that the provider was never owed, neither under this enrolment nor under
  /// one at the same destination that was written off.
  private func unowed(_ part: BackfillPage.Part, to id: EnrolmentID) -> TurnSet {
    guard let record = providers[id]?.record else { return TurnSet() }
    let here = providers.values.map(\.record).filter {
      $0.agent == record.agent && $0.instance == record.instance
        && $0.destination == record.destination
    }
    return TurnSet(
      part.turns.filter { turn in
        !here.contains { $0.owes(turn.sequence, of: part.session.id) }
      }.map(\.index))
  }

  /// A page was read for who only asks.
  mutating func count(_ before: BackfillCount, with page: BackfillPage, for request: RequestID) {
    var count = before
    for part in page.parts {
      let turns = unowed(part, to: count.record.enrolment)
      guard !turns.isEmpty else { continue }
      count.turns += turns.count
      count.sessions.insert(part.session.id)
    }
    count.record.position = page.through
    if page.through >= count.record.bound {
      guard let next = count.rest.popFirst() else {
        let turns = plural(count.turns, "turn")
        let text = "\(turns) of \(plural(count.sessions.count, "session")) would be owed."
        effects.append(.answer(request, .done(text)))
        return
      }
      count.record.enrolment = next
      count.record.position = 0
    }
    readCount(count, request)
  }

  private func plural(_ count: Int, _ what: String) -> String {
    count == 1 ? "1 \(what)" : "\(count) \(what)s"
  }

  /// Forgets a backlog in which nothing is owed, and tells a backfill whose page may not know yet
  /// how far it is settled.
  mutating func forgetIfSettled(_ id: EnrolmentID, _ session: SessionID) {
    guard let watermark = providers[id]?.forgetIfSettled(session) else { return }
    if backfills[id]?.isReading ?? false { backfills[id]?.settled[session] = watermark }
    if !backfills.isEmpty { advanceBackfill(id) }
  }

  mutating func refuse(_ request: RequestID, _ reason: String) {
    effects.append(.answer(request, .refused(reason)))
  }
}
