/// The next number of everything that the host numbers. Those that are rows of the journal go on
/// where it ended; the others begin anew with each start.
public struct Numbering: Sendable {
  private var lastSequence: BusSequence
  private var lastInput: Int64
  private var lastReply: Int64
  private var lastCut: Int64
  private var lastEnrolment: Int64
  private var lastOperation: UInt64 = 0
  private var lastTransaction: TransactionID = 0
  private var lastRead: ReadID = 0
  private var lastDiagnostic: UInt64 = 0
  private var source: IdentitySource

  /// Goes on behind the journal's last numbers; `seed` decides session ids and jitter.
  public init(after snapshot: Snapshot, seed: UInt64) {
    lastSequence = snapshot.lastSequence
    lastInput = snapshot.lastInput
    lastReply = snapshot.lastReply
    lastCut = snapshot.lastCut
    lastEnrolment = snapshot.enrolments.map(\.id.value).max() ?? 0
    source = IdentitySource(seed: seed)
  }

  /// The last place in the bus's order that was given.
  public var sequenceSoFar: BusSequence { lastSequence }

  /// The transaction that is being written.
  public var nextTransaction: TransactionID { lastTransaction + 1 }

  /// The next place in the bus's order.
  public mutating func sequence() -> BusSequence { Self.increment(&lastSequence) }
  /// The next inbox row.
  public mutating func input() -> Int64 { Self.increment(&lastInput) }
  /// The next outbox row.
  public mutating func reply() -> Int64 { Self.increment(&lastReply) }
  /// The next cut.
  public mutating func cut() -> Int64 { Self.increment(&lastCut) }
  /// The next enrolment.
  public mutating func enrolment() -> EnrolmentID { EnrolmentID(Self.increment(&lastEnrolment)) }
  /// The next operation.
  public mutating func operation() -> OperationID { OperationID(Self.increment(&lastOperation)) }
  /// The next transaction.
  public mutating func transaction() -> TransactionID { Self.increment(&lastTransaction) }
  /// The next question to the journal.
  public mutating func read() -> ReadID { Self.increment(&lastRead) }
  /// The next event of diagnostics.
  public mutating func diagnostic() -> UInt64 { Self.increment(&lastDiagnostic) }
  /// A new session id.
  public mutating func session(at wall: WallTime) -> SessionID { source.session(at: wall) }

  /// The wait before attempt `failures` + 1: `first`, doubled with each failure up to `longest`, of
  /// which a random half is taken off so that many who failed together do not come back together.
  public mutating func backoff(
    failures: Int, first: Duration = .seconds(1), longest: Duration = .seconds(300)
  ) -> Duration {
    let doubled = first.nanoseconds << UInt64(min(max(failures - 1, 0), 20))
    let full = min(doubled, longest.nanoseconds)
    let half = full / 2
    return max(first, .nanoseconds(Int64(half + source.next() % (half + 1))))
  }

  private static func increment<Number: FixedWidthInteger>(_ number: inout Number) -> Number {
    number += 1
    return number
  }
}
