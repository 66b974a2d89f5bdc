import HoldfastConfiguration
import HoldfastCore
import Testing

struct RobustnessTests {
  /// Seeded, so that a failing case comes back.
  private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  private static let loader = ConfigurationLoader(environment: ["HINDSIGHT_API_KEY": "k"]) {
    _ throws(ConfigurationFileFailure) in throw ConfigurationFileFailure("no such file")
  }

  /// Whether it was taken at all; checks that what was refused was refused inside of the text.
  private static func survives(_ text: [UInt8], _ what: String) -> Bool {
    let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).count
    do throws(ConfigurationError) {
      let configuration = try loader.load(text, file: "holdfast.toml")
      #expect(!configuration.agents.isEmpty, "\(what)")
      for problem in configuration.problems {
        #expect((1...lines).contains(problem.position.line), "\(what): \(problem)")
        #expect(!problem.message.isEmpty, "\(what)")
      }
      return true
    } catch {
      #expect((1...lines).contains(error.position.line), "\(what): \(error)")
      #expect((1...200).contains(error.position.column), "\(what): \(error)")
      #expect(error.message.count > "this is not TOML: ".count, "\(what)")
      return false
    }
  }

  @Test func everyDeletionOfOneByteIsSurvived() {
    let example = Array(ConfigurationText.example.utf8)
    var taken = 0
    for index in example.indices {
      var text = example
      text.remove(at: index)
      if Self.survives(text, "without byte \(index)") { taken += 1 }
    }
    #expect(taken > 0 && taken < example.count)
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func anyReplacementOfOneByteIsSurvived(seed: UInt64) {
    var generator = Generator(state: seed)
    let example = Array(ConfigurationText.example.utf8)
    for round in 0..<2000 {
      var text = example
      let index = Int.random(in: text.indices, using: &generator)
      text[index] = UInt8.random(in: 0...255, using: &generator)
      _ = Self.survives(text, "seed \(seed), round \(round), byte \(index) = \(text[index])")
    }
  }

  @Test(arguments: [4, 5] as [UInt64])
  func pilesOfReplacementsAreSurvived(seed: UInt64) {
    var generator = Generator(state: seed)
    let marks = Array("[]{}\"'.=,#\n\\ -_0123truefalsenaninf:TZé".utf8)
    for round in 0..<1500 {
      var text = Array(ConfigurationText.example.utf8)
      for _ in 0..<Int.random(in: 2...40, using: &generator) {
        let index = Int.random(in: text.indices, using: &generator)
        text[index] = marks[Int.random(in: marks.indices, using: &generator)]
      }
      _ = Self.survives(text, "seed \(seed), round \(round)")
    }
  }

  @Test func bytesThatAreNoTextAreRefusedWithTheirPlace() {
    let text = Array("[host]\n# ä\nqueue_cap = \"".utf8) + [0xC3, 0x28] + Array("\"\n".utf8)
    let error = #expect(throws: ConfigurationError.self) {
      try Self.loader.load(text, file: "holdfast.toml")
    }
    #expect(error?.position.line == 3)
    #expect((13...16).contains(error?.position.column ?? 0))
  }

  /// Each breaks an assertion of the parser, which would end the process or be ignored.
  @Test(arguments: [("[=]", 2), ("[é.", 2), ("[[ \t#", 5), ("x = é", 5), ("é = 1", 1)])
  func textThatTheParserDoesNotExpectIsRefusedWithItsPlace(text: String, column: Int) {
    let error = #expect(throws: ConfigurationError.self) { try load("# ü\n\(text)\n[host]\n# é") }
    #expect(error?.position == .init(file: "holdfast.toml", line: 2, column: column))
  }

  @Test func byteOrderMarkIsIgnored() throws {
    let text = [0xEF, 0xBB, 0xBF] + Array("[host]\nqueue_cap = 3\n\(recall)".utf8)
    let configuration = try Self.loader.load(text, file: "holdfast.toml")
    #expect(configuration.problems == [])
    #expect(configuration.host.queueCap == 3)
    let error = #expect(throws: ConfigurationError.self) {
      try Self.loader.load([0xEF, 0xBB, 0xBF] + Array("[=".utf8), file: "holdfast.toml")
    }
    #expect(error?.position.column == 2)
  }

  @Test func windowsLineEndsAreAccepted() throws {
    let text = ConfigurationText.example.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(try load(text.joined(separator: "\r\n")).problems == [])
  }

  @Test func duplicateSectionIsRefusedWithItsPlace() {
    let error = #expect(throws: ConfigurationError.self) {
      try load("[plugins.a]\n[plugins.b]\n[plugins.a]\n")
    }
    #expect(error?.position.line == 3)
  }

  @Test func textThatIsTooLargeIsRefused() {
    let text = [UInt8](repeating: UInt8(ascii: "#"), count: ConfigurationLoader.maxFileBytes + 1)
    #expect(throws: ConfigurationError.self) { try Self.loader.load(text, file: "holdfast.toml") }
    #expect(throws: Never.self) {
      try Self.loader.load(Array(text.dropLast()), file: "holdfast.toml")
    }
  }

  @Test(arguments: ["[", "{a=", "a.", "a . ", "\"a\".", "[a.", "x = [{b.c."])
  func depthIsBounded(opening: String) {
    let text =
      (opening.hasPrefix("a") || opening.hasPrefix("\"") ? "" : "x = ")
      + String(repeating: opening, count: 1_000_000 / opening.utf8.count)
    #expect(throws: ConfigurationError.self) { try load(text) }
  }

  @Test(arguments: [("", " = 1"), ("[", "]"), ("x = {", " = 1}")])
  func wellFormedKeyOfAMegabyteIsRefused(before: String, after: String) {
    let key = String(repeating: "a.", count: 500_000) + "a"
    let error = #expect(throws: ConfigurationError.self) { try load("\n\(before)\(key)\(after)") }
    #expect(error?.position.line == 2)
  }

  @Test func tablesWithinTablesAreBoundedAltogether() throws {
    func nested(_ count: Int) -> String {
      (0..<count).reduce("1") { inner, _ in "{a.b.c.d.e = \(inner)}" }
    }
    #expect(try load("[plugins.recall]\nconfig.a = \(nested(5))").problems == [])
    let error = #expect(throws: ConfigurationError.self) {
      try load("[plugins.recall]\nconfig.a = \(nested(6))")
    }
    #expect(error?.description.hasSuffix("this is not TOML: more than 32 levels") == true)
    #expect(error?.position.line == 2)
  }

  @Test func dotsInStringsAndCommentsAreNoDepth() throws {
    let dots = String(repeating: ".", count: 1000)
    let strings = [
      "\"\(dots)\\\"\(dots)\"", "'\(dots)'", "\"\"\"\n\(dots)\"\"\"\"\"", "'''\n\(dots)\n'''",
    ]
    let text = strings.enumerated().map { "config.k\($0) = \($1) # \(dots)\n" }.joined()
    let configuration = try load("[plugins.recall]\n\(text)")
    #expect(configuration.problems == [])
    #expect(configuration.plugins.first?.config["k2"] == .string(dots + "\"\""))
  }

  @Test func keyAsDeepAsAllowedIsReadAndADeeperOneIsNot() throws {
    let deep = "plugins.recall.config." + Array(repeating: "a", count: 13).joined(separator: ".")
    #expect(try load("\(deep) = 1").problems == [])
    let error = #expect(throws: ConfigurationError.self) { try load("\n\(deep).a = 1") }
    #expect(error?.description.hasPrefix("holdfast.toml:2:1: error:") == true)
  }
}
