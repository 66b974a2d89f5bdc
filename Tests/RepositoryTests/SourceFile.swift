/// Languages that the checks understand.
enum Language {
  case swift
  case c

  init?(path: String) {
    switch path.split(separator: ".").last {
    case "swift": self = .swift
    case "c", "h", "cpp": self = .c
    default: return nil
    }
  }
}

/// A source file, with its comments and its code apart so that no rule is fooled by the other.
struct SourceFile {
  let path: String
  let language: Language
  let lines: [String]
  /// Without comments and the insides of strings; as many lines as the file.
  let code: [String]
  /// Comments alone; as many lines as the file.
  let comments: [String]

  init(path: String, text: String, language: Language) {
    self.path = path
    self.language = language
    var lexer = Lexer(Array(text.utf8), language)
    lexer.run()
    lines = SourceFile.split(Array(text.utf8))
    code = SourceFile.split(lexer.code)
    comments = SourceFile.split(lexer.comments)
  }

  var isHeader: Bool { path.hasSuffix(".h") }

  var isTest: Bool { path.hasPrefix("Tests/") }

  private static func split(_ bytes: [UInt8]) -> [String] {
    var parts = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if parts.last?.isEmpty == true { parts.removeLast() }
    return parts.map { String(decoding: $0, as: UTF8.self) }
  }
}

/// Tells code, comments and strings apart. Strings become empty quotes in the code; what a half
/// leaves out becomes blanks, so that lines and columns stay.
struct Lexer {
  private let input: [UInt8]
  private let language: Language
  private var index = 0
  private(set) var code: [UInt8]
  private(set) var comments: [UInt8]

  init(_ input: [UInt8], _ language: Language) {
    self.input = input
    self.language = language
    let blank = input.map { $0 == UInt8(ascii: "\n") ? $0 : UInt8(ascii: " ") }
    code = blank
    comments = blank
  }

  mutating func run() {
    while index < input.count { step() }
  }

  private func starts(_ text: StaticString, at offset: Int? = nil) -> Bool {
    let start = offset ?? index
    guard start + text.utf8CodeUnitCount <= input.count else { return false }
    return text.withUTF8Buffer { buffer in
      buffer.indices.allSatisfy { input[start + $0] == buffer[$0] }
    }
  }

  private mutating func step() {
    if starts("//") {
      while index < input.count, input[index] != UInt8(ascii: "\n") { keepComment() }
    } else if starts("/*") {
      blockComment()
    } else if starts("\"") || (language == .swift && starts("#") && hashesBeforeQuote() != nil) {
      string()
    } else if language == .c, starts("'") {
      character()
    } else {
      code[index] = input[index]
      index += 1
    }
  }

  private mutating func keepComment() {
    comments[index] = input[index]
    index += 1
  }

  private mutating func blockComment() {
    var depth = 0
    repeat {
      if starts("/*"), language == .swift || depth == 0 {
        depth += 1
        keepComment()
      } else if starts("*/") {
        depth -= 1
        keepComment()
      }
      if index < input.count { keepComment() }
    } while depth > 0 && index < input.count
  }

  private func hashesBeforeQuote() -> Int? {
    var end = index
    while end < input.count, input[end] == UInt8(ascii: "#") { end += 1 }
    return end < input.count && input[end] == UInt8(ascii: "\"") ? end - index : nil
  }

  /// A string literal with its escapes and, in Swift, hashes, three quotes and interpolations.
  private mutating func string() {
    let hashes = language == .swift ? hashesBeforeQuote() ?? 0 : 0
    code[index] = UInt8(ascii: "\"")
    index += hashes
    let long = language == .swift && starts("\"\"\"")
    index += long ? 3 : 1
    while index < input.count {
      if input[index] == UInt8(ascii: "\\"), isEscape(hashes) {
        index += 1 + hashes
        if language == .swift, starts("(") { interpolation() } else { index += 1 }
      } else if closes(long: long, hashes: hashes) {
        index += (long ? 3 : 1) + hashes
        code[index - 1] = UInt8(ascii: "\"")
        return
      } else if !long, input[index] == UInt8(ascii: "\n") {
        return
      } else {
        index += 1
      }
    }
  }

  private func isEscape(_ hashes: Int) -> Bool {
    (0..<hashes).allSatisfy { index + 1 + $0 < input.count && input[index + 1 + $0] == 35 }
  }

  private func closes(long: Bool, hashes: Int) -> Bool {
    guard long ? starts("\"\"\"") : starts("\"") else { return false }
    let end = index + (long ? 3 : 1)
    return (0..<hashes).allSatisfy { end + $0 < input.count && input[end + $0] == 35 }
  }

  private mutating func interpolation() {
    var depth = 0
    repeat {
      if starts("(") { depth += 1 } else if starts(")") { depth -= 1 }
      if starts("\"") || hashesBeforeQuote() ?? 0 > 0 {
        let before = code
        string()
        code = before
      } else {
        index += 1
      }
    } while depth > 0 && index < input.count
  }

  private mutating func character() {
    index += 1
    while index < input.count, input[index] != UInt8(ascii: "'"), input[index] != 10 {
      index += input[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    index += 1
  }
}
