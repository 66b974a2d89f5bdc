/// Whether the journal is being written: by what it says itself, and by how long a transaction has
/// been out while none was synced. A disk that hangs says nothing.
struct JournalWatch: Sendable {
  /// From then on silence counts as a stall.
  static let patience = Duration.seconds(5)

  /// What the journal says is in its way.
  private var fault: String?
  private var isSilent = false
  private var last: TransactionID = 0
  /// Since when a transaction is out and none was synced, nil if none is out.
  private(set) var since: Instant?
  /// How often it began not to be written.
  private(set) var stalls: UInt64 = 0

  /// Why nothing can be written now, nil if something can, as far as is known.
  var problem: String? { fault ?? (isSilent ? Self.silence : nil) }

  /// When silence is a stall, nil if none is to be expected.
  var end: Instant? { isSilent || fault != nil ? nil : since.map { $0 + Self.patience } }

  /// For people.
  private static let silence =
    "the journal has not been written for \(patience.inWords) and no error is reported: the "
    + "disk does not answer; look at the disk and at what else uses it"

  /// A transaction goes to the journal.
  mutating func handedOver(_ id: TransactionID, at now: Instant) {
    last = id
    if since == nil { since = now }
  }

  /// Transactions are synced. Returns whether that ends a silence.
  mutating func synced(through id: TransactionID, at now: Instant) -> Bool {
    since = id < last ? now : nil
    defer { isSilent = false }
    return isSilent && fault == nil
  }

  /// Whether a transaction has been out for so long and none was synced.
  func isSilent(for duration: Duration, at now: Instant) -> Bool {
    since.map { now.since($0) >= duration } ?? false
  }

  /// To be asked at `end`. Returns the problem if it begins now.
  mutating func look(at now: Instant) -> String? {
    guard let end, now >= end else { return nil }
    stalls += 1
    isSilent = true
    return problem
  }

  /// The journal says that it cannot be written.
  mutating func stalled(_ reason: String) {
    if problem == nil { stalls += 1 }
    fault = reason
  }

  /// The journal says that it can be written again.
  mutating func resumed(at now: Instant) {
    fault = nil
    isSilent = false
    if since != nil { since = now }
  }
}
