/// Who decides about a session now, and who waits to: one holder, the others first in, first out,
/// each with an instant at which it gives up. Nobody looks again and again; whoever keeps the lock
/// asks `wake` when something is due.
///
/// It orders those who play by the rules. Against one who does not there is the session's owner
/// token, which the journal compares.
public struct WriteLock<Waiter: Sendable>: Sendable {
  /// Names one who waits, or holds.
  public typealias Ticket = UInt64

  /// One who waits.
  public struct Entry: Sendable {
    /// Its name.
    public let ticket: Ticket
    /// What it is.
    public let party: LockParty
    /// What it wants the lock for, in a word or two for people.
    public let purpose: String
    /// Since when it waits.
    public let since: Instant
    /// When it gives up.
    public let deadline: Instant
    /// Whoever it is.
    public var waiter: Waiter
  }

  /// The one that holds it.
  public struct Holder: Sendable {
    /// Its name.
    public let ticket: Ticket
    /// What it is.
    public let party: LockParty
    /// What it does, in a word or two for people.
    public let purpose: String
    /// Since when it holds it.
    public let since: Instant
    /// The session's owner token when it got it.
    public let token: UInt64
    /// Whoever it is.
    public let waiter: Waiter
    /// It holds it beyond the input that gave it the lock, until something comes.
    public internal(set) var isKept = false
    /// That it holds it for too long was said.
    var isReported = false
  }

  /// The one that holds it, nil if nobody does.
  public private(set) var holder: Holder?
  /// Those who wait, the first of them first.
  public private(set) var waiting = Queue<Entry>()
  private var lastTicket: Ticket = 0

  /// A lock that nobody holds.
  public init() {}

  /// Takes a place at the end of the queue; `grant` gives it the lock when it is the first. Nobody
  /// gives up before one who came earlier: a deadline before the last one's is moved to that.
  public mutating func wait(
    _ waiter: Waiter, as party: LockParty, for purpose: String, at now: Instant,
    until deadline: Instant
  ) -> Ticket {
    lastTicket += 1
    let latest = max(deadline, waiting.last?.deadline ?? deadline)
    waiting.append(
      Entry(
        ticket: lastTicket, party: party, purpose: purpose, since: now, deadline: latest,
        waiter: waiter))
    return lastTicket
  }

  /// The one that would get the lock now, nil while somebody holds it.
  public var next: Entry? { holder == nil ? waiting.first : nil }

  /// Gives the lock to the one that waits longest; nil if it is held, or nobody waits.
  @discardableResult
  public mutating func grant(at now: Instant, token: UInt64) -> Entry? {
    guard holder == nil, let first = waiting.popFirst() else { return nil }
    holder = Holder(
      ticket: first.ticket, party: first.party, purpose: first.purpose, since: now, token: token,
      waiter: first.waiter)
    return first
  }

  /// The holder goes on holding it when the input is handled.
  public mutating func keep() { holder?.isKept = true }

  /// Gives the lock up. Returns who held it.
  @discardableResult
  public mutating func release() -> Holder? {
    defer { holder = nil }
    return holder
  }

  /// Gives it up unless it is kept.
  @discardableResult
  public mutating func releaseUnlessKept() -> Holder? {
    if holder?.isKept == true { return nil }
    return release()
  }

  /// Takes one out of the queue; nil if it does not wait.
  @discardableResult
  public mutating func cancel(_ ticket: Ticket) -> Entry? {
    waiting.removeAll { $0.ticket == ticket }.first
  }

  /// Takes out of the queue whomever `condition` names, the first of them first.
  public mutating func cancel(where condition: (Waiter) -> Bool) -> [Entry] {
    waiting.removeAll { condition($0.waiter) }
  }

  /// Those whose time is over, taken out of the queue.
  public mutating func expire(at now: Instant) -> [Entry] {
    var expired: [Entry] = []
    while let entry = waiting.popFirst(if: { $0.deadline <= now }) { expired.append(entry) }
    return expired
  }

  /// The holder, if it has held the lock for so long and that was not said before.
  public mutating func overdue(after limit: Duration, at now: Instant) -> Holder? {
    guard let holder, !holder.isReported, now.since(holder.since) >= limit else { return nil }
    self.holder?.isReported = true
    return holder
  }

  /// When `expire` or `overdue` has something to say at the earliest, nil if never.
  public func wake(overdueAfter limit: Duration) -> Instant? {
    guard let holder else { return waiting.first?.deadline }
    let overdue = holder.isReported ? nil : holder.since + limit
    return [overdue, waiting.first?.deadline].compactMap { $0 }.min()
  }

  /// Changes those who wait.
  public mutating func update(_ change: (inout Waiter) -> Void) {
    var changed = Queue<Entry>()
    for var entry in waiting.elements {
      change(&entry.waiter)
      changed.append(entry)
    }
    waiting = changed
  }

  /// Why one who waited got nothing: who holds the lock, what for and for how long; nil if nobody
  /// does.
  public func excuse(at now: Instant) -> String? {
    holder.map { "\($0.purpose) of \($0.party.article) has held it for \(now.age(of: $0.since))" }
  }
}

/// What may hold a session, or wait for it.
public enum LockParty: String, Sendable, CaseIterable, Codable {
  /// A person's message.
  case message
  /// A person's chat command.
  case command
  /// The operator, by the command line.
  case operator_ = "operator"

  /// In a sentence.
  var article: String {
    switch self {
    case .message: "a message"
    case .command: "a person's command"
    case .operator_: "the operator"
    }
  }
}

extension Instant {
  /// How long ago an instant was, for people: `350 ms`, `31 s`.
  func age(of earlier: Instant) -> String {
    let milliseconds = since(earlier).milliseconds
    return milliseconds < 2000 ? "\(milliseconds) ms" : "\(milliseconds / 1000) s"
  }
}
