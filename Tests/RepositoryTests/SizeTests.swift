import Testing

/// The limits that keep every file readable in one sitting.
@Suite struct SizeTests {
  static func violations(in file: SourceFile) -> [Violation] {
    let limit = file.isTest ? 600 : file.isHeader ? 200 : 400
    var found: [Violation] = []
    if file.lines.count > limit {
      found.append(.init(path: file.path, line: limit + 1, rule: "longer than \(limit) lines"))
    }
    for (index, line) in file.lines.enumerated() where line.unicodeScalars.count > 100 {
      found.append(.init(path: file.path, line: index + 1, rule: "wider than 100 columns"))
    }
    for function in Function.all(in: file) {
      if function.length > 60 {
        let rule = "\(function.name) has \(function.length) lines; 60 is the limit"
        found.append(.init(path: file.path, line: function.line, rule: rule))
      }
      if function.parameters > 6 {
        let rule = "\(function.name) has \(function.parameters) parameters; make it a struct"
        found.append(.init(path: file.path, line: function.line, rule: rule))
      }
    }
    return found
  }

  @Test func everySourceFileKeepsTheLimits() {
    #expect(Repository.sources.count > 20)
    for file in Repository.sources { report(Self.violations(in: file)) }
  }

  @Test func theReadmeIsShort() {
    let lines = Repository.read("README.md").split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count <= 201, "README.md has \(lines.count) lines; 200 is the limit")
  }

  @Test func aLongFileIsFound() {
    let text = String(repeating: "let a = 1\n", count: 401)
    let sample = SourceFile(path: "Sources/A.swift", text: text, language: .swift)
    #expect(Self.violations(in: sample).map(\.rule) == ["longer than 400 lines"])
    let header = SourceFile(path: "include/a.h", text: text, language: .c)
    #expect(Self.violations(in: header).map(\.rule) == ["longer than 200 lines"])
    let test = SourceFile(path: "Tests/ATests.swift", text: text, language: .swift)
    #expect(Self.violations(in: test).isEmpty)
  }

  @Test func aLongFunctionAndAWideLineAreFound() {
    let body = String(repeating: "  call()\n", count: 60)
    let wide = "// " + String(repeating: "ü", count: 98) + "\n"
    let text = "func long() {\n\(body)}\n\(wide)"
    let sample = SourceFile(path: "Sources/A.swift", text: text, language: .swift)
    #expect(
      Self.violations(in: sample) == [
        .init(path: "Sources/A.swift", line: 63, rule: "wider than 100 columns"),
        .init(path: "Sources/A.swift", line: 1, rule: "long has 62 lines; 60 is the limit"),
      ])
  }
}

/// Records each violation as a failure of its own.
func report(_ violations: [Violation]) {
  for violation in violations { Issue.record("\(violation)") }
}
