/// What one character is when a mark of a recalled block is looked for. A language model reads many
/// spellings as one, so they fold together here.
enum MarkSymbol: Equatable, Sendable {
  /// An angle bracket that opens.
  case open
  /// An angle bracket that closes.
  case close
  case slash
  /// A letter in lower case, ASCII.
  case letter(UInt8)
  /// White space.
  case space
  /// Seen by nobody, or no more than a hyphen is.
  case filler
  case other

  /// The symbol of a Unicode scalar value.
  init(_ scalar: Unicode.Scalar) {
    if scalar.isASCII {
      self = Self.ascii(UInt8(truncatingIfNeeded: scalar.value))
    } else if let bracket = Self.bracket(scalar.value) {
      self = bracket
    } else if let letter = Self.letter(scalar.value) {
      self = .letter(letter)
    } else {
      self = Self.rest(scalar)
    }
  }

  /// Whether a mark may begin with this character; quicker than its symbol.
  static func opens(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar == "<" }
    return bracket(scalar.value) == .open
  }

  private static func ascii(_ byte: UInt8) -> MarkSymbol {
    switch byte {
    case UInt8(ascii: "<"): .open
    case UInt8(ascii: ">"): .close
    case UInt8(ascii: "/"): .slash
    case UInt8(ascii: "a")...UInt8(ascii: "z"): .letter(byte)
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): .letter(byte | 0x20)
    case 0x09...0x0D, 0x20: .space
    case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "\\"), 0...0x08, 0x0E...0x1F, 0x7F:
      .filler
    default: .other
    }
  }

  private static func bracket(_ value: UInt32) -> MarkSymbol? {
    switch value {
    case 0xAB, 0x2C2, 0x1438, 0x2039, 0x226A, 0x2329, 0x276C, 0x276E, 0x2770, 0x27E8, 0x27EA,
      0x3008, 0x300A, 0xFE3D, 0xFE3F, 0xFE64, 0xFF1C:
      .open
    case 0xBB, 0x2C3, 0x1433, 0x203A, 0x226B, 0x232A, 0x276D, 0x276F, 0x2771, 0x27E9, 0x27EB,
      0x3009, 0x300B, 0xFE3E, 0xFE40, 0xFE65, 0xFF1E:
      .close
    case 0x2044, 0x2215, 0x2571, 0x29F8, 0xFF0F: .slash
    default: nil
    }
  }

  /// Letters that look like those of the mark's name: full-width, mathematical and circled ones,
  /// and the Greek and Cyrillic ones with the same shape.
  private static func letter(_ value: UInt32) -> UInt8? {
    let first = UInt32(UInt8(ascii: "a"))
    switch value {
    case 0xFF21...0xFF3A: return UInt8(value - 0xFF21 + first)
    case 0xFF41...0xFF5A: return UInt8(value - 0xFF41 + first)
    case 0x24B6...0x24E9: return UInt8((value - 0x24B6) % 26 + first)
    case 0x1D400...0x1D6A3: return UInt8((value - 0x1D400) % 26 + first)
    case 0x391, 0x3B1, 0x410, 0x430: return UInt8(ascii: "a")
    case 0x421, 0x441, 0x3F2, 0x216D, 0x217D: return UInt8(ascii: "c")
    case 0x395, 0x3B5, 0x415, 0x435: return UInt8(ascii: "e")
    case 0x4C0, 0x4CF, 0x216C, 0x217C: return UInt8(ascii: "l")
    case 0x39D: return UInt8(ascii: "n")
    case 0x39F, 0x3BF, 0x41E, 0x43E: return UInt8(ascii: "o")
    case 0x405, 0x455: return UInt8(ascii: "s")
    case 0x3A4, 0x3C4, 0x422, 0x442: return UInt8(ascii: "t")
    default: return nil
    }
  }

  private static func rest(_ scalar: Unicode.Scalar) -> MarkSymbol {
    let properties = scalar.properties
    if properties.isWhitespace { return .space }
    if properties.isDefaultIgnorableCodePoint || scalar.value == 0x2212 { return .filler }
    switch properties.generalCategory {
    case .control, .format, .nonspacingMark, .enclosingMark, .spacingMark, .dashPunctuation,
      .connectorPunctuation:
      return .filler
    default: return .other
    }
  }
}
