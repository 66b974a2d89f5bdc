import Glibc
public import HoldfastCore

/// Starts instances of plugins in this process. One per host.
public final class PluginLoader: Sendable {
  private let place: PluginPlace
  private let report: @Sendable (InstanceID, PluginReport) -> Void

  /// `stateFolder` holds the store and the pins. Plugins below `prefix` belong to the installation
  /// and may change. `log` and `report` are called from threads of plugins and must return at once;
  /// a report may arrive before `start` has returned.
  public init(
    stateFolder: String, prefix: String? = nil,
    log: @escaping @Sendable (InstanceID, PluginLogLevel, String) -> Void,
    report: @escaping @Sendable (InstanceID, PluginReport) -> Void
  ) {
    place = PluginPlace(
      store: PluginStore(stateFolder: stateFolder), pins: PluginPins(stateFolder: stateFolder),
      prefix: prefix, log: log)
    self.report = report
  }

  /// Loads the library and makes the instance, both on the instance's own thread; returns at once.
  /// What comes of it is reported as `created` or `failed`.
  public func start(_ start: PluginStart) -> any PluginPort {
    let port = InProcessPort(start, place, report: report)
    port.begin()
    return port
  }

  /// What a person enables: the content of the file as it is now.
  public static func pin(
    for instance: InstanceID, file: String
  ) throws(PluginFault) -> PluginPins.Pin {
    let trusted = try TrustedFile(path: file)
    let inspection = PluginInspector.inspect(trusted.content, file: file)
    if let fault = inspection.faults.first { throw fault }
    let bundle = try PluginStore.bundle(trusted, inspection)
    return PluginPins.Pin(
      instance: instance, id: inspection.note?.id ?? "", sha256: bundle.digest,
      version: inspection.note?.version ?? "")
  }
}
