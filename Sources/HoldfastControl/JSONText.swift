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

  /// `readySinceMilliseconds` becomes `ready_since_ms`, and `bootID` becomes `boot_id`.
  @Sendable static func snakeCase(_ name: String) -> String {
    // Names of ours are ASCII, and every field of every row comes by here.
    let letters = Array(name.utf8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(letters.count + 4)
    for (place, byte) in letters.enumerated() {
      guard isCapital(byte) else {
        bytes.append(byte)
        continue
      }
      // Of capitals in a row the first begins a word, and the last if a small letter follows it.
      let follows = place > 0 && isCapital(letters[place - 1])
      let leads = letters.indices.contains(place + 1) && !isCapital(letters[place + 1])
      if !follows || leads { bytes.append(0x5F) }
      bytes.append(byte | 0x20)
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let unit = "_milliseconds"
    if text == unit.dropFirst() { return "ms" }
    return text.hasSuffix(unit) ? text.dropLast(unit.count) + "_ms" : text
  }

  private static func isCapital(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }
}
