import HoldfastCore

/// What must hold at each step.
extension World {
  // MARK: Journal

  func checkCommit(_ transaction: Transaction) {
    checkAnswers(in: transaction)
    for operation in transaction.operations {
      checkSpans(operation)
      switch operation {
      case .appendTurn(let turn): checkTurn(turn)
      case .settleCut(let id, .parked, _, _, _):
        if !refused.contains(id) { fail(.onlyRefusedIsParked, "batch \(id) was never refused") }
      case .openCut(let cut) where cut.status == .parked: checkParked(cut)
      default: break
      }
    }
  }

  private func checkTurn(_ turn: TurnRecord) {
    checkToolTurn(turn)
    checkCreditors(of: turn)
    if submitted.facts[turn.session]?[turn.index] != nil {
      fail(.newIndex, "turn \(turn.index) of \(turn.session) is used again")
    }
    if submitted.answered[turn.input] != nil {
      fail(
        .oneTurn, "input \(turn.input) has a second turn, \(turn.index) of \(turn.session)")
    }
    guard let input = submitted.journal.inputs[turn.input] else {
      return fail(
        .oneTurn,
        "turn \(turn.index) of \(turn.session) answers input \(turn.input), which is no row")
    }
    if input.session != turn.session {
      fail(
        .oneTurn,
        "input \(input.id) was accepted in \(input.session), its turn is in \(turn.session)")
    }
    let place = submitted.journal.place(input.key)
    if turn.status == .live, place.session?.id != input.session || place.epoch != input.epoch {
      fail(
        .oneTurn,
        "a turn of \(input.session), epoch \(input.epoch), was committed after its epoch")
    }
  }

  /// The rest of a dead letter, without what was taken back from it.
  private func checkParked(_ cut: CutRecord) {
    let isRest = submitted.journal.cuts.values.contains { other in
      refused.contains(other.id) && other.session == cut.session
        && other.enrolment == cut.enrolment && cut.turns.turns.allSatisfy(other.turns.contains)
    }
    if !isRest { fail(.onlyRefusedIsParked, "batch \(cut.id) was never refused") }
  }

  // MARK: Calls

  func checkCall(_ instance: InstanceID, _ call: PluginCall) {
    switch call {
    case .retain(let request):
      retains.append((instance, request))
      checkRetain(request, to: instance)
    case .withdraw(let request):
      withdrawals.append((instance, request))
      checkWithdrawal(request, to: instance)
    case .send(let request): checkSend(request)
    case .respond(let request) where request.purpose == .answer:
      prompts.append(request)
      checkPrompt(request)
      checkUses(in: request)
    case .callTool(let call): checkTool(instance, call)
    default: break
    }
  }

  /// Sessions take turns with a provider, as many at once as it allows.
  func checkTurn(of flight: Flight) {
    guard flight.name == "retain" || flight.name == "withdraw", let session = flight.context.session
    else { return }
    let others = storing[flight.instance] ?? [:]
    if others.values.contains(session) {
      fail(.inOrder, "\(flight.instance) is given two things of \(session) at once")
    }
    let limit = providers[flight.instance]?.concurrentSessions ?? 1
    if others.count >= limit {
      fail(.bounded, "\(flight.instance) has \(others.count) sessions already")
    }
    storing[flight.instance, default: [:]][flight.id] = session
  }

  private func checkRetain(_ request: RetainRequest, to instance: InstanceID) {
    let cut = request.cut
    guard let row = synced.journal.cuts[cut.id], row.turns == cut.turns else {
      return fail(.syncedFirst, "batch \(cut.id) is sent to \(instance) and its cut is not synced")
    }
    if row.status != .open {
      fail(.settledIsOver, "batch \(cut.id) is \(row.status) and is sent to \(instance)")
    }
    guard let enrolment = synced.journal.enrolments[cut.enrolment],
      enrolment.instance == instance, enrolment.destination == providers[instance]?.destination
    else { return fail(.onlyOwed, "batch \(cut.id) is sent to \(instance), whose it is not") }
    if request.turns.map(\.index) != cut.turns.turns {
      fail(
        .ownIdentity,
        "batch \(cut.id) has turns \(request.turns.map(\.index)), the cut \(cut.turns)")
    }
    checkIdentity(request)
    checkNotHeldUp(cut, at: instance)
    checkHeard(instance, cut.session, cut.enrolment) { event in
      cut.turns.turns.contains { turn in
        guard let fact = submitted.facts[cut.session]?[turn] else { return false }
        return turn > event.newLastTurn && fact.turn.sequence > event.sequence
      }
    }
  }

