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
      .status, .sessions(before: nil, limit: 0, includeHidden: flag()),
      .sessions(before: session(), limit: Int(number(1001)), includeHidden: flag()),
      .history(session(), limit: Int(number(1001))), .retryBatch(signed()), .dropBatch(signed()),
      .backfill(InstanceID(text()), nil, isDryRun: flag()),
      .backfill(InstanceID(text()), session(), isDryRun: flag()), .detach(EnrolmentID(signed())),
      .startPlugin(InstanceID(text())), .stopPlugin(InstanceID(text())), .stop,
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
    return status
  }

  mutating func answers() -> [ControlAnswer] {
    [
      .status(status()), .status(HostStatus()), .sessions([]), .sessions([listing(), listing()]),
      .history(listing(), []), .history(listing(), [turn(), turn()]), .batches([]),
      .batches([cut(), cut()]), .done(text()), .refused(text()),
    ]
  }
}
