/// Reads JSON as RFC 8259 has it, and nothing else.
struct JSONReader {
  let bytes: [UInt8]
  private var place = 0
  private var depth = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  private var problem: JSONProblem { JSONProblem(offset: place) }
  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  mutating func document() throws(JSONProblem) -> JSON {
    let value = try value()
    skipSpace()
    guard place == bytes.count else { throw problem }
    return value
  }

  /// Values one after the other, with nothing but white space between them.
  mutating func sequence() throws(JSONProblem) -> [JSON] {
    var values: [JSON] = []
    skipSpace()
    while place < bytes.count {
      values.append(try value())
      skipSpace()
    }
    return values
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      place += 1
    }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    place += 1
    return true
  }

  private mutating func expect(_ text: StaticString) throws(JSONProblem) {
    for byte in "\(text)".utf8 { guard take(byte) else { throw problem } }
  }

  private mutating func value() throws(JSONProblem) -> JSON {
    skipSpace()
    switch next {
    case 0x7B: return try nested { reader throws(JSONProblem) in try reader.object() }
    case 0x5B: return try nested { reader throws(JSONProblem) in try reader.array() }
    case 0x22: return .string(try string())
    case 0x74:
      try expect("true")
      return .boolean(true)
    case 0x66:
      try expect("false")
      return .boolean(false)
    case 0x6E:
      try expect("null")
      return .null
    default: return try number()
    }
  }

  private mutating func nested(
    _ body: (inout JSONReader) throws(JSONProblem) -> JSON
  ) throws(JSONProblem) -> JSON {
    guard depth < JSON.maxDepth else { throw problem }
    depth += 1
    place += 1
    let value = try body(&self)
    depth -= 1
    return value
  }

  private mutating func array() throws(JSONProblem) -> JSON {
    var values: [JSON] = []
    skipSpace()
    if take(0x5D) { return .array(values) }
    repeat {
      values.append(try value())
      skipSpace()
    } while take(0x2C)
    guard take(0x5D) else { throw problem }
    return .array(values)
  }

  private mutating func object() throws(JSONProblem) -> JSON {
    var values: [String: JSON] = [:]
    skipSpace()
    if take(0x7D) { return .object(values) }
    repeat {
      skipSpace()
      let name = try string()
      skipSpace()
      guard take(0x3A) else { throw problem }
      values[name] = try value()
      skipSpace()
    } while take(0x2C)
    guard take(0x7D) else { throw problem }
    return .object(values)
  }

  private mutating func digits() throws(JSONProblem) {
    let start = place
    while let byte = next, (0x30...0x39).contains(byte) { place += 1 }
    guard place > start else { throw problem }
  }

  private mutating func number() throws(JSONProblem) -> JSON {
    let start = place
    _ = take(0x2D)
    if !take(0x30) { try digits() }
    if take(0x2E) { try digits() }
    if take(0x65) || take(0x45) {
      if !take(0x2B) { _ = take(0x2D) }
      try digits()
    }
    return .number(String(decoding: bytes[start..<place], as: UTF8.self))
  }

  private mutating func string() throws(JSONProblem) -> String {
    guard take(0x22) else { throw problem }
    var text: [UInt8] = []
    var plain = place
    while let byte = next, byte >= 0x20 {
      if byte != 0x22, byte != 0x5C {
        place += 1
        continue
      }
      text += bytes[plain..<place]
      place += 1
      if byte == 0x22 {
        guard let text = String(validating: text, as: UTF8.self) else { throw problem }
        return text
      }
      try escape(into: &text)
      plain = place
    }
    throw problem
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONProblem) {
    guard let code = next else { throw problem }
    place += 1
    switch code {
    case 0x22, 0x5C, 0x2F: text.append(code)
    case 0x62: text.append(0x08)
    case 0x66: text.append(0x0C)
    case 0x6E: text.append(0x0A)
    case 0x72: text.append(0x0D)
    case 0x74: text.append(0x09)
    case 0x75: text += Array(String(Character(try scalar())).utf8)
    default: throw problem
    }
  }

  /// What stands behind `\u`; characters beyond the first 65 536 are a pair of such escapes.
  private mutating func scalar() throws(JSONProblem) -> Unicode.Scalar {
    let first = try unit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard (0xD800..<0xDC00).contains(first), take(0x5C), take(0x75) else { throw problem }
    let second = try unit()
    guard (0xDC00..<0xE000).contains(second) else { throw problem }
    let value = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
    guard let scalar = Unicode.Scalar(value) else { throw problem }
    return scalar
  }

  private mutating func unit() throws(JSONProblem) -> UInt16 {
    guard place + 4 <= bytes.count else { throw problem }
    var value: UInt16 = 0
    for byte in bytes[place..<place + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw problem }
      value = value << 4 | UInt16(digit)
    }
    place += 4
    return value
  }
}
