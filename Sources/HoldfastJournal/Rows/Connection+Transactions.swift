import HoldfastCore

/// A transaction that a guard refused.
struct Refusal: Sendable {
  var transaction: TransactionID
  var refusal: JournalRefusal
}

/// What became of a group of transactions.
enum GroupOutcome {
  /// It is synced, without these.
  case written([Refusal])
  /// Another host has begun on the file: nothing of it was written, and nothing will be.
  case fenced(JournalRefusal)
}

extension Connection {
  /// Runs a statement without parameters.
  mutating func run(_ sql: SQL) throws(StorageFault) {
    var statement = try statement(sql)
    try statement.run()
  }

  /// Writes transactions under one sync, all or none; those that refuse themselves are left out and
  /// returned. All are refused if another host has begun on the file.
  mutating func commit(_ group: ArraySlice<Work>) throws(StorageFault) -> GroupOutcome {
    var refusals: [Refusal] = []
    memory = GroupMemory()
    try run(.begin)
    do throws(StorageFault) {
      if let refusal = try checkOwnership() {
        undo()
        return .fenced(refusal)
      }
      for case .transaction(let transaction) in group {
        if let refusal = try write(transaction) {
          refusals.append(Refusal(transaction: transaction.id, refusal: refusal))
        }
      }
      try settleMemory()
      try commitOwned()
    } catch {
      undo()
      throw error
    }
    return .written(refusals)
  }

  /// Takes back what is open after a fault; SQLite may have done so itself.
  mutating func undo() {
    if isInTransaction { try? run(.rollback) }
  }

  /// One view of the file for several statements.
  mutating func reading<Value>(
    _ body: (inout Connection) throws(StorageFault) -> Value
  ) throws(StorageFault) -> Value {
    try run(.beginReading)
    do throws(StorageFault) {
      let value = try body(&self)
      try run(.commit)
      return value
    } catch {
      undo()
      throw error
    }
  }

  /// A savepoint costs more than most operations, so there is one only where something is written
  /// before the last guard.
  private mutating func write(
    _ transaction: Transaction
  ) throws(StorageFault) -> JournalRefusal? {
    let operations = transaction.operations
    let lastGuard = operations.lastIndex(where: \.mayRefuse) ?? 0
    var hasSavepoint = false
    for position in operations.indices {
      if position < lastGuard, !hasSavepoint, operations[position].writes {
        try settleMemory()
        try run(.savepoint)
        hasSavepoint = true
      }
      if let refusal = try perform(operations[position]) {
        if hasSavepoint {
          try run(.rollbackTo)
          try run(.release)
          memory = GroupMemory()
        }
        return refusal
      }
    }
    if hasSavepoint { try run(.release) }
    return nil
  }
}
