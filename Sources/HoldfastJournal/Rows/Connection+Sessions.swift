import HoldfastCore

extension Connection {
  mutating func performOnSession(_ operation: JournalOperation) throws(StorageFault) {
    switch operation {
    case .openSession(let session): try open(session)
    case .bind(let key, let session, let epoch, let time):
      var place = try statement(.bind)
      place.bind(key.description)
      place.bind(session)
      place.bind(epoch)
      place.bind(time)
      try place.run()
    case .raiseToken(let id, let token):
      var tail = try statement(.raiseToken)
      tail.bind(id)
      tail.bind(token)
      try tail.run()
    case .endSession(let id, let time, let isHidden):
      var session = try statement(.endSession)
      session.bind(id)
      session.bind(time)
      session.bind(isHidden)
      try session.run()
    case .reopenSession(let id): try run(.reopenSession, id)
    case .limitShared(let id, let limit):
      var session = try statement(.limitShared)
      session.bind(id)
      session.bind(limit)
      try session.run()
    case .compact(let id, let summary, let limit):
      var session = try statement(.compact)
      session.bind(id)
      session.bind(summary)
      session.bind(limit)
      try session.run()
    case .setQueueMode(let id, let mode):
      var session = try statement(.setQueueMode)
      session.bind(id)
      session.bind(mode.rawValue)
      try session.run()
    case .deleteSession(let id): try run(.deleteSession, id)
    case .purgeSession(let id): try purge(id)
    default: break
    }
  }

  private mutating func open(_ session: SessionRecord) throws(StorageFault) {
    var row = try statement(.openSession)
    row.bind(session.id)
    row.bind(session.key.description)
    row.bind(session.parent)
    row.bind(session.branchOf)
    row.bind(session.sharedLimit)
    row.bind(session.scope.description)
    row.bind(session.user)
    row.bind(session.title)
    row.bind(session.created)
    row.bind(session.ended)
    row.bind(session.isHidden)
    row.bind(session.isDeleted)
    row.bind(session.summary)
    row.bind(session.summaryLimit)
    row.bind(session.queueMode?.rawValue ?? "")
    try row.run()
    var tail = try statement(.openTail)
    tail.bind(session.id)
    tail.bind(session.token)
    tail.bind(session.lastTurn)
    try tail.run()
  }

  /// Removes what nobody needs of a deleted session. Turns that a branch still shows stay, and the
  /// names of accepted messages, so that none of them is taken for a new one.
  private mutating func purge(_ id: SessionID) throws(StorageFault) {
    try run(.markPurged, id)
    guard changes > 0 else { return }
    try keepHighest()
    try run(.unbindSession, id)
    try run(.purgeCursors, id)
    try run(.purgeWithdrawals, id)
    try run(.purgeCuts, id)
    try run(.purgeArrears, id)
    try run(.purgeInputs, id)
    try run(.purgeReplies, id)
    try run(.purgeEvents, id)
    try sweep(id)
  }

  /// Goes up the line of branches: when the last child of a purged session goes, so does the rest
  /// of that session.
  private mutating func sweep(_ start: SessionID) throws(StorageFault) {
    var next: SessionID? = start
    while let id = next {
      var origin = try statement(.branchOf)
      origin.bind(id)
      guard try origin.step() else { return }
      let parent = origin.optionalSession()
      next = nil
      if let needed = try neededLimit(id) {
        var turns = try statement(.purgeTurns)
        turns.bind(id)
        turns.bind(needed)
        try turns.run()
      } else {
        try run(.removeTurns, id)
        try run(.removeTail, id)
        try run(.removeSession, id)
        next = parent
      }
    }
  }

  /// The last turn that any branch of the session shows, nil if it has no branch.
  private mutating func neededLimit(_ id: SessionID) throws(StorageFault) -> TurnIndex? {
    var limit = try statement(.neededLimit)
    limit.bind(id)
    guard try limit.step(), !limit.skipNull() else { return nil }
    return limit.uint64()
  }

  /// Remembers the highest numbers before rows go, so that none is given twice.
  mutating func keepHighest() throws(StorageFault) {
    var highest = try statement(.keepHighest)
    try highest.run()
  }
}
