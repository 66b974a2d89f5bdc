import HoldfastCore

/// What a group of transactions has learned of the rows that its guards look at. The group holds
/// the file's write lock from its first statement to its last, so nobody else changes them: what
/// was read once is known, and what moves with each turn is written once, before the commit.
struct GroupMemory {
  /// A session's tail.
  struct Tail {
    let token: UInt64
    var lastTurn: TurnIndex
    /// Live turns that the row does not count yet.
    var added = 0
    /// The row is older than this.
    var isMoved = false

    mutating func append(_ turn: TurnIndex, isLive: Bool) {
      lastTurn = max(lastTurn, turn)
      added += isLive ? 1 : 0
      isMoved = true
    }
  }

  /// What a key is bound to.
  struct Binding: Equatable {
    let session: SessionID
    let epoch: Epoch
  }

  var tails = Table<SessionID, Tail>()
  var bindings = Table<SessionKey, Binding>()
}

extension Connection {
  /// The tail of a session, nil if the session is unknown.
  mutating func tail(of session: SessionID) throws(StorageFault) -> GroupMemory.Tail? {
    if let known = memory.tails[session] { return known }
    var row = try statement(.tail)
    row.bind(session)
    guard try row.step() else { return nil }
    let tail = GroupMemory.Tail(token: row.uint64(), lastTurn: row.uint64())
    memory.tails[session] = tail
    return tail
  }

  /// What a key is bound to, nil if to nothing.
  mutating func binding(of key: SessionKey) throws(StorageFault) -> GroupMemory.Binding? {
    if let known = memory.bindings[key] { return known }
    var row = try statement(.binding)
    row.bind(key.description)
    guard try row.step(), let session = row.optionalSession() else { return nil }
    let binding = GroupMemory.Binding(session: session, epoch: row.uint64())
    memory.bindings[key] = binding
    return binding
  }

  /// A turn was appended.
  mutating func moveTail(of turn: TurnRecord) throws(StorageFault) {
    if memory.tails.contains(turn.session) {
      memory.tails[turn.session]?.append(turn.index, isLive: turn.status == .live)
    } else {
      try writeTail(of: turn.session, lastTurn: turn.index, added: turn.status == .live ? 1 : 0)
    }
  }

  /// Writes what has moved and forgets what is known: before a commit, a savepoint, or anything
  /// that changes those rows in another way.
  mutating func settleMemory() throws(StorageFault) {
    let tails = memory.tails
    memory = GroupMemory()
    for (session, tail) in tails where tail.isMoved {
      try writeTail(of: session, lastTurn: tail.lastTurn, added: tail.added)
    }
  }

  private mutating func writeTail(
    of session: SessionID, lastTurn: TurnIndex, added: Int
  ) throws(StorageFault) {
    var tail = try statement(.moveTail)
    tail.bind(session)
    tail.bind(lastTurn)
    tail.bind(added)
    try tail.run()
  }
}
