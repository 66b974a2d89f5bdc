/// One of the public headers as its declarations: enough of C to read headers that keep to the
/// style, and a failure for what does not.
struct Header {
  let path: String
  let constants: [Constant]
  let aliases: [Alias]
  let structs: [Struct]
  /// Functions that a plugin exports.
  let entries: [Member]
  /// What the reader did not understand.
  let unread: [Violation]

  struct Constant: Equatable {
    let name: String
    let value: String
  }

  struct Alias: Equatable {
    let name: String
    let type: String
  }

  struct Struct {
    let name: String
    let line: Int
    let members: [Member]

    var isTable: Bool { members.contains { $0.call != nil && !$0.isReserved } }
  }

  /// A field, or a function.
  struct Member {
    let name: String
    /// Without the name, words and signs apart by one blank.
    let type: String
    let line: Int
    /// The comment right above, as one line.
    let comment: String
    let call: Call?

    var isReserved: Bool { name.hasPrefix("reserved") }
  }

  struct Call: Equatable {
    let result: String
    let parameters: [String]
  }

  init(path: String, text: String) {
    let file = SourceFile(path: path, text: text, language: .c)
    var reader = HeaderReader(file)
    reader.run()
    self.path = path
    constants = Header.constants(of: file)
    (aliases, structs, entries) = (reader.aliases, reader.structs, reader.entries)
    unread = reader.unread
  }

  /// Macros whose value is a number or a text; others are no part of the binary interface.
  private static func constants(of file: SourceFile) -> [Constant] {
    file.lines.enumerated().compactMap { index, line in
      let parts = line.split(separator: " ", maxSplits: 2).map(String.init)
      guard parts.count == 3, parts[0] == "#define", parts[1].hasPrefix("HF_"),
        !parts[1].contains("("),
        file.comments[index].first == " " || file.comments[index].isEmpty
      else { return nil }
      let value = parts[2].split(separator: "/*", maxSplits: 1)[0]
      let text = String(value.reversed().drop { $0 == " " }.reversed())
      guard let first = text.first(where: { !"(-".contains($0) }), first.isNumber || first == "\""
      else { return nil }
      return Constant(name: parts[1], value: text)
    }
  }

  /// All headers of the project, in the order of their paths.
  static let all: [Header] = Repository.files.filter {
    $0.hasPrefix("include/") && $0.hasSuffix(".h")
  }.map { Header(path: $0, text: Repository.read($0)) }

  static let structs = all.flatMap(\.structs)

  /// Every function of a table, and the entry, with the name of what it belongs to.
  static let calls: [(path: String, owner: String, member: Member)] = all.flatMap { $0.calls }

  var calls: [(path: String, owner: String, member: Member)] {
    structs.flatMap { type in
      type.members.filter { $0.call != nil && !$0.isReserved }.map { (path, type.name, $0) }
    } + entries.map { (path, "", $0) }
  }
}

/// Walks over the declarations of a header.
struct HeaderReader {
  private let file: SourceFile
  private let tokens: [Token]
  private(set) var aliases: [Header.Alias] = []
  private(set) var structs: [Header.Struct] = []
  private(set) var entries: [Header.Member] = []
  private(set) var unread: [Violation] = []

  init(_ file: SourceFile) {
    self.file = file
    let all = Token.all(of: Function.withoutDirectives(file.code))
    tokens = all.filter { !["HF_BEGIN", "HF_END"].contains($0.text) }
  }

  mutating func run() {
    var start = 0
    while start < tokens.count {
      guard let end = endOfDeclaration(from: start) else {
        return refuse(tokens[start], "no end of the declaration")
      }
      read(Array(tokens[start..<end]))
      start = end + 1
    }
  }

  private mutating func refuse(_ token: Token, _ rule: String) {
    unread.append(Violation(path: file.path, line: token.line, rule: rule))
  }

  /// The index of the semicolon outside of all brackets.
  private func endOfDeclaration(from start: Int) -> Int? {
    var depth = 0
    return tokens[start...].indices.first { index in
      if ["{", "(", "["].contains(tokens[index].text) { depth += 1 }
      if ["}", ")", "]"].contains(tokens[index].text) { depth -= 1 }
      return depth == 0 && tokens[index].text == ";"
    }
  }

