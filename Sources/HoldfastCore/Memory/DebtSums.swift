/// What a provider owes of all its sessions, kept while their backlogs change: to look at it costs
/// the same for one session and for a hundred thousand.
public struct DebtSums: Sendable {
  /// Turns that are owed.
  public private(set) var turns = 0
  /// Sessions that owe turns or withdrawals.
  public private(set) var sessions = 0
  /// Turns to take back.
  public private(set) var withdrawals = 0
  /// Dead letters.
  public private(set) var parked = 0
  /// Batches, open or parked, that may have been stored.
  public private(set) var unknown = 0
  private var beginnings = TimerQueue<SessionID>()

  /// Nothing is owed.
  init() {}

  /// Since when the oldest thing has been owed, nil if nothing is.
  public var oldest: Instant? { beginnings.next }

  /// A session's share was `old` and is `new`.
  mutating func replace(_ old: Backlog.Tally, with new: Backlog.Tally, of session: SessionID) {
    turns += new.turns - old.turns
    sessions += (new.isOwing ? 1 : 0) - (old.isOwing ? 1 : 0)
    withdrawals += new.withdrawals - old.withdrawals
    parked += new.parked - old.parked
    unknown += new.unknown - old.unknown
    guard new.since != old.since else { return }
    beginnings.remove(session)
    if let since = new.since { beginnings.add(session, at: since) }
    beginnings.dropSuperseded()
  }
}

extension Backlog {
  /// One session's share of what is owed in all.
  struct Tally: Equatable {
    var turns = 0
    var isOwing = false
    var withdrawals = 0
    var parked = 0
    var unknown = 0
    var since: Instant?
  }

  /// This session's share.
  var tally: Tally {
    let unknown = (cut?.record.isUnknown ?? false ? 1 : 0) + parked.count { $0.isUnknown }
    return Tally(
      turns: owedTurns, isOwing: isOwing, withdrawals: owed.count, parked: parked.count,
      unknown: unknown, since: owingSince)
  }

  /// Changes the backlog, and tells its share before and behind that.
  mutating func measured<Result>(
    _ body: (inout Backlog) -> Result
  ) -> (result: Result, before: Tally, after: Tally) {
    let before = counted
    let result = body(&self)
    counted = tally
    return (result, before, counted)
  }
}

extension Provider {
  /// The session's batch that is under way came to an end. Returns what to write.
  mutating func retained(
    _ session: SessionID, _ outcome: Backlog.Outcome, reason: String, numbers: inout Numbering,
    at now: Instant
  ) -> [JournalOperation] {
    change(session) { $0.retained(outcome, reason: reason, numbers: &numbers, at: now) } ?? []
  }

  /// The session's withdrawal that is under way came to an end. Returns what to write.
  mutating func withdrew(
    _ session: SessionID, _ outcome: Backlog.Outcome, numbers: inout Numbering, at now: Instant
  ) -> [JournalOperation] {
    change(session) { $0.withdrew(outcome, numbers: &numbers, at: now) } ?? []
  }

  /// Sends a dead letter again; nil while another batch of its session is open.
  mutating func retryParked(
    _ cut: Int64, of session: SessionID, at now: Instant
  ) -> [JournalOperation]? {
    change(session) { $0.retryParked(cut, at: now) } ?? []
  }
}
