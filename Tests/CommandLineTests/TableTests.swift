import Testing

@testable import holdfast

@Suite struct TableTests {
  private func sample() -> Table {
    var table = Table([
      .init(title: "NAME", minimum: 4), .init(title: "COUNT", isNumber: true),
      .init(title: "TEXT", minimum: 6),
    ])
    table.add(["notes", "7", "all is well with this one"])
    table.add(["日本語", "12345", "a\nb\tc\u{1B}[31m"])
    return table
  }

  @Test func cellsStandUnderTheirTitles() {
    #expect(
      sample().render(Terminal(width: nil))
        == """
        NAME    COUNT  TEXT
        notes       7  all is well with this one
        日本語  12345  a b c\u{FFFD}[31m
        """)
  }

  @Test func aNarrowTerminalCutsTheWidestCells() {
    let lines = sample().render(Terminal(width: 30)).split(separator: "\n")
    #expect(lines.allSatisfy { $0.displayWidth <= 30 })
    #expect(lines[1] == "notes       7  all is well wi…")
  }

  @Test func whatMayNotBeCutIsWhole() {
    let lines = sample().render(Terminal(width: 5)).split(separator: "\n")
    #expect(lines[1] == "not…      7  all i…")
  }

  @Test func columnsOfTheHighestRankMakeRoom() {
    var table = Table([
      .init(title: "NAME"), .init(title: "FIRST", rank: 1), .init(title: "LAST", rank: 2),
      .init(title: "WHY", isOmittedIfEmpty: true),
    ])
    table.add(["notes", "first", "last", ""])
    func titles(_ width: Int?) -> Substring? {
      table.render(Terminal(width: width)).split(separator: "\n").first
    }
    #expect(titles(nil) == "NAME   FIRST  LAST  WHY")
    #expect(titles(40) == "NAME   FIRST  LAST")
    #expect(titles(12) == "NAME   FIRST")
    #expect(titles(11) == "NAME")
  }

  @Test func proseBreaksBetweenWords() {
    let terminal = Terminal(width: 40)
    let text = "  one sentence that is longer than forty columns, and harmless\u{1B}[2J\nshort  one"
    #expect(
      terminal.prose(text, hanging: 4)
        == """
          one sentence that is longer than forty
            columns, and harmless\u{FFFD}[2J
        short  one
        """)
    #expect(Terminal(width: nil).prose(text) == text, "programs get what there is")
  }

  @Test(arguments: [(0, "0 turns"), (1, "1 turn"), (2, "2 turns")])
  func oneIsNotMany(number: Int, text: String) {
    #expect(Count.text(number, "turn") == text)
    #expect(Count.text(number, "batch", "batches") == "\(number) batch\(number == 1 ? "" : "es")")
  }

  @Test func colourIsForTerminalsAlone() {
    var table = Table([.init(title: "A")])
    table.add([.init(text: "bad", style: .red)])
    #expect(!table.render(Terminal(width: 80)).contains("\u{1B}"))
    #expect(table.render(Terminal(width: 80, hasColour: true)).contains("\u{1B}[31mbad\u{1B}[0m"))
  }

  @Test func widthsAreThoseOfATerminal() {
    #expect("abc".displayWidth == 3)
    #expect("é".displayWidth == 1)
    #expect("e\u{301}".displayWidth == 1)
    #expect("🪢日".displayWidth == 4)
    #expect("日本語".truncated(toWidth: 4) == "日…")
    #expect("abc".truncated(toWidth: 3) == "abc")
  }

  @Test(arguments: [
    (0, "0 ms"), (1999, "1999 ms"), (2000, "2 s"), (119_999, "119 s"), (120_000, "2 min"),
    (7_200_000, "2 h"), (172_800_000, "2 d"), (UInt64.max, "213503982334 d"),
  ])
  func agesKeepWhatMatters(milliseconds: UInt64, text: String) {
    #expect(Age.text(milliseconds: milliseconds) == text)
  }
}
