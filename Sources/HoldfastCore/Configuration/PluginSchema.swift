/// What a plugin's note says of the settings it takes under `config.`.
public struct PluginSchema: Sendable, Equatable {
  /// The type that a note may name.
  public enum ValueType: String, Sendable, CaseIterable {
    /// Text.
    case string
    /// A whole number.
    case integer
    /// Any number.
    case number
    /// True or false.
    case boolean
    /// Values in their order, of any type.
    case list

    /// "a string", "an integer".
    public var kind: String { self == .integer ? "an integer" : "a \(rawValue)" }

    /// Whether a value may stand where this type is asked for; whole numbers are numbers too.
    public func accepts(_ value: ConfigurationValue) -> Bool {
      switch (self, value) {
      case (.string, .string), (.string, .secret), (.integer, .integer), (.number, .number),
        (.number, .integer), (.boolean, .boolean), (.list, .list):
        true
      default: false
      }
    }
  }

  /// One setting.
  public struct Setting: Sendable, Equatable {
    /// What its value must be.
    public var type: ValueType
    /// Its value when the configuration names none.
    public var defaultValue: ConfigurationValue?
    /// Whether the configuration must name a value.
    public var required: Bool
    /// Whether its value is never to be shown.
    public var secret: Bool
    /// A sentence for people.
    public var help: String

    /// A setting.
    public init(
      _ type: ValueType, defaultValue: ConfigurationValue? = nil, required: Bool = false,
      secret: Bool = false, help: String = ""
    ) {
      self.type = type
      self.defaultValue = defaultValue
      self.required = required
      self.secret = secret
      self.help = help
    }
  }

  /// The settings by name; a name with dots, such as `tls.verify`, lies in a table.
  public var settings: [String: Setting]

  /// A schema; an empty one belongs to a plugin that takes no settings.
  public init(_ settings: [String: Setting] = [:]) {
    self.settings = settings
  }
}
