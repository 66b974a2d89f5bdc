public import HoldfastCore
public import HoldfastThreads
import Synchronization

/// The store of a host: one SQLite file that one host writes. Opened on any thread, restored before
/// it is started; from then on every function returns at once and may be called from any thread.
public final class Journal: Sendable {
  /// The file.
  public let path: String
  private let options: JournalOptions
  private let writer: Writer
  private let reader: Reader
  private let checkpointer: Checkpointer
  private let inspection: Inspection?
  private let phase: Phase

  /// Opens the file, makes it if there is none, and brings an older schema up to date. Throws one
  /// sentence that names the file and the remedy.
  public init(path: String, options: JournalOptions = JournalOptions()) throws(JournalError) {
    self.path = path
    self.options = options
    phase = Phase()
    writer = Writer(try JournalFile.open(path, options), path, options)
    do throws(StorageFault) {
      reader = Reader(try JournalFile.openForReading(path, options))
      let moving = try Connection(path: path, mode: .readWrite, vfs: options.vfs)
      try moving.execute("PRAGMA cache_size = -64; PRAGMA synchronous = FULL; PRAGMA mmap_size = 0")
      checkpointer = Checkpointer(
        moving, checkpointBytes: options.checkpointBytes, logLimit: options.logLimit)
      inspection =
        options.checkWait == nil
        ? nil : Inspection(try JournalFile.openForReading(path, options))
    } catch {
      throw JournalError(error, path: path)
    }
    if let limit = options.checkWait, let found = inspection?.finding(within: limit) {
      inspection?.end()
      throw JournalError(damaged: path, found)
    }
  }

  deinit { inspection?.end() }

  /// All that a host needs to go on where it was. Before `start`, on the thread that opened it;
  /// takes milliseconds where nothing is owed.
  public func restore() throws(JournalError) -> Snapshot {
    precondition(!phase.isRunning, "host: the journal is restored before it is started")
    do throws(StorageFault) { return try writer.restore() } catch {
      throw JournalError(error, path: path)
    }
  }

  /// Starts the threads. The handler is kept until `stop` returns.
  public func start(_ handler: any JournalHandler) {
    let (writer, reader, checkpointer, phase) = (writer, reader, checkpointer, phase)
    inspection?.listen { [path] in
      handler.failed(JournalError(damaged: path, $0).description)
    } excuse: { [path] in
      handler.warned("journal \(path) was not checked to its end: \($0)")
    }
    phase.begin([
      NamedThread("hf-journal") { [inspection] in
        let surroundings = Writer.Surroundings(
          handler: handler, checkpointer: checkpointer, inspection: inspection)
        phase.end(unwritten: writer.run(surroundings))
      },
      NamedThread("hf-reader") { reader.run(handler) },
      NamedThread("hf-checkpoint") { [path] in
        checkpointer.run { fault in
          handler.logGrows(fault.map { "journal \(path) keeps all in its log: \($0)" })
        }
      },
    ])
  }

  /// Queues a transaction; ids rise from one to the next. Never waits. After `stop` it is dropped.
  public func submit(_ transaction: Transaction) { writer.queue.put(.transaction(transaction)) }

  /// Queues a question. Never waits. After `stop` it is dropped.
  public func ask(_ query: JournalQuery, id: ReadID) {
    if query.isOrdered {
      writer.queue.put(.question(id, query))
    } else {
      reader.queue.put((id, query))
    }
  }

  /// Forgets what has come to its end and lies before the limits, in small steps behind what is
  /// queued. What waits or what a person is to look at stays, and so do the transcripts.
  public func prune(_ limits: PruneLimits) { writer.queue.put(.prune(Pruning(limits: limits))) }

  /// The owner token that everything is written under: the highest of all hosts that began on this
  /// file so far.
  public var ownerToken: UInt64 { writer.ownerToken }

  /// Transactions and questions that the writer has not taken up.
  public var backlog: Int { writer.queue.count }

  /// Its threads that take work, by the names that people know them by.
  public var executors: [(name: String, thread: any Probed)] {
    [("journal", writer.queue), ("reader", reader.queue)]
  }

  /// Why pages could not be moved from the log to the file when that was last tried, nil if they
  /// were. Nothing is lost by it, but the log grows.
  public var checkpointFault: String? { checkpointer.lastFault }

  /// Takes nothing more, writes what is queued, empties the log and ends the threads. If nothing
  /// can be written it tries for `limit`. Returns how many transactions were not written, and were
  /// therefore never reported as committed. Not to be called on the journal's own threads.
  @discardableResult
  public func stop(limit: Duration = .seconds(5)) -> Int {
    guard let threads = phase.stop() else { return 0 }
    inspection?.end()
    writer.queue.close()
    writer.giveUp(at: monotonicNanoseconds() + limit.nanoseconds)
    threads.first?.join()
    reader.queue.close()
    checkpointer.close()
    for thread in threads.dropFirst() { thread.join() }
    if !checkpointer.hasFailedSync { writer.emptyLog() }
    return phase.unwritten
  }
}

/// Where a journal is between its opening and its end.
final class Phase: @unchecked Sendable {
  // Safe: everything is used under the monitor's lock.
  private let monitor = Monitor()
  private var threads: [NamedThread]?
  private var count = 0

  var isRunning: Bool { monitor.withLock { threads != nil } }
  var unwritten: Int { monitor.withLock { count } }

  func begin(_ started: [NamedThread]) {
    monitor.withLock {
      precondition(threads == nil, "host: the journal was started twice")
      threads = started
    }
  }

  func end(unwritten: Int) { monitor.withLock { count = unwritten } }

  /// The threads to be joined, nil if there are none any more.
  func stop() -> [NamedThread]? {
    monitor.withLock {
      defer { threads = nil }
      return threads
    }
  }
}
