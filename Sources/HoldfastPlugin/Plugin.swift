/// An instance of a plugin. The host makes one for each section of its configuration that names the
/// plugin, and calls it one call at a time unless `Concurrency` says more.
public protocol Plugin: AnyObject {
  /// Makes the instance; may take some seconds without delaying anybody. The host may be kept.
  /// - Throws: `PluginError.refused` when only a person can help, anything else to be tried again.
  init(host: PluginHost, configuration: Configuration) throws

  /// An event of the mask. A failure is counted and shown, the event counts as handled.
  func handle(_ event: Event) throws

  /// Ends what the instance has running. When it returns, no thread of it uses the host.
  func stop()
}

extension Plugin {
  /// Ignores the event.
  public func handle(_ event: Event) throws {}
  /// Nothing to end.
  public func stop() {}
}

/// How many calls of one instance may run at a time.
public enum Concurrency: UInt32, Sendable {
  /// One.
  case instance = 0
  /// One that writes (events, retain, withdraw) beside one that reads (recall, instructions,
  /// tools).
  case readWrite = 1
  /// One per session.
  case session = 2
  /// One, always on the same thread.
  case affine = 3
}
