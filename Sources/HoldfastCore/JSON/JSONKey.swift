/// How Swift names become JSON names and back. Keys of dictionaries are data and stay as they are.
public struct JSONSpelling: Sendable {
  /// From a property's name to a name in JSON.
  public var written: @Sendable (String) -> String

  /// A spelling.
  public init(_ written: @escaping @Sendable (String) -> String) { self.written = written }

  /// Names are the same on both sides.
  public static let plain = JSONSpelling { $0 }

  /// The name in JSON for a key of this type.
  func name<Key: CodingKey>(_ key: Key) -> String {
    Key.self == StringKey.self || "\(Key.self)" == "_DictionaryCodingKey"
      ? key.stringValue : written(key.stringValue)
  }
}

/// A name or a place in a list.
struct StringKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  init(_ name: String) {
    stringValue = name
    intValue = nil
  }

  init(index: Int) {
    stringValue = "\(index)"
    intValue = index
  }

  init?(stringValue: String) { self.init(stringValue) }
  init?(intValue: Int) { self.init(index: intValue) }
}
