import Testing

/// What every declaration of the header keeps to, so that a plugin of any language can rely on it.
@Suite struct HeaderRuleTests {
  private static let tags = ["[plugin]", "[any]", "[starting]", "[crash]"]
  private static let ownership = ["borrowed", "Borrowed", "copies", "Owned by", "valid until"]

  /// What is missing in the comment of each function.
  static func commentFaults(in header: Header) -> [Violation] {
    header.calls.flatMap { path, owner, member -> [Violation] in
      let name = owner.isEmpty ? member.name : "\(owner).\(member.name)"
      return commentFaults(of: member).map {
        Violation(path: path, line: member.line, rule: "\(name): \($0)")
      }
    }
  }

  private static func commentFaults(of member: Header.Member) -> [String] {
    guard let call = member.call else { return [] }
    let comment = member.comment
    var faults: [String] = []
    let found = tags.reduce(0) { $0 + comment.ranges(of: $1).count }
    if found != 1 { faults.append("\(found) context tags; one of \(tags) is due") }
    if !comment.contains(/since 1\.\d+\./) { faults.append("no `since 1.x.`") }
    if call.result == "int32_t", !comment.contains("HF_OK") { faults.append("no status codes") }
    let answersData = !["int32_t", "void"].contains(call.result)
    let lower = comment.lowercased()
    if answersData, !lower.contains("always succeeds"), !lower.contains("null") {
      faults.append("neither `Always succeeds` nor what null means")
    }
    let passes = call.parameters.dropFirst().contains {
      $0.contains("*") || ["hf_str_t", "hf_bytes_t"].contains($0)
    }
    if passes || call.result.contains("*"), !ownership.contains(where: comment.contains) {
      faults.append("does not say who owns what it passes")
    }
    if call.parameters.count > 6 { faults.append("more than 6 parameters") }
    return faults
  }

  private static let types: Set<String> = [
    "int32_t", "uint32_t", "int64_t", "uint64_t", "double", "void", "const", "char", "uint8_t", "*",
    "HF_NULLABLE", "HF_NONNULL", "(", ")", ",", "[", "]",
  ]
  private static let keywords: Set<String> = [
    "init", "deinit", "extension", "func", "var", "let", "class", "struct", "protocol", "import",
    "in", "is", "as", "self", "super", "where", "guard", "defer", "repeat", "internal", "operator",
    "subscript", "throw", "throws", "try", "catch", "case", "default", "switch", "nil", "true",
    "false", "inout", "static", "public", "private", "return", "enum",
  ]

  /// Types of fixed width alone, names that Swift can say, nullability at every pointer.
  static func typeFaults(in header: Header) -> [Violation] {
    let members = header.structs.flatMap(\.members) + header.entries
    return members.flatMap { member -> [Violation] in
      let words = member.type.split(separator: " ").map(String.init)
      let unknown = words.filter {
        !types.contains($0) && $0.first?.isNumber == false
          && !($0.hasPrefix("hf_") && $0.hasSuffix("_t"))
      }
      var faults = unknown.map { "\($0) has no place in a public type" }
      if keywords.contains(member.name) { faults.append("is a keyword of Swift") }
      for (index, word) in words.enumerated() where word == "*" {
        let next = index + 1 < words.count ? words[index + 1] : ""
        if !next.hasPrefix("HF_") { faults.append("a pointer without nullability") }
      }
      return faults.map {
        Violation(path: header.path, line: member.line, rule: "\(member.name): \($0)")
      }
    }
  }

  /// Structs without room to grow: they are passed by value or never alone.
  private static let plain: Set<String> = ["hf_str_t", "hf_bytes_t", "hf_pair_t"]

  static func tailFaults(in header: Header) -> [Violation] {
    header.structs.filter { !plain.contains($0.name) }.compactMap { type in
      let last = type.members.last
      let room = last.flatMap { tail -> Int? in
        guard tail.name == "reserved", tail.type.hasPrefix("uint64_t [ ") else { return nil }
        return Int(tail.type.split(separator: " ")[2])
      }
      let slots = type.members.dropLast().last?.type ?? ""
      guard room ?? 0 >= 4, !type.isTable || slots == "HF_NULLABLE void ( void ) [ 8 ]" else {
        let rule = "\(type.name) ends without its reserved tail"
        return Violation(path: header.path, line: type.line, rule: rule)
      }
      return nil
    }
  }

  @Test func everyHeaderIsRead() {
    #expect(Header.all.count >= 9)
    #expect(Header.structs.count >= 25 && Header.calls.count >= 25)
    for header in Header.all { report(header.unread) }
  }