  /// A batch goes under its own session, document, parent, tags and scope, whatever is current.
  private func checkIdentity(_ request: RetainRequest) {
    let cut = request.cut
    guard let session = submitted.sessions[cut.session] else {
      return fail(.ownIdentity, "batch \(cut.id) is of no session that was ever made")
    }
    let tags = ["session:\(session.id)"] + (session.parent.map { ["parent:\($0)"] } ?? [])
    if cut.document != session.id.description || cut.parent != session.parent
      || cut.tags != tags || cut.scope != session.scope
      || request.context.session != session.id || request.context.scope != session.scope
      || request.context.parent != session.parent
    {
      fail(
        .ownIdentity,
        "batch \(cut.id) of \(session.id) carries another identity: \(cut) \(request.context)")
    }
    for turn in request.turns {
      let fact = submitted.facts[cut.session]?[turn.index]
      if fact?.turn.userText != turn.userText || turn.session != cut.session {
        fail(.ownIdentity, "batch \(cut.id) has another text for turn \(turn.index) than was said")
      }
      if fact?.turn.status != .live {
        fail(.onlyOwed, "turn \(turn.index) in batch \(cut.id) is not live")
      }
      if let fact, !fact.owedTo.contains(cut.enrolment) {
        fail(.onlyOwed, "turn \(turn.index) of \(cut.session) is not owed to \(cut.enrolment)")
      }
    }
  }

  /// Of every switch to the session for which `concerns` holds, the provider has heard.
  private func checkHeard(
    _ instance: InstanceID, _ session: SessionID, _ enrolment: EnrolmentID,
    _ concerns: (BusEvent) -> Bool
  ) {
    let start =
      submitted.journal.enrolments.values.filter { $0.instance == instance }
      .map(\.start).min() ?? 0
    for event in submitted.switches[session] ?? []
    where event.sequence > start && event.context.session != session && concerns(event) {
      if !(heard[instance]?.contains(event.sequence) ?? false) {
        fail(
          .switchBeforeTurns,
          "\(instance) is given something of \(session) before it heard of the switch to it, "
            + "#\(event.sequence)")
      }
    }
  }

  private func checkWithdrawal(_ request: WithdrawRequest, to instance: InstanceID) {
    guard let session = request.context.session else {
      return fail(.ownIdentity, "a withdrawal without a session")
    }
    let rows = synced.journal.withdrawals.filter { owner, _ in
      owner.session == session
        && synced.journal.enrolments[owner.enrolment]?.instance == instance
    }
    for turn in request.turns.map(\.turn) {
      let isTakenBack = submitted.facts[session]?[turn]?.isWithdrawn ?? true
      if !isTakenBack, !submitted.deleted.contains(session) {
        fail(.onlyWithdrawn, "turn \(turn) of \(session) is withdrawn and nobody took it back")
      }
      if !rows.values.contains(where: { $0[turn] != nil }) {
        fail(.syncedFirst, "turn \(turn) of \(session) is withdrawn and no synced row says so")
      }
      guard let fact = submitted.facts[session]?[turn] else { continue }
      if !wasOwed(fact, to: rows.keys.map(\.enrolment)) {
        fail(
          .onlyWithdrawn, "turn \(turn) of \(session) is withdrawn from \(instance) for nothing")
      }
      if let enrolment = rows.keys.map(\.enrolment).min() {
        checkHeard(instance, session, enrolment) { $0.sequence < fact.withdrawnAt }
      }
    }
    let open = submitted.journal.cuts.values.filter {
      $0.session == session && $0.status == .open
        && submitted.journal.enrolments[$0.enrolment]?.instance == instance
        && submitted.journal.enrolments[$0.enrolment]?.destination
          == providers[instance]?.destination
    }
    for cut in open where request.turns.contains(where: { cut.turns.contains($0.turn) }) {
      fail(.withdrawalBehindBatch, "a withdrawal overtakes batch \(cut.id), which holds its turn")
    }
  }

  private func checkSend(_ request: SendRequest) {
    let row = synced.journal.replies[request.reply.id]
    if row?.status != .sending || row?.text != request.reply.text {
      fail(.syncedFirst, "reply \(request.reply.id) is sent and its mark is not synced")
    }
    let earlier = submitted.journal.replies.values.contains {
      $0.key == request.reply.key && $0.id < request.reply.id
        && ($0.status == .pending || $0.status == .sending)
    }
    if earlier {
      fail(.repliesInOrder, "reply \(request.reply.id) overtakes an earlier one of its place")
    }
  }

