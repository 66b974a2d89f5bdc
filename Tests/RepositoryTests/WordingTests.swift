import Testing

/// Words that must not stand in names, comments or code.
@Suite struct WordingTests {
  static func names(of path: String) -> [Violation] {
    path.split(separator: "/").compactMap { part in
      let name = part.split(separator: ".").first.map { $0.lowercased() } ?? ""
      guard ["utils", "util", "helpers", "helper", "common", "misc"].contains(name) else {
        return nil
      }
      return Violation(path: path, line: 1, rule: "\(part) says nothing about what it holds")
    }
  }

  /// Marks of work that was left undone, in code or comments; the insides of strings do not count.
  static func markers(in file: SourceFile) -> [Violation] {
    find(["FIXME", "TODO", "XXX", "HACK"], in: file, file.code, "is left over")
      + find(["FIXME", "TODO", "XXX", "HACK"], in: file, file.comments, "is left over")
  }

  /// Ways to wait for time to pass instead of for an event.
  static func naps(in file: SourceFile) -> [Violation] {
    let words: Set<String> = [
      "sleep", "usleep", "nanosleep", "clock_nanosleep", "sleepForTimeInterval",
    ]
    return find(words, in: file, file.code, "waits for time, not for an event")
  }

  /// Statements that the compiler is asked to believe carry their reason.
  static func unexplained(in file: SourceFile) -> [Violation] {
    file.code.enumerated().compactMap { index, line in
      let words = Token.all(of: [line]).map(\.text)
      guard
        zip(words, words.dropFirst()).contains(where: { $0 == ("@", "unchecked") })
          || words.starts(with: ["nonisolated", "(", "unsafe"])
          || line.contains("nonisolated(unsafe)")
      else { return nil }
      let before = index > 0 ? file.comments[index - 1] : ""
      guard !(file.comments[index] + before).contains("/") else { return nil }
      return Violation(path: file.path, line: index + 1, rule: "say what makes this safe")
    }
  }

  /// Modules that may hold unsafe pointers.
  private static let pointerModules = [
    "Sources/HoldfastPorts/", "Sources/HoldfastJournal/", "Sources/HoldfastThreads/",
    "Sources/HoldfastPlugin/", "Plugins/",
    "Tests/", "Benchmarks/",
  ]

  static func pointers(in file: SourceFile) -> [Violation] {
    guard file.language == .swift, !pointerModules.contains(where: file.path.hasPrefix) else {
      return []
    }
    return Token.all(of: file.code).filter { $0.text.contains("Unsafe") }.map {
      Violation(path: file.path, line: $0.line, rule: "\($0.text) belongs into HoldfastPorts")
    }
  }

  /// Addresses of other people's package registries, and of machines the project was written on.
  static func places(in text: String, path: String) -> [Violation] {
    let words = [
      "/wor" + "k/", "/roo" + "t/", "registry.npmjs" + ".org", "pypi" + ".org", "crates" + ".io",
      "proxy.golang" + ".org", "rubygems" + ".org", "repo.maven" + ".apache.org",
    ]
    var found: [Violation] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      for word in words where stands(word, in: line) {
        found.append(.init(path: path, line: index + 1, rule: "names \(word)"))
      }
    }
    return found
  }

  /// Whether the line holds the word from its beginning, not as the end of a longer path or name.
  private static func stands(_ word: String, in line: Substring) -> Bool {
    line.ranges(of: word).contains { range in
      let before = line[..<range.lowerBound].last
      return before.map { !($0.isLetter || $0.isNumber) } ?? true
    }
  }

  private static func find(
    _ words: Set<String>, in file: SourceFile, _ lines: [String], _ rule: String
  ) -> [Violation] {
    Token.all(of: lines).filter { words.contains($0.text) }.map {
      Violation(path: file.path, line: $0.line, rule: "\($0.text) \(rule)")
    }
  }

  @Test func noNameIsADrawerForEverything() {
    for path in Repository.files { report(Self.names(of: path)) }
  }

  @Test func nothingIsLeftOver() {
    for file in Repository.sources { report(Self.markers(in: file)) }
  }

  /// Fixtures are exempt: a plugin that is slow on purpose is what they are for.
  @Test func noTestSleeps() {
    for file in Repository.sources where file.isTest && !file.path.hasPrefix("Tests/Fixtures/") {
      report(Self.naps(in: file))
    }
  }

  @Test func whatTheCompilerCannotCheckIsExplained() {
    for file in Repository.sources where file.language == .swift {
      report(Self.unexplained(in: file))
    }
  }

  @Test func unsafePointersStayInTheirModules() {
    for file in Repository.sources { report(Self.pointers(in: file)) }
  }

  @Test func filesSpeakOfTheProjectAlone() {
    for path in Repository.files where path != "LICENSE" {
      report(Self.places(in: Repository.read(path), path: path))
    }
  }
}

/// Each check of words finds what it looks for, and no more.
@Suite struct WordingSampleTests {
  private func file(_ text: String, path: String = "Sources/A/A.swift") -> SourceFile {
    SourceFile(path: path, text: text, language: Language(path: path) ?? .c)
  }

  @Test func drawersAreFound() {
    #expect(WordingTests.names(of: "Sources/HoldfastCore/Utils.swift").count == 1)
    #expect(WordingTests.names(of: "Tests/Common/a.c").count == 1)
    #expect(WordingTests.names(of: "Sources/HoldfastCore/CommonPrefix.swift").isEmpty)
  }

  @Test func leftoversAreFoundOutsideStringsOnly() {
    let sample = file("// TODO: later\nlet a = \"XXX mkstemp TODO\" // FIXME\nlet todo = 1")
    #expect(WordingTests.markers(in: sample).map(\.line) == [1, 2])
  }

  @Test func napsAreFound() {
    let sample = file("try await Task.sleep(for: .seconds(1))\nusleep(5)\nlet sleeping = 1")
    #expect(WordingTests.naps(in: sample).map(\.line) == [1, 2])
    let c = file("void f(void) { nanosleep(&t, 0); }", path: "Tests/A/a.c")
    #expect(WordingTests.naps(in: c).count == 1)
  }

  @Test func unexplainedPromisesAreFound() {
    let sample = file(
      """
      // Guarded by the lock.
      final class A: @unchecked Sendable {}
      nonisolated(unsafe) var b = 1  // written before any thread starts

      final class C: @unchecked Sendable {}
      let text = "@unchecked Sendable"
      nonisolated(unsafe) static var d = 1
      """)
    #expect(WordingTests.unexplained(in: sample).map(\.line) == [5, 7])
  }

  @Test func pointersOutsideTheirModulesAreFound() {
    let text = "func f(_ p: UnsafePointer<Int>) { withUnsafeBytes(of: p) { _ in } } // Unsafe"
    #expect(WordingTests.pointers(in: file(text)).count == 2)
    #expect(WordingTests.pointers(in: file(text, path: "Sources/HoldfastPorts/A.swift")).isEmpty)
  }

  @Test func foreignPlacesAreFound() {
    let text = "see https://pypi" + ".org/x\nin /wor" + "k/here\n/var/lib/work/x is fine"
    #expect(WordingTests.places(in: text, path: "a").map(\.line) == [1, 2])
  }
}
