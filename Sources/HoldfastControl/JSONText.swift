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
    // Names of ours are ASCII, and every field of every row comes by here.
    var bytes: [UInt8] = []
    bytes.reserveCapacity(name.utf8.count + 4)
    for byte in name.utf8 {
      if (0x41...0x5A).contains(byte) {
        bytes += [0x5F, byte | 0x20]
      } else {
        bytes.append(byte)
      }
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let unit = "_milliseconds"
    if text == unit.dropFirst() { return "ms" }
    return text.hasSuffix(unit) ? text.dropLast(unit.count) + "_ms" : text
  }
}