  private func checkPrompt(_ request: ModelRequest) {
    guard let key = request.context.key, let session = request.context.session else {
      return fail(.oneTurn, "a prompt without a place")
    }
    let place = submitted.journal.place(key)
    if place.session?.id != session || place.epoch != request.context.epoch {
      fail(.oneTurn, "a prompt for \(session), epoch \(request.context.epoch), which is over")
    }
    let scope = submitted.sessions[session]?.scope
    for item in request.recalled {
      if item.scope != scope {
        fail(.recallIsOwn, "a memory of scope \(item.scope) in a prompt of another")
      }
      checkRecalled(item, in: request)
    }
  }

  private func checkRecalled(_ item: RecallItem, in request: ModelRequest) {
    let tag = item.text.prefix { $0 != " " }
    guard let question = recalls[String(tag)] else {
      return fail(.recallIsOwn, "a memory in a prompt that nobody was asked for: \(item.text)")
    }
    let context = question.context
    if context.session != request.context.session || context.epoch != request.context.epoch
      || context.key != request.context.key
    {
      fail(.recallIsOwn, "the recall of another session or epoch is in a prompt: \(item.text)")
    }
    guard let session = item.session else { return }
    let owner = submitted.sessions[session]
    if owner?.scope != submitted.sessions[request.context.session ?? session]?.scope {
      fail(.recallIsOwn, "what was said in \(session) is in a prompt of another scope")
    }
    let owed = submitted.journal.withdrawals.contains { owner, rows in
      owner.session == session && rows[item.firstTurn] != nil
        && isHere(owner.enrolment, of: question.instance)
    }
    let isKept = !(providers[question.instance]?.canWithdraw ?? true)
    let isTakenBack =
      submitted.facts[session]?[item.firstTurn]?.isWithdrawn ?? false
      || submitted.deleted.contains(session)
    // In later rounds of a turn that calls tools the model is told what it has seen before.
    if isTakenBack, !isKept, request.uses.isEmpty,
      !mayReturn(item.firstTurn, of: session, to: question.instance)
    {
      fail(.recallIsOwn, "turn \(item.firstTurn) of \(session) was taken back and is in a prompt")
    }
    if owed, request.uses.isEmpty {
      fail(
        .recallIsOwn, "turn \(item.firstTurn) of \(session) is being withdrawn and is in a prompt")
    }
  }

  /// Whether a provider may have a turn that was taken back: a late request may bring it at any
  /// time if it is part of a dead letter that may have been stored, and nobody takes it back from
  /// one whose debt was written off.
  private func mayReturn(
    _ turn: TurnIndex, of session: SessionID, to instance: InstanceID
  ) -> Bool {
    let isUnknown = submitted.unknown.contains { id, sessions in
      isHere(id, of: instance) && sessions[session]?.contains(turn) ?? false
    }
    // A debt that was written off includes what was to be taken back.
    let owedTo = submitted.facts[session]?[turn]?.owedTo ?? []
    return isUnknown || owedTo.contains { submitted.journal.enrolments[$0]?.isDetached ?? false }
  }

  /// Whether an enrolment is that instance's, at the destination of now.
  func isHere(_ enrolment: EnrolmentID, of instance: InstanceID) -> Bool {
    guard let record = submitted.journal.enrolments[enrolment], record.instance == instance else {
      return false
    }
    return record.destination == providers[instance]?.destination
  }

  // MARK: Events

  func checkEvent(_ event: BusEvent, to instance: InstanceID) {
    guard event.sequence > 0 else { return }
    let row = synced.journal.events[event.sequence]
    if event.kind != .turnCompleted, row == nil {
      fail(
        .syncedFirst, "\(instance) is given an event that is not synced: \(Describe.event(event))")
    }
    guard event.kind == .sessionSwitched, let old = event.context.session,
      old != event.newSession, providers[instance] != nil,
      // The attempt that it waited for was made before it was given for the first time.
      !(heard[instance]?.contains(event.sequence) ?? false)
    else { return }
    let mark = submitted.flushes[old]?.last { $0.sequence < event.sequence }
    let limit = mark?.context.lastTurn ?? 0
    // Where there was no room for both, the end of the session was told of earlier, behind the same
    // mark: the attempt was made by then.
    let isPassed = ends[instance]?.contains { end, given in
      end > mark?.sequence ?? 0 && end < event.sequence && given < now
    }
    if isPassed ?? false { return }
    if let mark, passedMarks[instance]?.contains(mark.sequence) ?? false { return }
    checkFlushed(event, of: old, through: limit, to: instance)
  }

