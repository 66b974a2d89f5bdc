import HoldfastCore

/// Requests and answers that follow from a seed.
struct Sample {
  private var random: IdentitySource

  init(seed: UInt64) { random = IdentitySource(seed: seed) }

  /// From 0 to below `bound`.
  mutating func number(_ bound: UInt64) -> UInt64 { random.next() % bound }

  private mutating func flag() -> Bool { number(2) == 0 }

  private mutating func signed() -> Int64 { Int64(bitPattern: random.next()) }

  mutating func text() -> String {
    let parts = ["a", "ü", "\n", "\"", "\\", "\u{0}", "🪢", "\t", "/", "{", "\u{2028}", "é", " "]
    return (0..<number(12)).map { _ in parts[Int(number(UInt64(parts.count)))] }.joined()
  }

  mutating func session() -> SessionID {
    SessionID(value: UInt128(random.next()) << 64 | UInt128(random.next()))
  }

  private mutating func key() -> SessionKey {
    SessionKey(
      agent: text(), channel: text(), kind: flag() ? .direct : .group, chat: text(),
      thread: flag() ? text() : "", user: flag() ? text() : "")
  }

  private mutating func commands() -> [ChatCommand] {
    [
      .new(title: text()), .reset(title: text()), .resume(session(), move: flag()),
      .branch(title: text()), .undo(count: Int(number(1000)) + 1), .stop(dropWaiting: flag()),
      .compact, .delete(nil), .delete(session()), .queue(nil), .queue(.collect), .status, .sessions,
      .memory, .help,
      .invalid(text()),
    ]
  }

  mutating func requests() -> [ControlRequest] {
    var all: [ControlRequest] = [
      .status, .load, .sessions(before: nil, limit: 0, includeHidden: flag()),
      .sessions(before: session(), limit: Int(number(1001)), includeHidden: flag()),
      .history(session(), limit: Int(number(1001))), .retryBatch(signed()), .dropBatch(signed()),
      .backfill(InstanceID(text()), nil, isDryRun: flag()),
      .backfill(InstanceID(text()), session(), isDryRun: flag()), .detach(EnrolmentID(signed())),
      .startPlugin(InstanceID(text())), .stopPlugin(InstanceID(text())), .locks,
      .breakLock(session()), .stop, .explain(session()),
      .events(EventFilter()), .events(filter()), .exportDiagnostics,
    ]
    for target in [
      RecallTarget.newest, .scope(Scope(text())), .session(.key(key())),
      .session(.session(session())),
    ] {
      all.append(.recall(query: text(), target, flag() ? InstanceID(text()) : nil))
    }
    for status in [CutStatus.open, .acknowledged, .parked, .dropped] {
      all.append(.batches(InstanceID(text()), status, limit: Int(number(1001))))
    }
    for command in commands() {
      all.append(.command(flag() ? .key(key()) : .session(session()), command))
    }
    return all
  }

  private mutating func filter() -> EventFilter {
    var filter = EventFilter()
    filter.names = (0..<number(4)).map { _ in text() }
    if flag() { filter.session = session().description }
    if flag() { filter.plugin = text() }
    filter.sinceStart = flag()
    filter.follows = flag()
    return filter
  }

  private mutating func line() -> EventLine {
    var event = DiagnosticEvent(.turnCompleted)
    event.sequence = random.next()
    event.time = WallTime(milliseconds: signed())
    if flag() { event.session = session() }
    if flag() { event.instance = InstanceID(text()) }
    event.subject = text()
    event.outcome = text()
    if flag() { event.duration = .nanoseconds(Int64(number(1 << 50))) }
    if flag() { event.count = Int(number(1000)) }
    return EventLine(event)
  }

  private mutating func listing() -> SessionListing {
    var record = SessionRecord(
      id: session(), key: key(), scope: Scope(text()), created: WallTime(milliseconds: signed()))
    if flag() { record.parent = session() }
    if flag() { record.branchOf = session() }
    record.sharedLimit = random.next()
    record.user = text()
    record.title = text()
    if flag() { record.ended = WallTime(milliseconds: signed()) }
    record.isHidden = flag()
    record.isDeleted = flag()
    record.lastTurn = random.next()
    record.token = random.next()
    record.summary = text()
    record.summaryLimit = random.next()
    if flag() { record.queueMode = .steer }
    return SessionListing(
      session: record, boundKey: flag() ? key() : nil, turnCount: Int(number(1 << 40)))
  }

  private mutating func turn() -> TurnRecord {
    var turn = TurnRecord(
      session: session(), index: random.next(),
      status: [.live, .interrupted, .withdrawn][Int(number(3))], userText: text(),
      answerText: text(), sequence: random.next())
    turn.userName = text()
    turn.started = WallTime(milliseconds: signed())
    turn.finished = WallTime(milliseconds: signed())
    turn.input = signed()
    return turn
  }

