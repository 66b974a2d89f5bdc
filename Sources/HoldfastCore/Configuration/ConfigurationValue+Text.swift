extension ConfigurationValue {
  /// JSON on one line, the keys of tables in the order of their bytes, secrets included.
  public var json: String {
    var text = ""
    write(to: &text)
    return text
  }

  /// Every value that is not a table, by its dotted name, in the order of the names' bytes, secrets
  /// included. A list is one pair with its JSON. Empty unless this is a table.
  public var pairs: [ConfigurationPair] {
    guard case .table(let values) = self else { return [] }
    var pairs: [ConfigurationPair] = []
    Self.collect(values, prefix: "", into: &pairs)
    return pairs.sorted { inByteOrder($0.key, $1.key) }
  }

  private static func collect(
    _ values: [String: ConfigurationValue], prefix: String, into pairs: inout [ConfigurationPair]
  ) {
    for (name, value) in values {
      let key = prefix + dottedName(name)
      switch value {
      case .table(let inner): collect(inner, prefix: key + ".", into: &pairs)
      case .string(let text), .secret(let text): pairs.append(.init(key: key, text: text))
      default: pairs.append(.init(key: key, text: value.json))
      }
    }
  }

  private func write(to text: inout String) {
    switch self {
    case .string(let value), .secret(let value): writeJSONString(value, to: &text)
    case .integer(let value): text += String(value)
    case .number(let value): text += value.isFinite ? String(value) : "null"
    case .boolean(let value): text += value ? "true" : "false"
    case .list(let values):
      Self.write(values, between: "[", and: "]", to: &text) { $0.write(to: &$1) }
    case .table(let values):
      let sorted = values.sorted { inByteOrder($0.key, $1.key) }
      Self.write(sorted, between: "{", and: "}", to: &text) { entry, text in
        writeJSONString(entry.key, to: &text)
        text += ":"
        entry.value.write(to: &text)
      }
    }
  }

  private static func write<Element>(
    _ elements: [Element], between open: String, and close: String, to text: inout String,
    _ one: (Element, inout String) -> Void
  ) {
    text += open
    for (index, element) in elements.enumerated() {
      if index > 0 { text += "," }
      one(element, &text)
    }
    text += close
  }

  /// A segment of a dotted name, quoted as TOML would have it if it could be mistaken for several.
  public static func dottedName(_ segment: String) -> String {
    let bare = segment.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    if bare && !segment.isEmpty { return segment }
    var text = ""
    writeJSONString(segment, to: &text)
    return text
  }
}

/// The same order on every machine and in every locale.
func inByteOrder(_ left: String, _ right: String) -> Bool {
  left.utf8.lexicographicallyPrecedes(right.utf8)
}

func writeJSONString(_ value: String, to text: inout String) {
  text += "\""
  for scalar in value.unicodeScalars {
    switch scalar {
    case "\"": text += "\\\""
    case "\\": text += "\\\\"
    case "\n": text += "\\n"
    case "\r": text += "\\r"
    case "\t": text += "\\t"
    case "\u{0}"..."\u{1F}", "\u{7F}", "\u{2028}", "\u{2029}":
      let digits = String(scalar.value, radix: 16)
      text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: text.unicodeScalars.append(scalar)
    }
  }
  text += "\""
}
