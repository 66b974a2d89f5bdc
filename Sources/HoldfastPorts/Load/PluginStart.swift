public import HoldfastCore

/// What is needed to start one instance of a plugin.
public struct PluginStart: Sendable {
  /// Its name in the configuration.
  public var instance: InstanceID
  /// The library.
  public var file: String
  /// The id that the library must have; nil: any.
  public var id: String?
  /// The only content that may be loaded; nil to use the pins.
  public var sha256: String?
  /// Where its memories go, as its note and its settings say; nil if that is not known.
  public var destination: String?
  /// Whether changed content is pinned again without being asked for.
  public var autoReload = false
  /// The plugin's own settings, a table.
  public var configuration = ConfigurationValue.table([:])
  /// A folder of this instance's own, made if it is not there. Absolute.
  public var stateFolder: String
  /// A folder for sockets, made if it is not there. Absolute.
  public var runtimeFolder: String

  /// An instance with no settings.
  public init(instance: InstanceID, file: String, stateFolder: String, runtimeFolder: String) {
    self.instance = instance
    self.file = file
    self.stateFolder = stateFolder
    self.runtimeFolder = runtimeFolder
  }
}