  private mutating func cut() -> CutRecord {
    let turns = TurnSet(Set((0..<number(9)).map { _ in number(20) + 1 }))
    var cut = CutRecord(
      id: signed(), enrolment: EnrolmentID(signed()), session: session(), turns: turns,
      scope: Scope(text()), created: WallTime(milliseconds: signed()))
    cut.status = [.open, .acknowledged, .parked, .dropped][Int(number(4))]
    cut.isUnknown = flag()
    cut.isOutOfOrder = flag()
    cut.attempts = Int(number(1000))
    cut.reason = text()
    cut.document = text()
    if flag() { cut.parent = session() }
    cut.tags = (0..<number(4)).map { _ in text() }
    return cut
  }

  private mutating func status() -> HostStatus {
    var status = HostStatus()
    status.state = text()
    status.problems = [text(), text()]
    status.pid = Int32(truncatingIfNeeded: signed())
    status.readySinceMilliseconds = signed()
    status.stateFolder = text()
    var plugin = PluginStatusRow()
    plugin.instance = text()
    plugin.kinds = [text()]
    plugin.calls = random.next()
    plugin.eventBacklog = random.next()
    status.plugins = [plugin, PluginStatusRow()]
    var provider = ProviderStatusRow()
    provider.lastError = text()
    provider.enrolment = signed()
    if flag() { provider.backfill = Double(number(65)) / 64 }
    provider.backfilledTurns = random.next()
    provider.recallMedianMilliseconds = Double(number(1_000_000)) / 64
    provider.recallP99Milliseconds = Double(number(1_000_000)) / 64
    provider.oldestAgeMilliseconds = random.next()
    status.providers = [provider]
    status.executors = [ExecutorRow(text(), delay(), sinceStart: delay())]
    if flag() { status.process = ProcessRow() }
    status.longCalls = [call()]
    var row = AttentionStatusRow()
    row.session = text()
    row.call = text()
    row.ageMilliseconds = random.next()
    row.isLeftToPerson = flag()
    status.attention = [row]
    return status
  }

  private mutating func delay() -> DelayFigures {
    var delay = DelayFigures()
    delay.p50Milliseconds = Double(number(1_000_000)) / 64
    delay.p999Milliseconds = Double(number(1_000_000)) / 64
    delay.samples = random.next()
    return delay
  }

  private mutating func call() -> CallInProgress {
    var call = CallInProgress()
    call.plugin = text()
    call.session = text()
    call.sinceMilliseconds = signed()
    call.activity = [.unknown, .spinning, .blocked][Int(number(3))]
    return call
  }

  private mutating func load() -> HostLoad {
    var load = HostLoad()
    load.timeMilliseconds = signed()
    load.process.residentBytes = random.next()
    load.process.pressure = [PressureRow()]
    load.executors = [ExecutorRow(text(), delay(), sinceStart: delay()), ExecutorRow()]
    var plugin = PluginLoadRow()
    plugin.instance = text()
    plugin.cpuMilliseconds = random.next()
    plugin.latency = delay()
    plugin.callRows = [CallRow()]
    plugin.inProgress = [call(), CallInProgress()]
    load.plugins = [plugin, PluginLoadRow()]
    return load
  }

  private mutating func explanation() -> SessionExplanation {
    var explanation = SessionExplanation()
    explanation.sentence = text()
    explanation.next = text()
    explanation.plugin = text()
    if flag() { explanation.isOwnerAlive = flag() }
    if flag() { explanation.progressAgeMilliseconds = random.next() }
    explanation.generation = random.next()
    return explanation
  }

  mutating func answers() -> [ControlAnswer] {
    [
      .status(status()), .status(HostStatus()), .load(load()), .load(HostLoad()), .sessions([]),
      .sessions([listing(), listing()]),
      .history(listing(), []), .history(listing(), [turn(), turn()]), .batches([]),
      .batches([cut(), cut()]), .done(text()), .refused(text()), .locks(LockReport()),
      .locks(locks()),
      .explanation(SessionExplanation()), .explanation(explanation()), .event(line()),
      .missed(Int(number(1 << 40))),
    ]
  }

  private mutating func locks() -> LockReport {
    var report = LockReport()
    report.host.pid = Int32(number(1 << 20))
    report.host.hostName = text()
    report.host.standbys = Int(number(4))
    report.host.token = random.next()
    var row = SessionLockRow()
    row.session = session().description
    row.purpose = text()
    row.ageMilliseconds = random.next()
    row.isOverdue = flag()
    report.sessions = [row, SessionLockRow()]
    return report
  }
}
