import HoldfastCore

extension Connection {
  /// The answer to a question. Several statements: the caller holds a transaction open around it.
  mutating func answer(_ query: JournalQuery) throws(StorageFault) -> JournalAnswer {
    switch query {
    case .place(let key, let channel, let account, let messageID):
      var place = try place(key)
      place.isDuplicate = try isAccepted(channel, account, messageID)
      return .place(place)
    case .session(let id): return try sessionAnswer(id)
    case .history(let id, let limit, let before):
      return .turns(try visibleTurns(of: id, limit: limit, before: before))
    case .turns(let id, let set): return .turns(try ownTurns(of: id, set))
    case .rewind(let id, let limit):
      let turns = try visibleTurns(of: id, limit: limit, before: 0)
      return .rewind(turns: turns, debts: try debts(of: id))
    case .belongings(let id):
      return .belongings(turns: try liveTurns(of: id), debts: try debts(of: id))
    case .ownSessions(let key, let user, let limit):
      return .sessions(try ownListing(key, user: user, limit: limit))
    case .cutsHolding(let enrolment, let session, let set):
      return .cuts(try cutsHolding(set, enrolment, session))
    case .sessions(let before, let limit, let includeHidden):
      return .sessions(try listing(before: before, limit: limit, includeHidden: includeHidden))
    case .events(let after, let limit): return .events(try events(after: after, limit: limit))
    case .cuts(let enrolments, let status, let limit):
      return .cuts(try cuts(of: enrolments, status, limit: limit))
    case .backfillPage(let agent, let session, let after, let bound, let limit):
      return .backfillPage(
        try backfillPage(agent, session, behind: after..<max(after, bound), limit: limit))
    }
  }

  private mutating func cuts(
    of enrolments: [EnrolmentID], _ status: CutStatus, limit: Int
  ) throws(StorageFault) -> [CutRecord] {
    let isUnsettled = status == .open || status == .parked
    var cuts: [CutRecord] = []
    for enrolment in enrolments {
      var rows = try statement(isUnsettled ? .cutsUnsettled : .cutsSettled)
      rows.bind(enrolment.value)
      rows.bind(status.rawValue)
      rows.bind(limit)
      while try rows.step() { cuts.append(rows.cutRecord()) }
    }
    return Array(cuts.sorted { $0.id < $1.id }.prefix(limit))
  }

  /// A session by its id, nil if it is unknown or purged.
  mutating func session(_ id: SessionID) throws(StorageFault) -> SessionRecord? {
    var row = try statement(.session)
    row.bind(id)
    return try row.step() ? row.sessionRecord() : nil
  }

  /// The session's own live turns.
  private mutating func liveTurns(of id: SessionID) throws(StorageFault) -> [TurnPlace] {
    var rows = try statement(.pendingTurns)
    rows.bind(id)
    rows.bind(0 as UInt64)
    var turns: [TurnPlace] = []
    while try rows.step() {
      let index = rows.uint64()
      turns.append(TurnPlace(index: index, sequence: rows.uint64()))
    }
    return turns
  }

  /// What a key is bound to.
  mutating func place(_ key: SessionKey) throws(StorageFault) -> PlaceRecord {
    var binding = try statement(.place)
    binding.bind(key.description)
    guard try binding.step() else {
      return PlaceRecord(session: nil, epoch: 0, isDuplicate: false)
    }
    let current = binding.optionalSession()
    let epoch = binding.uint64()
    let lastActive = binding.time()
    let record: SessionRecord? = if let current { try session(current) } else { nil }
    return PlaceRecord(
      session: record, epoch: epoch, lastActive: lastActive, isDuplicate: false)
  }

  private mutating func sessionAnswer(_ id: SessionID) throws(StorageFault) -> JournalAnswer {
    guard let session = try session(id) else { return .session(nil, boundKey: nil, epoch: 0) }
    var bound = try statement(.boundKey)
    bound.bind(id)
    guard try bound.step() else { return .session(session, boundKey: nil, epoch: 0) }
    let key = bound.key()
    return .session(session, boundKey: key, epoch: bound.uint64())
  }

