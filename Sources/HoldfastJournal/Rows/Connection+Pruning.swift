import HoldfastCore

extension Connection {
  private static let rowsPerStep = 500

  /// Removes old rows among the next few; nil once all were looked at.
  mutating func prune(_ pruning: Pruning) throws(StorageFault) -> Pruning? {
    var next = pruning
    try run(.begin)
    do throws(StorageFault) {
      if try checkOwnership() != nil {
        undo()
        return nil
      }
      if !pruning.isBegun { try keepHighest() }
      next.isBegun = true
      let limits = pruning.limits
      next.lastInput = try prune(
        .pruneInputs, page: .inputPage, after: pruning.lastInput, before: limits.before)
      next.lastReply = try prune(
        .pruneReplies, page: .replyPage, after: pruning.lastReply, before: limits.before)
      next.lastCut = try prune(
        .pruneCuts, page: .cutPage, after: pruning.lastCut, before: limits.cutsBefore)
      next.lastEvent = try prune(
        .pruneEvents, page: .eventPage, after: pruning.lastEvent, before: limits.before,
        through: Int64(clamping: limits.handledThrough))
      try commitOwned()
    } catch {
      undo()
      throw error
    }
    return next.isOver ? nil : next
  }

  /// Returns the last row that was looked at.
  private mutating func prune(
    _ sql: SQL, page: SQL, after first: Int64, before time: WallTime,
    through end: Int64 = .max
  ) throws(StorageFault) -> Int64 {
    if first == .max { return .max }
    var ahead = try statement(page)
    ahead.bind(first)
    ahead.bind(Self.rowsPerStep)
    let next = try ahead.step() ? ahead.int64() : Int64.max
    let last = min(next, end)
    var rows = try statement(sql)
    rows.bind(first)
    rows.bind(last)
    rows.bind(time)
    try rows.run()
    return next > end ? .max : next
  }
}
