import HoldfastCore

/// The owner token of a host: each host that starts on a file raises the file's, and every group of
/// transactions compares it under the write lock. A former host that wakes up writes nothing.
struct Ownership {
  /// What this host writes under; 0: it is no host's connection, and compares nothing.
  private(set) var token: UInt64 = 0
  /// The file has it.
  private(set) var isRaised = false
  /// Why the disk did not take it at once.
  var fault: StorageFault?

  /// The file's token was `found` when this host began.
  mutating func begin(after found: UInt64) { token = found + 1 }

  /// What was raised is synced.
  mutating func wasRaised() { isRaised = token > 0 }
}

extension Connection {
  /// Begins a host's time on the file. Where the disk does not take it now, the first group that it
  /// takes raises the token.
  mutating func beginOwnership() throws(StorageFault) {
    ownership.begin(after: try hostToken())
    do throws(StorageFault) {
      guard case .fenced = try commit([]) else { return }
      // Another host began between the two; the lock on the state lets only tests do that.
      ownership = Ownership()
      try beginOwnership()
    } catch {
      guard error.remedy == .retry else { throw error }
      ownership.fault = error
    }
  }

  /// Ends a transaction in which the owner token was compared, and raised perhaps.
  mutating func commitOwned() throws(StorageFault) {
    try run(.commit)
    ownership.wasRaised()
  }

  /// In a transaction: a refusal if the file is not this host's any more. Raises the token if that
  /// is still to be done. To be ended with `commitOwned`.
  mutating func checkOwnership() throws(StorageFault) -> JournalRefusal? {
    let token = ownership.token
    if token == 0 { return nil }
    let found = try hostToken()
    if ownership.isRaised ? found == token : found == token - 1 {
      if !ownership.isRaised { try raise(to: token) }
      return nil
    }
    return JournalRefusal(
      .host, "the journal's owner token is \(found), this host writes under \(token)")
  }

  private mutating func hostToken() throws(StorageFault) -> UInt64 {
    var row = try statement(.hostToken)
    return try row.step() ? row.uint64() : 0
  }

  private mutating func raise(to token: UInt64) throws(StorageFault) {
    var row = try statement(.raiseHostToken)
    row.bind(token)
    try row.run()
  }
}
