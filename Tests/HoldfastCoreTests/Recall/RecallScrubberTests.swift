import HoldfastCore
import HoldfastSimulator
import Testing

/// Recalled blocks are taken out of a model's answer while it streams.
@Suite struct RecallScrubberTests {
  private func scrubbed(_ pieces: [some Sequence<UInt8>]) -> [UInt8] {
    var scrubber = RecallScrubber()
    var output: [UInt8] = []
    for piece in pieces { output += scrubber.feed(piece) }
    return output + scrubber.finish()
  }

  /// Cuts at each place whose bit is set.
  private func pieces(_ bytes: [UInt8], cuts: UInt64) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var start = 0
    for place in 1..<max(1, bytes.count) where cuts >> UInt64(place - 1) & 1 == 1 {
      pieces.append(bytes[start..<place])
      start = place
    }
    return pieces + [bytes[start...]]
  }

  private func randomPieces(_ bytes: [UInt8], _ random: inout Random) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      pieces.append(rest.prefix(1 + random.below(9)))
      rest = rest.dropFirst(pieces.last?.count ?? 0)
    }
    return pieces
  }

  /// Shreds of marks in many spellings, and what may stand between them.
  private static let shreds = [
    "<", ">", "/", "&", ";", "recalled", "-notes", "notes", "recalled-", "<recalled-notes>",
    "</recalled-notes>", "<Recalled-Notes>", "</RECALLED-NOTES>", "&lt;", "&gt;", "&#47;", "＜",
    "＞", "‹/", "\u{200B}", "é", "𝐫ecalled", " ", "\n", "x", "<recalled-notes id='1'>", "&l", "t;",
    "< / recalled \u{2013} notes >", "漢",
  ]

  private func text(_ random: inout Random, from shreds: [String], length: Int) -> String {
    (0..<length).map { _ in shreds[random.below(shreds.count)] }.joined()
  }

  @Test(arguments: [
    "a<recalled-notes>b</recalled-notes>c", "<recalled-<recalled-notes>notes>",
  ])
  func everyChunkingOfAShortTextGivesTheSame(_ text: String) {
    // A mark is 16 bytes long, so the places of all cuts are too many: all pairs and triples of
    // cuts, and all cuts within each window of nine bytes.
    let bytes = Array(text.utf8)
    let whole = scrubbed([bytes])
    for first in 0..<bytes.count {
      for second in first..<bytes.count {
        for third in second..<bytes.count {
          let parts = [
            bytes[..<first], bytes[first..<second], bytes[second..<third], bytes[third...],
          ]
          #expect(scrubbed(parts) == whole)
        }
      }
      for cuts in stride(from: UInt64(0), to: 256, by: 1) {
        let isSame = scrubbed(pieces(bytes, cuts: cuts << UInt64(first))) == whole
        if !isSame { Issue.record("\(text) cut by \(cuts) at \(first)") }
      }
    }
  }

  @Test(arguments: ["<é/>", "&lt;漢&#60", "‹\u{200B}/\u{200B}r", "<\u{1D42B}e<c"])
  func everyChunkingOfAFewCharactersGivesTheSame(_ text: String) {
    let bytes = Array(text.utf8)
    let whole = scrubbed([bytes])
    for cuts in 0..<UInt64(1) << UInt64(bytes.count - 1) {
      #expect(scrubbed(pieces(bytes, cuts: cuts)) == whole)
    }
  }

  @Test(arguments: 0..<50)
  func anyChunkingOfARandomTextGivesTheSameAndLeavesNoMark(_ seed: UInt64) {
    var random = Random(seed: seed)
    for _ in 0..<40 {
      let bytes = Array(text(&random, from: Self.shreds, length: 1 + random.below(40)).utf8)
      let whole = scrubbed([bytes])
      #expect(scrubbed(bytes.map { [$0] }) == whole)
      for _ in 0..<4 { #expect(scrubbed(randomPieces(bytes, &random)) == whole) }
      let left = String(decoding: whole, as: UTF8.self)
      #expect(String(validating: whole, as: UTF8.self) != nil)
      #expect(scrubbed([whole]) == whole, "what is left has a mark: \(left.debugDescription)")
      #expect(ScrubbingOracle.scrubbed(left) == left)
    }
  }

  @Test(arguments: 0..<50)
  func plainMarksAreTakenOutAsTheyAreMeantToBe(_ seed: UInt64) {
    let shreds = [
      "<recalled-notes>", "</recalled-notes>", "<recalled-", "notes>", "</Recalled-", "NOTES>",
      "<", ">", "x", "é",
    ]
    var random = Random(seed: seed)
    for _ in 0..<40 {
      let text = text(&random, from: shreds, length: 1 + random.below(14))
      let left = String(decoding: scrubbed(randomPieces(Array(text.utf8), &random)), as: UTF8.self)
      #expect(left == ScrubbingOracle.scrubbed(text), "\(text)")
      #expect(RecallBlock.stripped(text) == left)
    }
  }

  @Test(arguments: 0..<20)
  func bytesThatAreNoTextComeOutAsTheyCameIn(_ seed: UInt64) {
    var random = Random(seed: seed)
    for _ in 0..<100 {
      let bytes = (0..<1 + random.below(24)).map { _ in
        [UInt8(0x3C), 0x26, 0x61, 0x80, 0xC3, 0xE2, 0xED, 0xF0, 0xFF, 0xBC][random.below(10)]
      }
      var scrubber = RecallScrubber()
      let output = scrubber.feed(bytes) + scrubber.finish()
      #expect(output == bytes)
      #expect(scrubber.isWellFormed == (String(validating: bytes, as: UTF8.self) != nil))
    }
  }

  @Test func nothingIsHeldThatCannotBecomePartOfAMark() {
    var scrubber = RecallScrubber()
    func fed(_ text: String) -> String { String(decoding: scrubber.feed(text.utf8), as: UTF8.self) }
    #expect(fed("words and 2 ") == "words and 2 ")
    #expect(fed("<") == "")
    #expect(fed(" 3") == "< 3")
    #expect(fed("<rec") == "")
    #expect(fed("all") == "")
    #expect(fed(" me>") == "<recall me>")
    #expect(fed("&l") == "" && fed("e; é") == "&le; é")
    #expect(fed("<recalled-notes>") == "" && fed("a note") == "")
    #expect(fed("</recalled-notes> and") == " and")
    #expect(fed("</recalled-notes> so on") == " so on")
    #expect(scrubber.finish().isEmpty)
  }

  @Test func fillersWithoutEndDoNotHoldAnAnswerBack() {
    var scrubber = RecallScrubber()
    let spaces = String(repeating: " ", count: 100)
    #expect(scrubber.feed("<\(spaces)".utf8) == Array("<\(spaces)".utf8))
    let note = "<recalled-notes \(String(repeating: "x", count: 100))"
    #expect(scrubber.feed(note.utf8) == Array(note.utf8))
  }

  /// Were each mark looked for from the text's beginning, these would take hours.
  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      "<", "&lt;", "<recalled-", "<recalled-notes", "<recalled-notes></recalled-notes>",
    ])
  func aMebibyteOfMarksTakesNoLongerThanOneOfWords(_ shred: String) {
    let text = String(repeating: shred, count: (1 << 20) / shred.utf8.count)
    let left = RecallBlock.stripped(text)
    #expect(!left.contains("<recalled-notes>") && !left.contains("</recalled-notes>"))
  }

  @Test(.timeLimit(.minutes(1)))
  func marksThatEachCompleteAnotherTakeNoLonger() {
    let count = 40_000
    let text =
      String(repeating: "<recalled-", count: count) + "<recalled-notes>"
      + String(repeating: "notes>", count: count)
    #expect(RecallBlock.stripped(text).isEmpty)
    let closed = text + "secret</recalled-notes>"
    #expect(RecallBlock.stripped(closed).hasSuffix("<recalled-"))
  }
}
