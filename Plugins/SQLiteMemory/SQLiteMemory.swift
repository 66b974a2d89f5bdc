public import CHoldfast
internal import HoldfastPlugin

/// Memories in one SQLite file, found by full-text search.
///
/// The host lets one call that writes run beside one that reads; each side has a connection of its
/// own, so that a recall never waits for a batch. A prefetch is an event, and so on the writing
/// side.
final class SQLiteMemory: MemoryProvider {
  private let path: String
  private let writer: Writer
  private let prefetcher: Reader
  private let reader: Reader

  init(host: PluginHost, configuration: Configuration) throws {
    let name = configuration["path"] ?? "memory.sqlite"
    guard !name.isEmpty else { throw PluginError.refused("the setting `path` is empty") }
    path = name.hasPrefix("/") ? name : configuration.stateDirectory + "/" + name
    let database = try Schema.open(path)
    writer = try Writer(database)
    prefetcher = try Reader(database)
    reader = try Reader(Schema.openForReading(path))
  }

  func retain(_ batch: RetainBatch) throws {
    try explaining { try writer.retain(batch) }
  }

  func withdraw(_ withdrawal: Withdrawal) throws {
    try explaining { try writer.withdraw(withdrawal) }
  }

  func recall(_ request: RecallRequest) throws -> [RecalledItem] {
    try explaining { try reader.recall(request) }
  }

  func prefetch(_ request: RecallRequest) throws -> [RecalledItem] {
    try explaining { try prefetcher.recall(request) }
  }

  /// Nothing is refused here for good: a batch is never at fault for what ails the file, and it can
  /// be stored once a person has put that right.
  private func explaining<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as Database.Failure {
      throw PluginError.failed(Schema.explained(error, path).reason)
    }
  }
}

private let table = PluginTable(
  SQLiteMemory.self, events: .prefetchRequested, concurrency: .readWrite)

/// The entry that the host looks for.
@c(hf_plugin_main) @implementation
public func hf_plugin_main(_ host: UnsafePointer<hf_host_t>) -> UnsafePointer<hf_plugin_t>? {
  table.address
}
