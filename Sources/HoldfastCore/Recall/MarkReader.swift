/// Puts bytes together to characters, however they come in pieces.
struct CharacterReader: Sendable {
  enum Step: Equatable {
    /// More bytes are needed.
    case more
    /// A character whose last byte this was, of so many bytes.
    case scalar(Unicode.Scalar, length: Int)
    /// So many bytes in front of this one are no character; this one is to be given again.
    case broken(length: Int)
    /// This byte, alone, is no character.
    case stray
  }

  private var value: UInt32 = 0
  private var length = 0
  private var expected = 0
  /// What the second byte may be; the first one says.
  private var second: ClosedRange<UInt8> = 0x80...0xBF

  /// So many bytes wait for the rest of their character.
  var pending: Int { length }

  mutating func take(_ byte: UInt8) -> Step {
    guard length > 0 else { return begin(byte) }
    guard (length == 1 ? second : 0x80...0xBF).contains(byte) else {
      defer { length = 0 }
      return .broken(length: length)
    }
    value = value << 6 | UInt32(byte & 0x3F)
    length += 1
    guard length == expected, let scalar = Unicode.Scalar(value) else { return .more }
    length = 0
    return .scalar(scalar, length: expected)
  }

  private mutating func begin(_ byte: UInt8) -> Step {
    second = 0x80...0xBF
    switch byte {
    case 0...0x7F: return .scalar(Unicode.Scalar(byte), length: 1)
    case 0xC2...0xDF: (expected, value) = (2, UInt32(byte & 0x1F))
    case 0xE0...0xEF:
      (expected, value) = (3, UInt32(byte & 0x0F))
      if byte == 0xE0 { second = 0xA0...0xBF }
      if byte == 0xED { second = 0x80...0x9F }
    case 0xF0...0xF4:
      (expected, value) = (4, UInt32(byte & 0x07))
      if byte == 0xF0 { second = 0x90...0xBF }
      if byte == 0xF4 { second = 0x80...0x8F }
    default: return .stray
    }
    length = 1
    return .more
  }
}

/// Characters that are written as HTML writes them: `&lt;`, `&#60;`, `&#x3c;`.
enum MarkEntity {
  /// Longest text between `&` and `;`.
  static let longest = 10

  /// Whether a character may stand between `&` and `;`.
  static func mayContain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "#": true
    default: false
    }
  }

  /// What the text between `&` and `;` means in a mark.
  static func symbol(of text: some Collection<UInt8>) -> MarkSymbol {
    let name = String(decoding: text, as: UTF8.self).lowercased()
    switch name {
    case "lt", "lsaquo", "laquo", "lang", "langle": return .open
    case "gt", "rsaquo", "raquo", "rang", "rangle": return .close
    case "sol": return .slash
    case "nbsp", "ensp", "emsp", "thinsp", "tab", "newline": return .space
    case "shy", "zwj", "zwnj", "hyphen", "dash", "ndash", "mdash", "lowbar", "bsol": return .filler
    default: break
    }
    guard name.hasPrefix("#") else { return .other }
    let isHexadecimal = name.dropFirst().hasPrefix("x")
    let digits = name.dropFirst(isHexadecimal ? 2 : 1)
    guard let value = UInt32(digits, radix: isHexadecimal ? 16 : 10),
      let scalar = Unicode.Scalar(value)
    else { return .other }
    return MarkSymbol(scalar)
  }
}
