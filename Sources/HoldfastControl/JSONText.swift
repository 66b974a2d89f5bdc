internal import FoundationEssentials

/// JSON as Holdfast writes it: names in snake case, times that end in `_ms`, keys in order.
public enum JSONText {
  /// One line without its end, or a text for people if `isIndented`.
  public static func encode(_ value: some Encodable, isIndented: Bool = false) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if isIndented { encoder.outputFormatting.insert(.prettyPrinted) }
    encoder.keyEncodingStrategy = .custom { path in Key(snakeCase(path.last?.stringValue ?? "")) }
    // Only a number that is not finite cannot be written, and none of our types holds one.
    return (try? encoder.encode(value)).map { Array($0) } ?? Array("null".utf8)
  }

  /// Reads one value; throws what the decoder says of text that is none.
  public static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws
    -> Value
  {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .custom { path in
      guard let key = path.last, key.intValue == nil else { return path.last ?? Key("") }
      return Key(camelCase(key.stringValue))
    }
    return try decoder.decode(type, from: Data(bytes))
  }

  /// `readySinceMilliseconds` becomes `ready_since_ms`.
  static func snakeCase(_ name: String) -> String {
    var words: [String] = [""]
    for character in name {
      if character.isUppercase { words.append("") }
      words[words.count - 1] += character.lowercased()
    }
    if words.last == "milliseconds" { words[words.count - 1] = "ms" }
    return words.joined(separator: "_")
  }

  /// The reverse of `snakeCase`.
  static func camelCase(_ name: String) -> String {
    var words = name.split(separator: "_").map(String.init)
    if words.last == "ms" { words[words.count - 1] = "milliseconds" }
    let tail = words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }
    return (words.first ?? "") + tail.joined()
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
