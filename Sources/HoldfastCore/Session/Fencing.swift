/// What the host knows of runs that have lost their session, and of the commits that may turn out
/// to be one's.
struct Fencing: Sendable {
  /// A turn's commit that the journal has not reported yet.
  struct Commitment: Sendable {
    var key: SessionKey
    var session: SessionID
    var turn: TurnIndex
    var inputs: [InputRecord]
    var tools: TurnTools?
    /// Rows of the transaction that are the turn's.
    var rows: Range<Int>
  }

  /// So many calls of runs that are over are remembered, to count the answers that still come.
  static let remembered = 1024

  /// Writes and answers of runs that had lost their session, since the host started.
  private(set) var refusals: UInt64 = 0
  private var late: [OperationID: SessionID] = [:]
  private var order = Queue<OperationID>()
  /// Of the input that is being handled.
  private var open: [Commitment] = []
  private var pending = Queue<(transaction: TransactionID, commitment: Commitment)>()

  /// Something of such a run was refused.
  mutating func countRefusal() { refusals += 1 }

  /// A run lost its session: whatever these calls still bring is late.
  mutating func lose(_ operations: [OperationID], of session: SessionID) {
    for operation in operations {
      late[operation] = session
      order.append(operation)
    }
    while order.count > Self.remembered, let oldest = order.popFirst() { late[oldest] = nil }
  }

  /// An answer was refused; the session that its run had lost, nil if it was another's.
  mutating func answeredLate(_ operation: OperationID) -> SessionID? {
    guard let session = late.removeValue(forKey: operation) else { return nil }
    refusals += 1
    return session
  }

  /// A turn's rows are in the transaction that is being written.
  mutating func commit(_ commitment: Commitment) { open.append(commitment) }

  /// The transaction goes to the journal with these rows. A turn can be dropped without the rest if
  /// there is no rest; that a plugin has handled an event may be said again.
  mutating func seal(_ transaction: TransactionID, _ rows: [JournalOperation]) {
    defer { open.removeAll(keepingCapacity: true) }
    guard open.count == 1, let own = open.first, own.rows.lowerBound == 0 else { return }
    let isAlone = rows[own.rows.upperBound...].allSatisfy {
      if case .advanceEvents = $0 { true } else { false }
    }
    if isAlone { pending.append((transaction, own)) }
  }

  /// These transactions are synced.
  mutating func committed(through transaction: TransactionID) {
    while pending.popFirst(if: { $0.transaction <= transaction }) != nil {}
  }

  /// The turn whose commit a transaction was, and nothing else; nil if it was more than that.
  mutating func take(_ transaction: TransactionID) -> Commitment? {
    pending.removeAll { $0.transaction == transaction }.first?.commitment
  }
}