  /// The last `limit` live turns below `before` (0: all), shared ones of a branch included, read
  /// backwards up the line of branches until there are enough.
  private mutating func visibleTurns(
    of id: SessionID, limit: Int, before: TurnIndex
  ) throws(StorageFault) -> [TurnRecord] {
    guard let asked = try branch(id) else { return [] }
    var bound = before == 0 ? TurnIndex(Int64.max) : before - 1
    var level: Branch? = asked
    var found: [TurnRecord] = []
    while let current = level, found.count < limit, bound > asked.summaryLimit {
      var rows = try statement(.visibleTurns)
      rows.bind(current.id)
      rows.bind(asked.summaryLimit)
      rows.bind(bound)
      rows.bind(limit - found.count)
      while try rows.step() { found.append(rows.turnRecord()) }
      bound = min(bound, current.sharedLimit)
      level = if let parent = current.branchOf { try branch(parent) } else { nil }
    }
    return found.reversed()
  }

  private struct Branch {
    var id: SessionID
    var branchOf: SessionID?
    var sharedLimit: TurnIndex
    var summaryLimit: TurnIndex
  }

  private mutating func branch(_ id: SessionID) throws(StorageFault) -> Branch? {
    var row = try statement(.branch)
    row.bind(id)
    guard try row.step() else { return nil }
    return Branch(
      id: id, branchOf: row.optionalSession(), sharedLimit: row.uint64(),
      summaryLimit: row.uint64())
  }

  private mutating func ownTurns(
    of id: SessionID, _ set: TurnSet
  ) throws(StorageFault) -> [TurnRecord] {
    var turns: [TurnRecord] = []
    for range in set.ranges {
      var rows = try statement(.turnsBetween)
      rows.bind(id)
      rows.bind(range.lowerBound)
      rows.bind(range.upperBound)
      while try rows.step() { turns.append(rows.turnRecord()) }
    }
    return turns
  }

  private mutating func cutsHolding(
    _ set: TurnSet, _ enrolment: EnrolmentID, _ session: SessionID
  ) throws(StorageFault) -> [CutRecord] {
    var cuts: [CutRecord] = []
    var rows = try statement(.cutsHolding)
    rows.bind(session)
    rows.bind(enrolment.value)
    rows.bind(set.first ?? 0)
    rows.bind(set.last ?? 0)
    while try rows.step() {
      let cut = rows.cutRecord()
      if cut.turns.overlaps(set) { cuts.append(cut) }
    }
    return cuts
  }

  private mutating func listing(
    before: SessionID?, limit: Int, includeHidden: Bool
  ) throws(StorageFault) -> [SessionListing] {
    var rows = try statement(includeHidden ? .sessionsAll : .sessionsListed)
    if let before { rows.bind(before) } else { rows.bind("~") }
    rows.bind(limit)
    return try rows.listings()
  }

  /// A person's sessions, or those of a group.
  private mutating func ownListing(
    _ key: SessionKey, user: String, limit: Int
  ) throws(StorageFault) -> [SessionListing] {
    var rows = try statement(key.kind == .group ? .sessionsOfGroup : .sessionsOfUser)
    if key.kind == .group {
      rows.bind(key.description)
    } else {
      rows.bind(user)
      rows.bind(key.personPrefix + ":")
      rows.bind(key.personPrefix + ";")
    }
    rows.bind(limit)
    return try rows.listings()
  }

  /// Rows of both tables, merged by their place in the order.
  private mutating func events(
    after: BusSequence, limit: Int
  ) throws(StorageFault) -> [BusEvent] {
    var own = try statement(.events)
    var turns = try statement(.turnEvents)
    own.bind(after)
    own.bind(limit)
    turns.bind(after)
    turns.bind(limit)
    var merged: [BusEvent] = []
    var hasOwn = try own.step()
    var hasTurn = try turns.step()
    while merged.count < limit, hasOwn || hasTurn {
      if hasOwn, !hasTurn || own.peek(0) <= turns.peek(0) {
        merged.append(own.event())
        hasOwn = try own.step()
      } else {
        merged.append(turns.turnEvent())
        hasTurn = try turns.step()
      }
    }
    return merged
  }
}

extension TurnSet {
  /// Whether both hold the same turn.
  func overlaps(_ other: TurnSet) -> Bool {
    ranges.contains { range in other.ranges.contains { $0.overlaps(range) } }
  }
}
