/// A value of a plugin's own settings.
public enum ConfigurationValue: Sendable, Equatable {
  /// Text.
  case string(String)
  /// Text that was read from the environment or from a file of its own, and is never shown.
  case secret(String)
  /// A whole number.
  case integer(Int64)
  /// A number; always finite when it comes from a configuration.
  case number(Double)
  /// True or false.
  case boolean(Bool)
  /// Values in their order.
  case list([ConfigurationValue])
  /// Named values.
  case table([String: ConfigurationValue])

  /// What it is called in sentences: "a string", "an integer".
  public var kind: String {
    switch self {
    case .string, .secret: "a string"
    case .integer: "an integer"
    case .number: "a number"
    case .boolean: "a boolean"
    case .list: "a list"
    case .table: "a table"
    }
  }

  /// The same with "•••" for each secret, to be shown to people.
  public var redacted: ConfigurationValue {
    switch self {
    case .secret: .string("•••")
    case .list(let values): .list(values.map(\.redacted))
    case .table(let values): .table(values.mapValues(\.redacted))
    default: self
    }
  }
}

extension ConfigurationValue: CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  /// JSON without the secrets, fit for logs.
  public var description: String { redacted.json }

  /// The same as `description`, so that a dump gives nothing away either.
  public var debugDescription: String { description }

  /// Nothing, since `dump` would look behind the description.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// One setting as a plugin without a JSON parser reads it.
public struct ConfigurationPair: Sendable, Equatable {
  /// The setting's name, with dots for tables: `tls.verify`.
  public var key: String
  /// A string as it is, everything else as in JSON.
  public var text: String

  /// A pair.
  public init(key: String, text: String) {
    self.key = key
    self.text = text
  }
}
