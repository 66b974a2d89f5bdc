/// A function with a body as the scanner sees it: by words and brackets, which is enough for the
/// limits and needs no compiler.
struct Function: Equatable {
  let name: String
  /// Line of its name, counted from 1.
  let line: Int
  /// From its name to the closing brace.
  let length: Int
  let parameters: Int

  static func all(in file: SourceFile) -> [Function] {
    switch file.language {
    case .swift: swift(Token.all(of: file.code))
    case .c: c(Token.all(of: withoutDirectives(file.code)))
    }
  }

  /// Whatever ends the search for a body: a requirement of a protocol has none.
  private static let declarations: Set<String> = [
    "func", "init", "deinit", "subscript", "var", "let", "case", "static", "mutating", "struct",
    "class", "enum", "extension", "protocol", "associatedtype", "typealias", "public", "private",
    "internal", "fileprivate", "package", "}",
  ]

  private static func swift(_ tokens: [Token]) -> [Function] {
    tokens.indices.compactMap { index in
      let previous = index > 0 ? tokens[index - 1].text : ""
      guard ![".", "`"].contains(previous) else { return nil }
      switch tokens[index].text {
      case "func" where index + 1 < tokens.count:
        return swiftFunction(tokens, keyword: index, name: tokens[index + 1].text)
      case "init", "subscript":
        return swiftFunction(tokens, keyword: index, name: tokens[index].text)
      case "deinit":
        return swiftBody(tokens, from: index, name: "deinit", line: tokens[index].line, 0)
      case "var" where index + 1 < tokens.count:
        return swiftProperty(tokens, keyword: index)
      default:
        return nil
      }
    }
  }

  private static func swiftFunction(_ tokens: [Token], keyword: Int, name: String) -> Function? {
    guard let open = tokens[keyword...].firstIndex(where: { $0.text == "(" }),
      let close = tokens.closing(of: open)
    else { return nil }
    let parameters = tokens.count(of: ":", between: open, and: close)
    let line = tokens[keyword].line
    return swiftBody(tokens, from: close + 1, name: name, line: line, parameters)
      ?? Function(name: name, line: line, length: 1, parameters: parameters)
  }

  /// A computed property: braces before anything that would make it a stored one.
  private static func swiftProperty(_ tokens: [Token], keyword: Int) -> Function? {
    let rest = tokens[(keyword + 1)...]
    guard
      let stop = rest.firstIndex(where: { declarations.union(["=", "{", ";"]).contains($0.text) }),
      tokens[stop].text == "{", tokens[keyword + 1].line == tokens[stop].line
    else { return nil }
    let name = tokens[keyword + 1].text
    return swiftBody(tokens, from: stop, name: name, line: tokens[keyword].line, 0)
  }

  private static func swiftBody(
    _ tokens: [Token], from start: Int, name: String, line: Int, _ parameters: Int
  ) -> Function? {
    let first = name == "deinit" ? start + 1 : start
    guard first < tokens.count,
      let open = tokens[first...].firstIndex(where: {
        $0.text == "{" || declarations.contains($0.text)
      }),
      tokens[open].text == "{", let close = tokens.closing(of: open)
    else { return nil }
    let length = tokens[close].line - line + 1
    return Function(name: name, line: line, length: length, parameters: parameters)
  }

  private static let control: Set<String> = [
    "if", "for", "while", "switch", "catch", "return", "sizeof", "__attribute__", "else", "do",
  ]

  private static func c(_ tokens: [Token]) -> [Function] {
    tokens.indices.compactMap { brace in
      guard tokens[brace].text == "{" else { return nil }
      var end = brace - 1
      while end > 0, ["const", "noexcept", "override"].contains(tokens[end].text) { end -= 1 }
      guard end > 1, tokens[end].text == ")", let open = tokens.opening(of: end), open > 0,
        tokens[open - 1].isWord, !control.contains(tokens[open - 1].text),
        let close = tokens.closing(of: brace)
      else { return nil }
      let isEmpty = end == open + 1 || (end == open + 2 && tokens[open + 1].text == "void")
      return Function(
        name: tokens[open - 1].text, line: tokens[open - 1].line,
        length: tokens[close].line - tokens[open - 1].line + 1,
        parameters: isEmpty ? 0 : tokens.count(of: ",", between: open, and: end) + 1)
    }
  }

  /// Macros may hold half a block, so directives and their continued lines count as blank.
  static func withoutDirectives(_ code: [String]) -> [String] {
    var continues = false
    return code.map { line in
      let isDirective = continues || line.first { $0 != " " } == "#"
      continues = isDirective && line.hasSuffix("\\")
      return isDirective ? "" : line
    }
  }
}
