/// A word, a number or a sign of the code, and the line it stands on, counted from 1.
struct Token: Equatable {
  let text: String
  let line: Int

  var isWord: Bool { text.utf8.first.map(Token.isWordByte) ?? false }

  static func isWordByte(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || byte >= 128 || (48...57).contains(byte)
      || (65...90).contains(byte) || (97...122).contains(byte)
  }

  /// The tokens of the code; `->` is one, every other sign stands alone.
  static func all(of lines: [String]) -> [Token] {
    var tokens: [Token] = []
    for (number, line) in lines.enumerated() {
      let bytes = Array(line.utf8)
      var start = 0
      while start < bytes.count {
        var end = start + 1
        if isWordByte(bytes[start]) {
          while end < bytes.count, isWordByte(bytes[end]) { end += 1 }
        } else if bytes[start] == UInt8(ascii: "-"), end < bytes.count, bytes[end] == 62 {
          end += 1
        }
        if bytes[start] != 32, bytes[start] != 9 {
          let text = String(decoding: bytes[start..<end], as: UTF8.self)
          tokens.append(Token(text: text, line: number + 1))
        }
        start = end
      }
    }
    return tokens
  }
}

extension Array where Element == Token {
  /// The index of the bracket that closes the one at `start`, or nil.
  func closing(of start: Int) -> Int? {
    let pairs = ["(": ")", "{": "}", "[": "]"]
    guard let close = pairs[self[start].text] else { return nil }
    var depth = 0
    for index in start..<count {
      if self[index].text == self[start].text { depth += 1 }
      if self[index].text == close { depth -= 1 }
      if depth == 0 { return index }
    }
    return nil
  }

  /// The index of the parenthesis that opens the one at `end`, or nil.
  func opening(of end: Int) -> Int? {
    var depth = 0
    for index in stride(from: end, through: 0, by: -1) {
      if self[index].text == ")" { depth += 1 }
      if self[index].text == "(" { depth -= 1 }
      if depth == 0 { return index }
    }
    return nil
  }

  /// How many `sign` stand between the brackets at `start` and `end`, not inside other brackets.
  func count(of sign: String, between start: Int, and end: Int) -> Int {
    var depth = 0
    var found = 0
    for token in self[(start + 1)..<end] {
      switch token.text {
      case "(", "[", "{": depth += 1
      case ")", "]", "}": depth -= 1
      case sign where depth == 0: found += 1
      default: break
      }
    }
    return found
  }
}
