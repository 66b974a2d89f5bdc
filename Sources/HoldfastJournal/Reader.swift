import HoldfastCore

/// The thread that answers questions which need not wait for the writer.
final class Reader: @unchecked Sendable {
  // Safe: `connection` is used by the reading thread only.
  private var connection: Connection
  let queue = WorkQueue<(ReadID, JournalQuery)>(spins: 0)

  init(_ connection: consuming Connection) { self.connection = connection }

  /// The thread's body.
  func run(_ handler: any JournalHandler) {
    var batch: [(ReadID, JournalQuery)] = []
    while queue.take(into: &batch) {
      for (id, query) in batch { handler.answered(id, answer(query)) }
      batch.removeAll(keepingCapacity: batch.capacity <= 1024)
    }
  }

  /// Each question sees the file as it is when its turn comes, which is after it was asked.
  private func answer(_ query: JournalQuery) -> JournalAnswer {
    do throws(StorageFault) {
      return try connection.reading { (connection) throws(StorageFault) in
        try connection.answer(query)
      }
    } catch {
      return .failed("\(error)")
    }
  }
}
