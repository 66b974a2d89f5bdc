import Testing

/// The tables of behaviours in `docs/TESTING.md`: each row is shown by tests that exist, and those
/// of sessions and memory twice.
@Suite struct RowTableTests {
  private static let heading = "## Each row twice"
  private static let others = "## Each row of diagnostics and locks"

  /// Names of test functions in a folder.
  private static func tests(in folder: String) -> Set<String> {
    var names: Set<String> = []
    for path in Repository.files where path.hasPrefix(folder) && path.hasSuffix("Tests.swift") {
      for line in Repository.read(path).split(separator: "\n") {
        guard let start = line.firstRange(of: "func ")?.upperBound,
          let end = line[start...].firstIndex(of: "(")
        else { continue }
        names.insert(String(line[start..<end]))
      }
    }
    return names
  }

  /// What is between backquotes.
  private static func quoted(_ cell: Substring) -> [String] {
    cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }
  }

  /// What tests a column may name.
  private typealias Column = (known: Set<String>, place: String)

  /// Rows of the table below a heading that lack a test or name one that does not exist, and how
  /// many rows there are. The first column says what happens, the others name tests.
  private static func check(
    _ text: String, below heading: String, columns: [Column]
  ) -> (violations: [Violation], rows: Int) {
    var violations: [Violation] = []
    var rows = 0
    var isInside = false
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      if line.hasPrefix("#") { isInside = line == heading }
      guard isInside, line.hasPrefix("|"), !line.hasPrefix("| ---"), !line.hasPrefix("| What")
      else { continue }
      rows += 1
      let cells = line.split(separator: "|", omittingEmptySubsequences: false)
      func complain(_ rule: String) {
        violations.append(Violation(path: "docs/TESTING.md", line: index + 1, rule: rule))
      }
      guard cells.count == columns.count + 3 else {
        complain("a row has \(columns.count + 1) columns")
        continue
      }
      for (cell, (known, place)) in zip(cells[2...], columns) {
        let names = quoted(cell)
        if names.isEmpty { complain("no test shows this with \(place)") }
        for name in names where !known.contains(name) {
          complain("there is no test \(name) of \(place)")
        }
      }
    }
    return (violations, rows)
  }

  @Test func everyRowIsShownByTestsThatExist() {
    let text = Repository.read("docs/TESTING.md")
    let twice = Self.check(
      text, below: Self.heading,
      columns: [
        (Self.tests(in: "Tests/HoldfastCoreTests/"), "the rules"),
        (Self.tests(in: "Tests/EndToEndTests/"), "the host"),
      ])
    let others = Self.check(
      text, below: Self.others, columns: [(Self.tests(in: "Tests/"), "anything")])
    for violation in twice.violations + others.violations { Issue.record("\(violation)") }
    #expect(twice.rows >= 40 && others.rows >= 13, "a table is gone")
  }

  @Test func rowsWithoutTheirTestsAreFound() {
    let text = """
      \(Self.heading)
      | What | Rules | Host |
      | --- | --- | --- |
      | good | `a` | `b` `c` |
      | wrong name | `x` | `b` |
      | no test | `a` | by hand |
      | a column short | `a` |
      ## Else
      | not of the table | |
      """
    let found = Self.check(
      text, below: Self.heading, columns: [(["a"], "the rules"), (["b", "c"], "the host")])
    #expect(found.rows == 4)
    #expect(found.violations.map(\.line) == [5, 6, 7])
  }

  @Test func everyFaultOfAPeerHasItsTwoTests() {
    let ids = (1...14).map { "R\($0)" } + ["R3b", "R4b"]
    for folder in ["HoldfastCoreTests", "EndToEndTests"] {
      let text = Repository.read("Tests/\(folder)/PeerFaultTests.swift")
      for id in ids where !text.contains("\"\(id): ") {
        Issue.record("Tests/\(folder)/PeerFaultTests.swift has no test \(id)")
      }
    }
  }
}
