/// Fields of lines with a TAB between them.
enum Wire {
  static func line(_ fields: [String]) -> [UInt8] {
    Array(fields.map(escaped).joined(separator: "\t").utf8) + [0x0A]
  }

  static func escaped(_ text: String) -> String {
    var escaped = ""
    for character in text.unicodeScalars {
      switch character {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\t": escaped += "\\t"
      case "\r": escaped += "\\r"
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }

  static func unescaped(_ text: some StringProtocol) -> String {
    var plain = ""
    var rest = text.unicodeScalars.makeIterator()
    while let character = rest.next() {
      guard character == "\\", let code = rest.next() else {
        plain.unicodeScalars.append(character)
        continue
      }
      switch code {
      case "n": plain += "\n"
      case "t": plain += "\t"
      case "r": plain += "\r"
      default: plain.unicodeScalars.append(code)
      }
    }
    return plain
  }
}