  /// A provider hears of something only after it was offered what the session owed it.
  func checkFlushed(
    _ event: BusEvent, of session: SessionID, through limit: TurnIndex, to instance: InstanceID
  ) {
    // What is owed to another destination than that of now cannot be offered.
    for enrolment in submitted.journal.enrolments.values
    where !enrolment.isDetached && isHere(enrolment.id, of: instance) {
      if !wasOffered(session, through: limit, to: enrolment) {
        fail(
          .flushBeforeSwitch,
          "\(instance) hears of \(Describe.event(event)) before it was offered what \(session) "
            + "owes")
      }
    }
  }

  /// A host that starts anew does not look again at marks that the cursor has passed.
  func notePassedMarks(_ transaction: Transaction) {
    for case .advanceEvents(let instance, let sequence) in transaction.operations {
      let former = submitted.journal.eventCursors[instance] ?? 0
      let enrolments = submitted.journal.enrolments.values.filter {
        !$0.isDetached && isHere($0.id, of: instance)
      }
      for mark in submitted.flushes.values.joined()
      where mark.sequence > former && mark.sequence <= sequence {
        guard let session = mark.context.session else { continue }
        let isOffered = enrolments.allSatisfy {
          wasOffered(session, through: mark.context.lastTurn, to: $0)
        }
        if isOffered { passedMarks[instance, default: []].insert(mark.sequence) }
      }
    }
  }

  /// Whether the first attempt to flush the session has come to its end.
  private func wasOffered(
    _ session: SessionID, through limit: TurnIndex, to enrolment: EnrolmentRecord
  ) -> Bool {
    // A provider that keeps failing is not asked again for a while; nobody waits for that.
    let row = host?.census().providers.first { $0.id == enrolment.id }
    if row?.isPausing ?? false { return true }
    if !isAsked(enrolment) { return true }
    let own = submitted.journal.cuts.values.filter {
      $0.enrolment == enrolment.id && $0.session == session
    }
    let owner = JournalModel.Owner(enrolment: enrolment.id, session: session)
    let watermark = submitted.journal.cursors[owner]?.watermark ?? 0
    let arrears = submitted.journal.arrears[owner] ?? TurnSet()
    let open = own.first { $0.status == .open }
    // Turns behind a batch that failed go when it is settled, which may be never: its attempt
    // stands for theirs.
    if let open, concluded.contains(open.id) { return true }
    // Nobody waits for what a backfill adds, nor for a dead letter that is sent again.
    if let open, open.turns.last ?? 0 > watermark {
      if open.turns.first ?? .max <= limit {
        // A trimmed batch stands for the one that was tried.
        return own.contains { concluded.contains($0.id) && $0.status == .dropped }
      }
    }
    let waitingFor = (submitted.switches[session] ?? []).filter {
      !(heard[enrolment.instance]?.contains($0.sequence) ?? false)
    }.map(\.newLastTurn).min()
    let cut = Set(own.flatMap { $0.status == .dropped ? [] : $0.turns.turns })
    return (submitted.facts[session] ?? [:]).allSatisfy { index, fact in
      index > min(limit, waitingFor ?? .max) || fact.isWithdrawn
        || submitted.deleted.contains(session) || cut.contains(index)
        || !fact.owedTo.contains(enrolment.id) || deadLettered(index, own)
        || arrears.contains(index)
    }
  }

  /// Whether an enrolment's agent remembers with its instance.
  private func isAsked(_ enrolment: EnrolmentRecord) -> Bool {
    configuration.agent(named: enrolment.agent)?.remembers(with: enrolment.instance) ?? false
  }

  private func deadLettered(_ turn: TurnIndex, _ cuts: [CutRecord]) -> Bool {
    cuts.contains { deadLetters.contains($0.id) && $0.turns.contains(turn) }
  }

  // MARK: People

  func checkAccepted(_ spoken: Spoken) {
    if !isAccepted(spoken.message, on: spoken.instance, in: synced) {
      fail(.syncedFirst, "\(spoken.message.messageID) has a receipt and its row is not synced")
    }
    // A command waits for the journal: for what it reads and writes, and until it can be written.
    // A person's other commands at the same place are read and written before it.
    let waited = now.since(max(spoken.givenAt, min(stalledUntil, now)))
    // A summary is a model's work, whose deadline counts.
    let text = spoken.message.text
    if text.hasPrefix("/"), text != "/compact", waited > .milliseconds(900) {
      fail(.commandsDoNotWait, "the command \(spoken.message.text) waited for \(waited)")
    }
  }
}
