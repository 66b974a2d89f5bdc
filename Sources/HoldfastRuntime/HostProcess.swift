/// A host within this process.
public final class HostProcess: Sendable {
  /// What it was made with.
  public let options: HostOptions

  /// Makes the folders, takes the lock on the state and reads the configuration.
  public init(options: HostOptions) throws(HostStartError) {
    self.options = options
  }

  /// Opens the journal and the sockets, and begins to load plugins.
  public func start() throws(HostStartError) {
    throw HostStartError("this build has no host in it")
  }

  /// Returns when every plugin that loads has loaded, and messages are taken.
  public func waitUntilReady() {}

  /// Ends in an orderly way, within `shutdown_timeout_ms`. Blocks; from any thread but the host's
  /// own. A second call waits for the first and gives the same report.
  public func stop() -> StopReport { StopReport() }
}
