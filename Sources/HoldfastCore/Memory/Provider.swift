/// How a provider wants its batches.
public struct RetainPolicy: Sendable, Equatable {
  /// A batch is cut when so many turns wait.
  public var everyTurns = 1
  /// Or when the oldest has waited so long.
  public var maxDelay = Duration.seconds(60)
  /// No batch is larger.
  public var maxTurns = 128
  /// An attempt that takes longer has an unknown outcome.
  public var retainDeadline = Duration.seconds(120)
  /// The same for a withdrawal.
  public var withdrawDeadline = Duration.seconds(30)

  /// Each turn by itself.
  public init() {}
}

/// One enrolment: the backlogs of its sessions, in turns with the provider, as many at a time as
/// it allows.
public struct Provider: Sendable {
  /// The journal's row.
  public var record: EnrolmentRecord
  /// How it wants its batches.
  public var policy = RetainPolicy()
  /// Larger comes first in the prompt.
  public var priority = 0
  /// That it owes for too long was said, and is so still.
  var isAlarming = false
  /// The plugin runs; without it everything waits.
  public var isReady = false
  /// What the plugin offers.
  public var traits = PluginTraits()
  /// What is owed, by session; settled backlogs are forgotten.
  public private(set) var backlogs = Table<SessionID, Backlog>()
  /// What that is in all.
  public private(set) var sums = DebtSums()
  /// The sessions of each scope that have a backlog.
  private var sessions: [Scope: Set<SessionID>] = [:]
  /// Guards retains and withdrawals.
  public internal(set) var retainBreaker = Breaker()
  /// Guards recalls.
  public internal(set) var recallBreaker = Breaker()
  /// What it did so far.
  public var statistics = ProviderStatistics()
  /// Sessions with something to send, in the order in which they became ready.
  var ready = Queue<SessionID>()
  var isListed: Set<SessionID> = []
  /// The sessions of which a batch or a withdrawal is under way; few.
  var active: [SessionID] = []

  /// A provider that owes nothing.
  public init(record: EnrolmentRecord) { self.record = record }

  /// The next session and what to send of it; nil while the provider is busy, away or failing.
  /// `load` sessions are under way with the same plugin, those of other agents included.
  mutating func nextStep(of load: Int, at now: Instant) -> (SessionID, Backlog.Step)? {
    guard isReady, load < sessionLimit, !retainBreaker.isOpen(at: now) else { return nil }
    while let session = ready.popFirst() {
      isListed.remove(session)
      guard let step = backlogs[session]?.nextStep(at: now) else { continue }
      change(session) { $0.begin(step) }
      active.append(session)
      return (session, step)
    }
    return nil
  }

  /// Whether it has something to send and no room for it.
  mutating func waitsForRoom(at now: Instant) -> Bool {
    isReady && !ready.isEmpty && !retainBreaker.isOpen(at: now)
  }

  /// How many sessions may be under way at once: one on trial after the breaker was open.
  private var sessionLimit: Int { retainBreaker.isOnTrial ? 1 : traits.concurrentSessions }

  /// A turn was committed, in the transaction that is being written.
  mutating func owe(_ turn: TurnIndex, of session: SessionRecord, at now: Instant) {
    if !backlogs.contains(session.id) {
      keep(Backlog(enrolment: record.id, session: session, watermark: session.lastTurn))
    }
    let due = now + policy.maxDelay
    change(session.id) { $0.append(turn, dueAt: due, at: now) }
  }

  /// Changes a backlog, and with it the sums; nil if there is none.
  @discardableResult
  mutating func change<Result>(
    _ session: SessionID, _ body: (inout Backlog) -> Result
  ) -> Result? {
    guard let (result, before, after) = backlogs[session]?.measured(body) else { return nil }
    if before != after { sums.replace(before, with: after, of: session) }
    return result
  }

  /// What it was to take back, and did not yet, comes before all else again.
  mutating func hurryWithdrawals() {
    for session in backlogs.keys.sorted() { change(session) { $0.withdrawAt = nil } }
  }

  /// Turns that a backfill adds, in the transaction that is being written. `watermark` is how far
  /// a session without a backlog is settled. Returns the row of the arrears.
  mutating func owe(
    arrears turns: TurnSet, of session: SessionRecord, watermark: TurnIndex, at now: Instant
  ) -> JournalOperation? {
    if !backlogs.contains(session.id) {
      keep(Backlog(enrolment: record.id, session: session, watermark: watermark))
    }
    return change(session.id) { $0.add(arrears: turns, at: now) }
  }

  /// Remembers a backlog.
  mutating func keep(_ backlog: Backlog) {
    let before = backlogs[backlog.session.id]?.counted ?? Backlog.Tally()
    var backlog = backlog
    backlog.counted = backlog.tally
    backlogs[backlog.session.id] = backlog
    sums.replace(before, with: backlog.counted, of: backlog.session.id)
    sessions[backlog.session.scope, default: []].insert(backlog.session.id)
  }

