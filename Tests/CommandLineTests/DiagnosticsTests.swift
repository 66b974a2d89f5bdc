import FoundationEssentials
import HoldfastCore
import Testing

/// `holdfast diagnostics`
@Suite struct DiagnosticsTests {
  private static var cases: [UInt8] {
    let path = #filePath.split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 }
    return FileManager.default.contents(atPath: path + "/Vectors/classifier.json").map(Array.init)
      ?? []
  }

  @Test func everyKeptCaseIsClassifiedAsExpected() throws {
    guard case .array(let cases) = try JSON(Self.cases) else {
      Issue.record("the kept cases are no list")
      return
    }
    let result = try Program().run(["diagnostics", "classify"], input: Self.cases)
    #expect(result.status == 0 && result.errors == "" && cases.count == 51)
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == cases.count)
    for (line, entry) in zip(lines, cases) {
      guard case .object(let fields) = entry else { continue }
      #expect(try JSON(Array(line.utf8)) == fields["expected"], "\(fields["id"] ?? .null)")
    }
  }

  @Test func aProfileMayBeNamed() throws {
    let silent = """
      {"input":{"activity":{"work_kind":"model_call","run_owner_alive":true,
      "progress_age_ms":130000}}}
      """
    let program = try Program()
    for (profile, event) in [("pr_87028", "stalled"), ("current", "long_running")] {
      let words = ["diagnostics", "classify", "--profile", profile]
      let result = try program.run(words, input: Array((silent + silent).utf8))
      #expect(result.status == 0)
      #expect(result.output.split(separator: "\n").count == 2)
      #expect(result.output.contains(#""event":"session.\#(event)""#))
    }
  }

  @Test func whatIsNoCaseIsToldWithItsPlace() throws {
    let program = try Program()
    for (words, input, text) in [
      ([], "[{}]", "case 1: input is missing"), ([], "[1,", "no JSON at byte 3"),
      (["--profile", "old"], "[]", "pr_87028, june_2026, current, not \"old\""),
      ([], "\u{1}", "no JSON at byte 0"),
    ] {
      let result = try program.run(["diagnostics", "classify"] + words, input: Array(input.utf8))
      #expect(result.status == 2 && result.output == "", "\(input)")
      #expect(result.errors.contains(text), "\(result.errors)")
    }
  }
}
