/// Figures of one name, as they are at one moment.
public struct MetricFamily: Sendable, Equatable {
  /// What the figures mean.
  public enum Kind: String, Sendable {
    /// Only rises, from zero at the start of the host.
    case counter
    /// Is what it is.
    case gauge
    /// How often something lay within which limits.
    case histogram
  }

  /// One figure.
  public enum Value: Sendable, Equatable {
    /// A number.
    case number(Double)
    /// How often it was at most each limit and above the one before; the last count is for what was
    /// above all.
    case histogram(limits: [Double], counts: [UInt64], sum: Double)
  }

  /// One figure with what tells it from others of its name.
  public struct Point: Sendable, Equatable {
    /// In the order of the family's labels.
    public var labels: [String]
    /// The figure.
    public var value: Value

    /// A figure.
    public init(_ labels: [String] = [], _ value: Value) {
      self.labels = labels
      self.value = value
    }
  }

  /// With its unit last.
  public var name: String
  /// A sentence.
  public var help: String
  /// What the figures mean.
  public var kind: Kind
  /// Names of the labels.
  public var labels: [String]
  /// The figures.
  public var points: [Point]

  /// A family.
  public init(
    _ name: String, _ help: String, _ kind: Kind, labels: [String] = [], points: [Point] = []
  ) {
    self.name = name
    self.help = help
    self.kind = kind
    self.labels = labels
    self.points = points
  }

  /// The unit by its sign in UCUM, empty where things are counted.
  public var unit: String {
    let base = name.hasSuffix("_total") ? name.dropLast(6) : name[...]
    if base.hasSuffix("_seconds") { return "s" }
    if base.hasSuffix("_bytes") { return "By" }
    return ""
  }
}

/// What a value of a label may be. Labels are few and short, so that figures stay few: no session,
/// no key, no id, no sentence.
public enum MetricLabel {
  /// Stands for everything that may not be one.
  public static let other = "other"
  /// Series of one family at most.
  public static let bound = 128

  /// A word of the host's own.
  public static func word(_ text: String) -> String {
    SessionID(text) == nil ? checked(text, upTo: 48) : other
  }

  /// A name of the configuration, which bounds it to the same bytes.
  public static func name(_ text: String) -> String { checked(text, upTo: 64) }

  /// The name of an instance.
  public static func name(_ instance: InstanceID?) -> String {
    instance.map { name($0.description) } ?? "none"
  }

  private static func checked(_ text: String, upTo length: Int) -> String {
    if text.isEmpty { return "none" }
    let isWord =
      text.utf8.count <= length
      && text.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F
          || byte == 0x2E || byte == 0x2D
      }
    return isWord ? text : other
  }

  /// Rows by their labels. Beyond the bound they are one group, as are those with the same labels;
  /// the order of the rows decides which, so it should not change.
  static func groups<Row>(
    _ rows: [Row], by labels: (Row) -> [String]
  ) -> [(labels: [String], rows: [Row])] {
    var groups: [[String]: [Row]] = [:]
    for row in rows {
      var key = labels(row)
      if groups[key] == nil, groups.count >= bound { key = key.map { _ in other } }
      groups[key, default: []].append(row)
    }
    return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { ($0.key, $0.value) }
  }
}