  @Test func everyFunctionSaysContextOwnerStatusAndVersion() {
    for header in Header.all { report(Self.commentFaults(in: header)) }
  }

  @Test func everyTypeHasAFixedWidthAndANameThatSwiftCanSay() {
    for header in Header.all { report(Self.typeFaults(in: header)) }
  }

  @Test func everyStructThatMayGrowHasAReservedTail() {
    for header in Header.all { report(Self.tailFaults(in: header)) }
    for type in Header.structs where type.isTable {
      let slots = type.members.dropLast().last
      #expect(slots?.name == "reserved_functions", "\(type.name) lacks its function slots")
    }
  }
}

/// The checks of the header find what they look for.
@Suite struct HeaderRuleSampleTests {
  private func header(_ text: String) -> Header { Header(path: "include/a.h", text: text) }

  private func table(_ comment: String, _ function: String) -> Header {
    header("typedef struct hf_a {\n  /* \(comment) */\n  \(function);\n} hf_a_t;\n")
  }

  @Test func aMissingSentenceIsFound() {
    let function = "int32_t (*HF_NONNULL put)(void *HF_NULLABLE self, hf_str_t text)"
    let good = "[any] since 1.0. The host copies text.\n * HF_OK."
    #expect(HeaderRuleTests.commentFaults(in: table(good, function)).isEmpty)
    for (bad, fault) in [
      ("since 1.0. The host copies text. HF_OK", "0 context tags"),
      ("[any] [plugin] since 1.0. The host copies text. HF_OK", "2 context tags"),
      ("[any] The host copies text. HF_OK", "since"),
      ("[any] since 1.0. The host copies text.", "status codes"),
      ("[any] since 1.0. Takes text. HF_OK", "who owns"),
    ] {
      let faults = HeaderRuleTests.commentFaults(in: table(bad, function))
      #expect(faults.count == 1 && faults[0].rule.contains(fault), "\(bad): \(faults)")
    }
  }

  @Test func aSharedCommentCountsForTheFirstFunctionOnly() {
    let text = """
      typedef struct hf_a {
        /* [any] since 1.0. HF_OK. */
        int32_t (*HF_NONNULL one)(void *HF_NULLABLE self);
        int32_t (*HF_NONNULL two)(void *HF_NULLABLE self);
      } hf_a_t;
      """
    let faults = HeaderRuleTests.commentFaults(in: header(text))
    #expect(faults.count == 3 && faults.allSatisfy { $0.rule.hasPrefix("hf_a_t.two") })
  }

  @Test func typesOfNoFixedWidthAreFound() {
    let text = """
      typedef struct hf_a {
        long count;
        char *name;
        uint32_t init;
        const hf_str_t *HF_NULLABLE fine;
      } hf_a_t;
      """
    #expect(
      HeaderRuleTests.typeFaults(in: header(text)).map(\.rule) == [
        "count: long has no place in a public type", "name: a pointer without nullability",
        "init: is a keyword of Swift",
      ])
  }

  @Test func aMissingTailIsFound() {
    let none = header("typedef struct hf_a {\n  uint32_t size;\n} hf_a_t;")
    #expect(HeaderRuleTests.tailFaults(in: none).count == 1)
    let short = header("typedef struct hf_a {\n  uint64_t reserved[3];\n} hf_a_t;")
    #expect(HeaderRuleTests.tailFaults(in: short).count == 1)
    let table = table("[any]", "void (*HF_NONNULL f)(void); uint64_t reserved[4]")
    #expect(HeaderRuleTests.tailFaults(in: table).count == 1)
    let good = header("typedef struct hf_a {\n  uint64_t reserved[4];\n} hf_a_t;")
    #expect(HeaderRuleTests.tailFaults(in: good).isEmpty)
  }

  @Test func whatTheReaderDoesNotUnderstandIsAFault() {
    #expect(header("enum { HF_A, HF_B };").unread.count == 1)
    #expect(header("typedef struct hf_a { uint32_t a; } hf_b_t;").unread.count == 1)
    #expect(header("int hf_loose(void);").unread.count == 1)
  }

  @Test func constantsAreReadWithTheirValue() {
    let text = """
      #ifndef HOLDFAST_A_H
      #define HOLDFAST_A_H
      #define HF_A (-3)     /* why */
      #define HF_B "holdfast.b/1"
      #define HF_BEGIN extern "C" {
      #define HF_F(x) 1
      """
    #expect(
      header(text).constants == [
        .init(name: "HF_A", value: "(-3)"), .init(name: "HF_B", value: "\"holdfast.b/1\""),
      ])
  }
}
