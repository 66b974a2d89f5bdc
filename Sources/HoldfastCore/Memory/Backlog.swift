/// What one enrolment owes of one session: the turns behind its watermark, the one batch that is
/// cut from them, dead letters, and turns to take back. The rules were model-checked.
///
/// Every decision is written to the journal in the transaction of the input that led to it, and
/// sending waits until that is synced. So at any crash the journal says exactly what may have been
/// sent.
public struct Backlog: Sendable {
  /// The batch that is being sent, or is to be.
  public struct OpenCut: Sendable, Equatable {
    /// The journal's row.
    public var record: CutRecord
    /// When its oldest turn was committed, or the host started.
    public var since: Instant
    /// The row is synced; only then a byte may be sent.
    public var isDurable: Bool
    /// An attempt has come to an end since the host started.
    public var wasTried = false
    /// Attempts that failed in a row.
    public var failures = 0
    /// Not before, after a failure.
    public var retryAt: Instant?
  }

  private final class Box: Sendable {
    let cut: OpenCut
    init(_ cut: OpenCut) { self.cut = cut }
  }

  /// A turn that is to be taken back.
  public struct Owed: Sendable, Equatable {
    /// The journal's row.
    public var record: WithdrawalRecord
    /// The row is synced.
    public var isDurable: Bool
    /// When it was taken back, or the host started.
    public var since: Instant
  }

  /// What is under way with the provider; at most one thing per session.
  public enum Activity: Sendable, Equatable {
    /// The open cut is being sent.
    case retaining
    /// These turns are being taken back.
    case withdrawing(TurnSet)
  }

  /// Whose turns.
  public let session: SessionRecord
  /// For whom.
  public let enrolment: EnrolmentID
  /// Every turn up to it is acknowledged, parked, withdrawn or in arrears.
  public internal(set) var watermark: TurnIndex
  /// Live turns that are owed and in no cut: behind the watermark, or in arrears.
  public internal(set) var pending = TurnSet()
  /// Those of them that a backfill added; they have a row of their own.
  public internal(set) var arrears = TurnSet()
  /// The one open batch.
  public internal(set) var cut: OpenCut? {
    get { box?.cut }
    set { box = newValue.map { Box($0) } }
  }
  /// Most turns find no open batch, and should not have to copy the place for one.
  private var box: Box?
  /// Dead letters.
  public internal(set) var parked: [CutRecord] = []
  /// Turns to take back.
  public internal(set) var owed: [Owed] = []
  /// What is under way.
  public internal(set) var activity: Activity?
  /// Turns above it wait until the provider has heard of the switch to this session.
  public var gate: TurnIndex?
  /// When the oldest pending turn was committed, or the host started.
  var pendingSince: Instant?
  /// When the oldest pending turn becomes due by age.
  var dueAt: Instant?
  /// Turns up to it are due whatever their number.
  var flushLimit: TurnIndex = 0
  /// Its share of what the provider owes, as the provider counts it.
  var counted = Tally()
  /// A timer is set to look at it then.
  var watchedUntil: Instant?
  /// A withdrawal failed; not before.
  var withdrawAt: Instant?
  var withdrawFailures = 0
  /// The cursor's row, as of the last transaction.
  var journalled: (watermark: TurnIndex, isOwing: Bool)

  /// A backlog with everything up to `watermark` settled.
  public init(enrolment: EnrolmentID, session: SessionRecord, watermark: TurnIndex) {
    self.enrolment = enrolment
    self.session = session
    self.watermark = watermark
    journalled = (watermark, false)
  }

  /// Goes on where the journal says it was. What was cut may have been sent.
  /// It is as old as the journal says.
  public init(restoring debt: DebtRecord, at now: Instant, wall: WallTime) {
    let since = { (time: WallTime?) -> Instant in
      guard let time, time.milliseconds > 0, time < wall else { return now }
      return now - .milliseconds(wall.milliseconds - time.milliseconds)
    }
    self.init(enrolment: debt.enrolment, session: debt.session, watermark: debt.watermark)
    pending = debt.pending
    arrears = debt.arrears
    parked = debt.cuts.filter { $0.status == .parked }
    cut = debt.cuts.first { $0.status == .open }.map {
      OpenCut(record: $0, since: since($0.created), isDurable: true)
    }
    cut?.record.isUnknown = true
    owed = debt.withdrawals.map { Owed(record: $0, isDurable: true, since: since($0.owed)) }
    journalled = (debt.watermark, debt.isOwing)
    if !pending.isEmpty {
      pendingSince = since(debt.pendingSince)
      dueAt = now
    }
  }