  private mutating func read(_ part: [Token]) {
    let words = part.map(\.text)
    if words.starts(with: ["typedef", "struct"]), let open = words.firstIndex(of: "{") {
      readStruct(part, open)
    } else if words.first == "typedef", words.count == 3 {
      aliases.append(.init(name: words[2], type: words[1]))
    } else if words.first == "HF_EXPORT", let entry = readEntry(part) {
      entries.append(entry)
    } else {
      refuse(part[0], "neither a struct, an alias of one word, nor an exported function")
    }
  }

  private mutating func readStruct(_ part: [Token], _ open: Int) {
    guard let close = part.closing(of: open), close == part.count - 2, open == 3,
      part[close + 1].text == part[2].text + "_t"
    else { return refuse(part[0], "a struct reads typedef struct hf_x { … } hf_x_t;") }
    var members: [Header.Member] = []
    for piece in part[(open + 1)..<close].split(whereSeparator: { $0.text == ";" }) {
      if let member = readMember(Array(piece)) {
        members.append(member)
      } else {
        refuse(piece[piece.startIndex], "neither a field nor a pointer to a function")
      }
    }
    let name = part[close + 1].text
    structs.append(.init(name: name, line: part[0].line, members: members))
  }

  private func readMember(_ piece: [Token]) -> Header.Member? {
    if let star = piece.indices.dropLast().first(where: {
      piece[$0].text == "(" && piece[$0 + 1].text == "*"
    }) {
      return readPointer(piece, star)
    }
    guard let name = piece.lastIndex(where: { $0.isWord && $0.text.first?.isNumber == false })
    else { return nil }
    return member(piece, name: name, call: nil)
  }

  private func readPointer(_ piece: [Token], _ open: Int) -> Header.Member? {
    guard let close = piece.closing(of: open), close + 1 < piece.count,
      let end = piece.closing(of: close + 1), end == piece.count - 1,
      let name = piece[open..<close].lastIndex(where: {
        $0.isWord && $0.text.first?.isNumber == false
      })
    else { return nil }
    let result = piece[..<open].map(\.text).joined(separator: " ")
    return member(
      piece, name: name,
      call: .init(result: result, parameters: parameters(piece[(close + 2)..<end])))
  }

  private func readEntry(_ part: [Token]) -> Header.Member? {
    guard let open = part.firstIndex(where: { $0.text == "(" }), open > 1,
      part.closing(of: open) == part.count - 1
    else { return nil }
    let result = part[1..<(open - 1)].map(\.text).joined(separator: " ")
    let call = Header.Call(
      result: result, parameters: parameters(part[(open + 1)..<(part.count - 1)]))
    return member(part, name: open - 1, call: call)
  }

  /// Types without the names of the parameters, which are no part of the binary interface.
  private func parameters(_ list: ArraySlice<Token>) -> [String] {
    list.split { $0.text == "," }.map { piece in
      let words = piece.map(\.text)
      let isNamed =
        words.count > 1 && piece.last?.isWord == true && !words[words.count - 1].hasPrefix("HF_")
      return words.dropLast(isNamed ? 1 : 0).joined(separator: " ")
    }
  }

  private func member(_ piece: [Token], name: Int, call: Header.Call?) -> Header.Member {
    var words = piece.map(\.text)
    let text = words.remove(at: name)
    let type = call.map { call in
      let kind = words.contains("HF_NULLABLE", after: "(", "*") ? "HF_NULLABLE" : "HF_NONNULL"
      let slots =
        name + 1 < piece.count && piece[name + 1].text == "[" ? " [ \(piece[name + 2].text) ]" : ""
      return "\(kind) \(call.result) ( \(call.parameters.joined(separator: " , ")) )\(slots)"
    }
    return .init(
      name: text, type: type ?? words.joined(separator: " "), line: piece[0].line,
      comment: comment(above: piece[0].line), call: call)
  }

  private func comment(above line: Int) -> String {
    var first = line - 1
    while first > 0, file.code[first - 1].allSatisfy({ $0 == " " }),
      !file.comments[first - 1].allSatisfy({ $0 == " " })
    {
      first -= 1
    }
    let text = file.comments[first..<(line - 1)].joined(separator: " ")
    return text.split { " /*".contains($0) }.joined(separator: " ")
  }
}

extension Array where Element == String {
  /// Whether `word` follows `first` and `second`.
  fileprivate func contains(_ word: String, after first: String, _ second: String) -> Bool {
    indices.dropLast(2).contains {
      self[$0] == first && self[$0 + 1] == second && self[$0 + 2] == word
    }
  }
}
