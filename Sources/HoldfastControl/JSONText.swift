internal import HoldfastCore

/// JSON as Holdfast writes it: names in snake case, times that end in `_ms`, keys in order.
public enum JSONText {
  private static let spelling = JSONSpelling(snakeCase)

  /// One line without its end, or a text for people if `isIndented`.
  public static func encode(_ value: some Encodable, isIndented: Bool = false) -> [UInt8] {
    // Only a coding of its own can throw, and none of our types has one that does.
    let json = (try? JSON(encoding: value, spelling)) ?? .null
    return Array(json.text(isIndented: isIndented).utf8)
  }

  /// Reads one value; throws `JSONProblem` for text that is none, `DecodingError` for another one.
  public static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws
    -> Value
  {
    try JSON(bytes).decoded(as: type, spelling)
  }

  /// `readySinceMilliseconds` becomes `ready_since_ms`.
  @Sendable static func snakeCase(_ name: String) -> String {
    var words: [String] = [""]
    for character in name {
      if character.isUppercase { words.append("") }
      words[words.count - 1] += character.lowercased()
    }
    if words.last == "milliseconds" { words[words.count - 1] = "ms" }
    return words.joined(separator: "_")
  }
}