  /// Whether turns or withdrawals wait for the provider. Dead letters wait for a person instead.
  public var isOwing: Bool {
    cut != nil || !pending.isEmpty || owed.contains { !$0.record.isSent }
  }

  /// Whether a start has to know of it: what is owed, and dead letters with what hangs on them.
  public var isUnsettled: Bool { isOwing || !parked.isEmpty || !owed.isEmpty }

  /// Whether nothing here is worth remembering.
  public var isSettled: Bool { !isUnsettled && activity == nil && gate == nil }

  /// How many turns are owed.
  public var owedTurns: Int { pending.count + (cut?.record.turns.count ?? 0) }

  /// Since when the oldest thing has been owed, nil if nothing is.
  public var owingSince: Instant? {
    var oldest = pendingSince
    if let since = cut?.since, oldest.map({ since < $0 }) ?? true { oldest = since }
    for withdrawal in owed where !withdrawal.record.isSent {
      return min(withdrawal.since, oldest ?? withdrawal.since)
    }
    return oldest
  }

  /// Whether the first attempt to flush the turns up to `limit` has come to its end. Nobody waits
  /// for what a backfill adds, nor for a dead letter that is sent again.
  public func hasFlushed(through limit: TurnIndex) -> Bool {
    if let cut {
      if cut.wasTried { return true }
      if lastOfCut > 0, cut.record.turns.first ?? .max <= limit { return false }
    }
    return fresh.first.map { $0 > limit } ?? true
  }

  /// The last turn of the open batch; 0 if it is of what a backfill added, or a dead letter.
  var lastOfCut: TurnIndex {
    let last = cut?.record.turns.last ?? 0
    return last > watermark ? last : 0
  }

  /// What is pending and no backfill has added.
  var fresh: TurnSet { arrears.isEmpty ? pending : pending.subtracting(arrears) }

  /// A turn was committed, in the transaction that is being written.
  public mutating func append(_ turn: TurnIndex, dueAt due: Instant, at now: Instant) {
    if pending.isEmpty {
      dueAt = due
      pendingSince = now
    }
    pending.append(turn)
  }

  /// A backfill adds turns that were not owed, in the transaction that is being written; they are
  /// due at once. Returns their row.
  mutating func add(arrears turns: TurnSet, at now: Instant) -> JournalOperation {
    pending = pending.union(turns)
    arrears = arrears.union(turns)
    pendingSince = pendingSince ?? now
    dueAt = now
    return .setArrears(enrolment, session.id, arrears)
  }

  /// All that is pending is due.
  public mutating func flush() {
    flushLimit = max(flushLimit, pending.last ?? 0)
  }

  /// Whether a batch is to be cut now.
  public func isCutDue(every count: Int, at now: Instant) -> Bool {
    guard cut == nil, let first = pending.first, first <= gate ?? .max else { return false }
    return pending.count >= count || first <= flushLimit || dueAt.map { $0 <= now } ?? false
  }

  /// Cuts a batch of at most `limit` turns. It is sent once the row is synced.
  public mutating func makeCut(
    limit: Int, numbers: inout Numbering, at now: Instant, wall: WallTime
  ) -> CutRecord {
    precondition(cut == nil, "host: a second open batch in session \(session.id)")
    let turns = pending.takePrefix(limit, through: gate ?? .max)
    var record = CutRecord(
      id: numbers.cut(), enrolment: enrolment, session: session.id, turns: turns,
      scope: session.scope, created: wall)
    record.parent = session.parent
    record.tags = ["session:\(session.id)"] + (session.parent.map { ["parent:\($0)"] } ?? [])
    // What a backfill adds comes behind what was stored before.
    record.isOutOfOrder = record.turns.first.map { $0 <= watermark } ?? false
    arrears = arrears.subtracting(turns)
    cut = OpenCut(record: record, since: pendingSince ?? now, isDurable: false)
    if pending.isEmpty {
      pendingSince = nil
      dueAt = nil
    }
    return record
  }

  /// The cut's row is synced.
  public mutating func becameDurable(cut id: Int64) {
    if cut?.record.id == id { cut?.isDurable = true }
  }

  /// The rows of these withdrawals are synced.
  public mutating func becameDurable(withdrawals: TurnSet) {
    for position in owed.indices where withdrawals.contains(owed[position].record.turn) {
      owed[position].isDurable = true
    }
  }

  /// The cursor's row if it has to change, in the transaction that is being written: with a batch
  /// that is settled, and with the first turn that is owed; not with each turn.
  mutating func cursorChange() -> JournalOperation? {
    if journalled == (watermark, isUnsettled) { return nil }
    journalled = (watermark, isUnsettled)
    return .setCursor(enrolment, session.id, watermark: watermark, isOwing: isUnsettled)
  }
}