  /// The turns of a scope that are on their way. A batch that failed once is not waited for, nor
  /// are turns that wait for their batch to fill.
  func underway(in scope: Scope, at now: Instant) -> [RecallSlot.Awaited] {
    guard !retainBreaker.isOpen(at: now) else { return [] }
    return (sessions[scope] ?? []).sorted().compactMap { session in
      guard let backlog = backlogs[session] else { return nil }
      let isCutDue = backlog.isCutDue(every: policy.everyTurns, at: now)
      let due = max(
        backlog.lastOfCut, backlog.flushLimit, isCutDue ? backlog.fresh.last ?? 0 : 0)
      guard due > 0, !hasFlushed(session, through: due, at: now) else { return nil }
      return RecallSlot.Awaited(session: session, turn: due)
    }
  }

  /// Looks at a backlog after anything that may have changed it; nil if there is none.
  mutating func review(
    _ session: SessionID, _ occasion: Backlog.Occasion, numbers: inout Numbering
  ) -> Backlog.Review? {
    var occasion = occasion
    occasion.mayCut = occasion.mayCut && isReady && !record.isDetached
    occasion.mustWaive = isReady && !traits.canWithdraw
    occasion.everyTurns = policy.everyTurns
    occasion.maxTurns = policy.maxTurns
    let review = change(session) { $0.review(occasion, numbers: &numbers) }
    if review?.hasStep ?? false { list(session) }
    return review
  }

  /// Whether it ever wants to be asked what is likely to be asked next. Mutating, like the next
  /// one, so that the provider is not copied for it.
  mutating func isAskedAhead() -> Bool { traits.events.contains(.prefetchRequested) }

  /// Whether it wants to be asked now what is likely to be asked next. What is to be stored goes
  /// before that: with a provider that is behind, nobody asks ahead.
  mutating func wantsPrefetch(at now: Instant) -> Bool {
    isReady && traits.events.contains(.prefetchRequested) && ready.count < Self.behind
      && !recallBreaker.isOpen(at: now)
  }

  /// It is behind when so many sessions wait for their turn with it.
  static let behind = 16

  /// What was to go out could not be handed over: no attempt was made.
  mutating func withhold(_ session: SessionID) {
    concluded(session)
    change(session) { $0.withhold() }
  }

  /// Runs `body`; gives how many sessions are not under way any more.
  mutating func countingEnded(_ body: (inout Provider) -> Void) -> Int {
    let before = active.count
    body(&self)
    return before - active.count
  }

  /// Nothing of the session is under way any more.
  mutating func concluded(_ session: SessionID) { active.removeAll { $0 == session } }

  /// What was to go out could not be read: no attempt was made, and it is read again later.
  mutating func postpone(_ session: SessionID, numbers: inout Numbering, at now: Instant) {
    change(session) { $0.postpone(numbers: &numbers, at: now) }
  }

  /// The session may have something to send.
  mutating func list(_ session: SessionID) {
    if isListed.insert(session).inserted { ready.append(session) }
  }

  /// Forgets a backlog in which nothing is owed; its watermark if it did.
  @discardableResult
  mutating func forgetIfSettled(_ session: SessionID) -> TurnIndex? {
    guard backlogs[session]?.isSettled ?? false else { return nil }
    let watermark = backlogs[session]?.watermark
    forget(session)
    return watermark
  }

  /// Forgets a backlog with all that is in it.
  mutating func forget(_ session: SessionID) {
    guard let backlog = backlogs[session] else { return }
    let scope = backlog.session.scope
    sums.replace(backlog.counted, with: Backlog.Tally(), of: session)
    backlogs[session] = nil
    sessions[scope]?.remove(session)
    if sessions[scope]?.isEmpty ?? false { sessions[scope] = nil }
  }

  /// Whether the first attempt to flush the session's turns up to `limit` has come to its end, or
  /// cannot be made now.
  public func hasFlushed(_ session: SessionID, through limit: TurnIndex, at now: Instant) -> Bool {
    guard let backlog = backlogs[session] else { return true }
    return backlog.hasFlushed(through: limit) || retainBreaker.isOpen(at: now) || record.isDetached
  }
}

/// What a provider did since the host started.
public struct ProviderStatistics: Sendable {
  /// Turns acknowledged.
  public var acknowledgedTurns: UInt64 = 0
  /// Turns that backfills have owed to it.
  public var backfilledTurns: UInt64 = 0
  /// When it acknowledged something.
  public var acknowledgedAt: Instant?
  /// Recalls answered in time.
  public var recalls: UInt64 = 0
  /// Those of them that brought something.
  public var recallHits: UInt64 = 0
  /// Recalls that came after their turn had gone on.
  public var lateRecalls: UInt64 = 0
  /// Results dropped because their session or epoch was over.
  public var staleRecalls: UInt64 = 0
  /// What its last failure said.
  public var lastError = ""
  /// When that was.
  public var lastErrorAt: Instant?
  /// How long recalls took that were answered in time.
  public private(set) var recallLatency = LatencyHistogram()

  /// Nothing done yet.
  public init() {}

  /// A recall was answered in time; a hit brought something.
  public mutating func recalled(in latency: Duration, isHit: Bool = true) {
    recalls += 1
    if isHit { recallHits += 1 }
    recallLatency.record(latency.nanoseconds)
  }

  /// Something failed, with an explanation for people.
  public mutating func failed(_ text: String, at now: Instant) {
    lastError = text
    lastErrorAt = now
  }
}
