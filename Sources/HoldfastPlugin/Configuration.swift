internal import CHoldfast

/// The settings of one instance of a plugin.
public struct Configuration: Sendable {
  /// Name of the instance in the host's configuration.
  public let instance: String
  /// The plugin's own settings as one JSON object, secrets resolved.
  public let json: String
  /// The same, flattened: keys of nested settings are joined with dots.
  public let values: [String: String]
  /// Absolute path of a folder that exists and is this instance's own.
  public let stateDirectory: String
  /// Absolute path of a folder for sockets, shared by the host's plugins.
  public let runtimeDirectory: String

  /// Settings made by hand, for tests.
  public init(
    instance: String, json: String = "{}", values: [String: String] = [:], stateDirectory: String,
    runtimeDirectory: String
  ) {
    self.instance = instance
    self.json = json
    self.values = values
    self.stateDirectory = stateDirectory
    self.runtimeDirectory = runtimeDirectory
  }

  init(_ config: UnsafePointer<hf_config_t>) {
    instance = string(config.pointee.instance)
    json = string(config.pointee.json)
    values = Self.values(config.pointee.pairs, config.pointee.pair_count)
    stateDirectory = string(config.pointee.state_dir)
    runtimeDirectory = string(config.pointee.runtime_dir)
  }

  static func values(_ start: UnsafePointer<hf_pair_t>?, _ count: UInt64) -> [String: String] {
    Dictionary(pairs(start, count).map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
  }

  /// The setting as text, or nil if it is not set.
  public subscript(key: String) -> String? { values[key] }
}
