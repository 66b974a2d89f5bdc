/// Turn indexes in ascending order, kept as closed ranges: `1-3,5`.
public struct TurnSet: Sendable, Equatable, CustomStringConvertible {
  /// Disjoint, ascending, not adjacent.
  public private(set) var ranges: [ClosedRange<TurnIndex>] = []

  /// No turns.
  public init() {}

  /// The turns of one range.
  public init(_ range: ClosedRange<TurnIndex>) { ranges = [range] }

  /// These turns, in any order.
  public init(_ turns: some Sequence<TurnIndex>) {
    for turn in turns.sorted() { append(turn) }
  }

  /// Parses `description`; nil if it is not one.
  public init?(_ text: String) {
    for part in text.split(separator: ",") {
      let bounds = part.split(separator: "-").map { TurnIndex($0) }
      guard let first = bounds.first ?? nil, let last = bounds.last ?? nil, bounds.count <= 2,
        first <= last, first > (ranges.last?.upperBound ?? 0)
      else { return nil }
      ranges.append(first...last)
    }
  }

  /// `1-3,5`; empty for no turns.
  public var description: String {
    ranges.map { range in
      range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
    }.joined(separator: ",")
  }

  /// Whether there are none.
  public var isEmpty: Bool { ranges.isEmpty }
  /// How many turns.
  public var count: Int { ranges.reduce(0) { $0 + $1.count } }
  /// The lowest, nil if there are none.
  public var first: TurnIndex? { ranges.first?.lowerBound }
  /// The highest, nil if there are none.
  public var last: TurnIndex? { ranges.last?.upperBound }
  /// All of them, ascending.
  public var turns: [TurnIndex] { ranges.flatMap { Array($0) } }

  /// Whether it holds `turn`.
  public func contains(_ turn: TurnIndex) -> Bool { ranges.contains { $0.contains(turn) } }

  /// Adds a turn above all others; one that is not is already there or breaks the order and traps.
  public mutating func append(_ turn: TurnIndex) {
    guard let last = ranges.last else {
      ranges = [turn...turn]
      return
    }
    if last.contains(turn) { return }
    precondition(turn > last.upperBound, "host: turn \(turn) appended behind \(last.upperBound)")
    if turn == last.upperBound + 1 {
      ranges[ranges.count - 1] = last.lowerBound...turn
    } else {
      ranges.append(turn...turn)
    }
  }

  /// All turns of both.
  public func union(_ other: TurnSet) -> TurnSet {
    var merged = TurnSet()
    for range in (ranges + other.ranges).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.ranges.last, range.lowerBound <= last.upperBound + 1 {
        merged.ranges[merged.ranges.count - 1] =
          last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        merged.ranges.append(range)
      }
    }
    return merged
  }

  /// Its turns that the other does not hold.
  public func subtracting(_ other: TurnSet) -> TurnSet {
    if other.isEmpty { return self }
    return TurnSet(turns.filter { !other.contains($0) })
  }

  /// Takes a turn out; false if it was not there.
  @discardableResult
  public mutating func remove(_ turn: TurnIndex) -> Bool {
    guard let position = ranges.firstIndex(where: { $0.contains(turn) }) else { return false }
    let range = ranges[position]
    var parts: [ClosedRange<TurnIndex>] = []
    if range.lowerBound < turn { parts.append(range.lowerBound...(turn - 1)) }
    if turn < range.upperBound { parts.append((turn + 1)...range.upperBound) }
    ranges.replaceSubrange(position...position, with: parts)
    return true
  }

  /// Takes out and returns the lowest turns, at most `limit` of them and none above `bound`.
  public mutating func takePrefix(_ limit: Int, through bound: TurnIndex) -> TurnSet {
    var taken = TurnSet()
    var room = limit
    while room > 0, let range = ranges.first, range.lowerBound <= bound {
      let end = min(range.upperBound, bound, range.lowerBound + TurnIndex(room) - 1)
      taken.ranges.append(range.lowerBound...end)
      room -= Int(end - range.lowerBound + 1)
      if end == range.upperBound {
        ranges.removeFirst()
      } else {
        ranges[0] = (end + 1)...range.upperBound
      }
    }
    return taken
  }
}

/// Where a cut stands.
public enum CutStatus: Int, Sendable {
  /// Being sent, or to be sent (again).
  case open = 0
  /// The provider has it.
  case acknowledged = 1
  /// Refused for good: a dead letter until a person decides.
  case parked = 2
  /// Given up by a person, or replaced by a trimmed cut.
  case dropped = 3
}

/// A batch as it was cut: a row in the journal before its first byte is sent, and sent unchanged
/// ever after. Nothing in it is read from what is current later.
public struct CutRecord: Sendable, Equatable {
  /// The journal's number, increasing.
  public var id: Int64
  /// For whom.
  public var enrolment: EnrolmentID
  /// Whose turns.
  public var session: SessionID
  /// Which turns, exactly.
  public var turns: TurnSet
  /// Where it stands.
  public var status: CutStatus
  /// An attempt may have been stored; only an acknowledgement ends this.
  public var isUnknown: Bool
  /// A dead letter that was sent again: no order is promised for it any more.
  public var isOutOfOrder: Bool
  /// How often it was sent.
  public var attempts: Int
  /// What was said when it failed last.
  public var reason: String
  /// Where the provider files it: the session's id.
  public var document: String
  /// The session's parent when it was cut.
  public var parent: SessionID?
  /// Whose memories.
  public var scope: Scope
  /// Tags, in order.
  public var tags: [String]
  /// When it was cut.
  public var created: WallTime

  /// What its key is made of: equal for the same cut, different for every other.
  public var keyName: String { "retain/\(enrolment.value)/\(session)/\(turns)/\(id)" }

  /// A cut that was never sent.
  public init(
    id: Int64, enrolment: EnrolmentID, session: SessionID, turns: TurnSet, scope: Scope,
    created: WallTime
  ) {
    self.id = id
    self.enrolment = enrolment
    self.session = session
    self.turns = turns
    self.scope = scope
    self.created = created
    status = .open
    isUnknown = false
    isOutOfOrder = false
    attempts = 0
    reason = ""
    document = session.description
    parent = nil
    tags = []
  }
}

/// A turn to be taken back from a provider that may have it; a row until it is acknowledged.
public struct WithdrawalRecord: Sendable, Equatable {
  /// From whom.
  public var enrolment: EnrolmentID
  /// Whose turn.
  public var session: SessionID
  /// Which turn.
  public var turn: TurnIndex
  /// The cut that it went out with, 0 if that is not known any more.
  public var cut: Int64
  /// Since when it has been owed; zero in rows of older hosts, which did not write it down.
  public var owed = WallTime(milliseconds: 0)
  /// The epoch of the key when it was taken back; 0 in rows of older hosts.
  public var epoch: Epoch = 0
  /// Acknowledged once, to be done again after a retry of its parked batch.
  public var isSent: Bool

  /// A withdrawal that is owed.
  public init(enrolment: EnrolmentID, session: SessionID, turn: TurnIndex, cut: Int64) {
    self.enrolment = enrolment
    self.session = session
    self.turn = turn
    self.cut = cut
    isSent = false
  }
}
