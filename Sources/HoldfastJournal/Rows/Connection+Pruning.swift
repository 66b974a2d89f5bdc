import HoldfastCore

extension Connection {
  private static let rowsPerStep = 500

  /// Removes old rows among the next few; nil once all were looked at.
  mutating func prune(_ pruning: Pruning) throws(StorageFault) -> Pruning? {
    var next = pruning
    try run(.begin)
    do throws(StorageFault) {
      if !pruning.isBegun { try keepHighest() }
      next.isBegun = true
      next.lastInput = try prune(
        .pruneInputs, page: .inputPage, after: pruning.lastInput, before: pruning.before)
      next.lastReply = try prune(
        .pruneReplies, page: .replyPage, after: pruning.lastReply, before: pruning.before)
      try run(.commit)
    } catch {
      undo()
      throw error
    }
    return next.lastInput == .max && next.lastReply == .max ? nil : next
  }

  /// Returns the last row that was looked at.
  private mutating func prune(
    _ sql: SQL, page: SQL, after first: Int64, before time: WallTime
  ) throws(StorageFault) -> Int64 {
    if first == .max { return .max }
    var end = try statement(page)
    end.bind(first)
    end.bind(Self.rowsPerStep)
    let last = try end.step() ? end.int64() : Int64.max
    var rows = try statement(sql)
    rows.bind(first)
    rows.bind(last)
    rows.bind(time)
    try rows.run()
    return last
  }
}
