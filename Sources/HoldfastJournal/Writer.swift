import HoldfastCore
import HoldfastThreads
import Synchronization

/// The one thread that writes. It takes whatever is queued, writes it as one group, syncs, and only
/// then reports it.
final class Writer: @unchecked Sendable {
  // Safe: `connection` and `state` belong to the opening thread until `run`, then to the writer's.
  private var connection: Connection
  private var state = State()
  private let options: JournalOptions
  private let path: String
  private let files: JournalFiles
  private let pacing = Monitor()
  private let deadline = Atomic(UInt64.max)
  let queue: WorkQueue<Work>
  /// What the host writes under.
  let ownerToken: UInt64

  private struct State {
    var isStalled = false
    /// A group was given up: none that follows may be written, or it would be reported in its
    /// place.
    var isDead = false
    /// Pages in the log when it was last handed to the checkpointer.
    var requestedAt = 0
  }

  /// Whom it tells.
  struct Surroundings {
    let handler: any JournalHandler
    let checkpointer: Checkpointer
    let inspection: Inspection?
  }

  /// Of the journal at `path`, which `connection` has opened.
  init(_ connection: consuming Connection, _ path: String, _ options: JournalOptions) {
    ownerToken = connection.ownership.token
    self.connection = connection
    self.options = options
    self.path = path
    files = JournalFiles(path: path)
    queue = WorkQueue(spins: options.spins)
  }

  /// What a host that starts now finds. Before `run`, on the opening thread.
  func restore() throws(StorageFault) -> Snapshot {
    try connection.reading { (connection) throws(StorageFault) in try connection.snapshot() }
  }

  /// Moves the whole log into the file and empties it. Before `run`, or after its end.
  func emptyLog() { _ = try? connection.checkpoint(truncate: true) }

  /// Attempts go on until then at most, once the queue is closed.
  func giveUp(at nanoseconds: UInt64) {
    pacing.withLock { deadline.store(nanoseconds, ordering: .releasing) }
    pacing.wakeAll()
  }

  /// The thread's body; returns how many transactions could not be written before the end.
  func run(_ surroundings: Surroundings) -> Int {
    var batch: [Work] = []
    var unwritten = 0
    if let fault = connection.ownership.fault {
      // The first group tries again, and stalls if that fails as well.
      surroundings.handler.warned(JournalError(fault, path: path).description)
    }
    while queue.take(into: &batch) {
      var position = 0
      while position < batch.count {
        switch batch[position] {
        case .transaction:
          let end = groupEnd(in: batch, from: position)
          let group = batch[position..<end]
          if !write(group, surroundings) { unwritten += group.count }
          position = end
        case .question(let id, let query):
          surroundings.handler.answered(id, answer(query))
          position += 1
        case .prune(let pruning):
          prune(pruning, surroundings)
          position += 1
        }
      }
      batch.removeAll(keepingCapacity: batch.capacity <= 4096)
    }
    return unwritten
  }

  /// One past the last transaction of the group that begins at `first`.
  private func groupEnd(in batch: [Work], from first: Int) -> Int {
    var end = first
    var bytes = 0
    while end < batch.count, end - first < options.groupLimit, bytes < options.groupBytes {
      guard case .transaction(let transaction) = batch[end] else { break }
      bytes += transaction.textBytes
      end += 1
    }
    return end
  }

  /// Writes a group, again and again if need be; false if it was given up.
  private func write(_ group: ArraySlice<Work>, _ surroundings: Surroundings) -> Bool {
    var pause = options.retry.lowerBound
    if connection.pagesInLog * Checkpointer.pageBytes >= options.logLimit {
      surroundings.inspection?.giveUp()
      // A disk that is slower than the load is waited for here, or the log would fill it.
      surroundings.checkpointer.waitForRound(limit: .seconds(1))
    }
    while !state.isDead {
      do throws(StorageFault) {
        switch try attempt(group, surroundings) {
        case .written(let refusals): report(group, refusals, surroundings.handler)
        case .fenced(let refusal):
          state.isDead = true
          refuse(group, refusal, surroundings.handler)
          return false
        }
        requestCheckpoint(surroundings.checkpointer)
        return true
      } catch {
        guard error.remedy == .retry else {
          state.isDead = true
          surroundings.handler.failed(JournalError(error, path: path).description)
          break
        }
        if !state.isStalled {
          state.isStalled = true
          surroundings.handler.stalled(JournalError(error, path: path).description)
        }
        guard wait(pause) else {
          state.isDead = true
          break
        }
        pause = min(pause * 2, options.retry.upperBound)
      }
    }
    return false
  }

  private func attempt(
    _ group: ArraySlice<Work>, _ surroundings: Surroundings
  ) throws(StorageFault) -> GroupOutcome {
    surroundings.checkpointer.turnstile.enter()
    defer { surroundings.checkpointer.turnstile.leave() }
    try files.check()
    return try connection.commit(group)
  }

  private func report(
    _ group: ArraySlice<Work>, _ refusals: [Refusal], _ handler: any JournalHandler
  ) {
    if state.isStalled {
      state.isStalled = false
      handler.resumed()
    }
    for refusal in refusals { handler.refused(refusal.transaction, refusal.refusal) }
    if case .transaction(let last)? = group.last { handler.committed(through: last.id) }
  }

  /// Another host has begun on the file. How many it was is said, since nobody will ask.
  private func refuse(
    _ group: ArraySlice<Work>, _ refusal: JournalRefusal, _ handler: any JournalHandler
  ) {
    var refusal = refusal
    refusal.reason += "; of \(group.count) transactions nothing was written"
    for case .transaction(let transaction) in group { handler.refused(transaction.id, refusal) }
  }

  /// Waits before the next attempt; false if there is no time for another one.
  private func wait(_ pause: Duration) -> Bool {
    let until = monotonicNanoseconds() + pause.nanoseconds
    pacing.lock()
    defer { pacing.unlock() }
    while true {
      let now = monotonicNanoseconds()
      let end = deadline.load(ordering: .acquiring)
      if now >= end { return false }
      if now >= until { return true }
      pacing.wait(until: min(until, end))
    }
  }

  private func answer(_ query: JournalQuery) -> JournalAnswer {
    if state.isDead { return .failed("the journal has failed") }
    do throws(StorageFault) {
      return try connection.reading { (connection) throws(StorageFault) in
        try connection.answer(query)
      }
    } catch {
      return .failed("\(error)")
    }
  }

  /// A fault ends this round of pruning, and is spoken of: nothing else may meet it. The next day's
  /// round takes up what is left.
  private func prune(_ pruning: Pruning, _ surroundings: Surroundings) {
    guard !state.isDead else { return }
    surroundings.checkpointer.turnstile.enter()
    var next: Pruning?
    do throws(StorageFault) {
      next = try connection.prune(pruning)
    } catch {
      surroundings.handler.warned(JournalError(error, path: path).description)
    }
    surroundings.checkpointer.turnstile.leave()
    if let next { queue.put(.prune(next)) }
    requestCheckpoint(surroundings.checkpointer)
  }

  private func requestCheckpoint(_ checkpointer: Checkpointer) {
    let pages = connection.pagesInLog
    if pages < state.requestedAt { state.requestedAt = 0 }
    let isDue = (pages - state.requestedAt) * Checkpointer.pageBytes >= options.checkpointBytes
    if isDue { state.requestedAt = pages }
    checkpointer.committed(pages: pages, isDue: isDue)
  }
}
