/// A place in a configuration file.
public struct ConfigurationPosition: Sendable, Hashable, CustomStringConvertible {
  /// The file as it was named by whoever loaded it, or by an `include`.
  public var file: String
  /// Counts from 1.
  public var line: Int
  /// Counts from 1, in characters.
  public var column: Int

  /// A place.
  public init(file: String, line: Int = 1, column: Int = 1) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `file:line:column`, as editors and terminals understand it.
  public var description: String { "\(file):\(line):\(column)" }
}
