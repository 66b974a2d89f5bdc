/// Something in the configuration that a person should look at. The rest stays in force.
public struct ConfigurationProblem: Sendable, Equatable, CustomStringConvertible {
  /// What a problem does to the part it is about.
  public enum Severity: String, Sendable {
    /// The setting is not in force, and the plugin it belongs to is not loaded.
    case error
    /// The setting is in force.
    case warning
  }

  /// What it does.
  public var severity: Severity
  /// Where it is.
  public var position: ConfigurationPosition
  /// The setting with its section, such as `plugins.notes.isolation`; empty for a whole file.
  public var key: String
  /// A sentence that says what is wrong and what to do. Never holds a secret.
  public var message: String
  /// The plugin instance that an error keeps from being loaded; nil if there is none.
  public var instance: InstanceID?
  /// A variable of the environment is missing, which another process may have.
  public var isOfEnvironment = false

  /// A problem.
  public init(
    _ severity: Severity, at position: ConfigurationPosition, key: String, _ message: String,
    instance: InstanceID? = nil
  ) {
    self.severity = severity
    self.position = position
    self.key = key
    self.message = message
    self.instance = instance
  }

  /// One line: `holdfast.toml:3:1: error: plugins.notes.isolaton: unknown key; …`.
  public var description: String {
    let subject = key.isEmpty ? "" : "\(key): "
    return "\(position): \(severity.rawValue): \(subject)\(message)"
  }
}

/// A text that is no configuration at all.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
  /// Where the text stops making sense.
  public var position: ConfigurationPosition
  /// What was found there.
  public var message: String

  /// An error.
  public init(at position: ConfigurationPosition, _ message: String) {
    self.position = position
    self.message = message
  }

  /// One line: `holdfast.toml:3:1: error: …`.
  public var description: String { "\(position): error: \(message)" }
}
