/// What one look at an installation came to.
public struct Finding: Codable, Sendable, Equatable {
  /// How it is.
  public enum Level: String, Codable, Sendable, Comparable {
    /// As it should be.
    case ok
    /// Something should be looked at.
    case warning
    /// Something does not work, or will not.
    case error

    /// Whether `left` matters less.
    public static func < (left: Level, right: Level) -> Bool { left.weight < right.weight }

    private var weight: Int { self == .ok ? 0 : self == .warning ? 1 : 2 }
  }

  /// What was looked at.
  public var check: String
  /// How it is.
  public var level: Level
  /// What was found, with the remedy where there is one.
  public var text: String
  /// Whether it was put right just now.
  public var wasFixed = false

  /// A finding.
  public init(_ check: String, _ level: Level, _ text: String, wasFixed: Bool = false) {
    self.check = check
    self.level = level
    self.text = text
    self.wasFixed = wasFixed
  }
}
