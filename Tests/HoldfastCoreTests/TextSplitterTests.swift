import HoldfastCore
import Testing

@Suite struct TextSplitterTests {
  private func limits(_ length: Int, _ unit: ChannelTraits.Unit = .characters) -> ChannelTraits {
    var traits = ChannelTraits()
    traits.maxLength = length
    traits.unit = unit
    return traits
  }

  @Test func aShortTextAndAnUnlimitedChannelLeaveOnePart() {
    #expect(TextSplitter.split("hello", limits: limits(5)) == ["hello"])
    #expect(TextSplitter.split("hello", limits: limits(0)) == ["hello"])
  }

  @Test func partsEndAtLinesThenAtWords() {
    #expect(TextSplitter.split("one two\nthree", limits: limits(9)) == ["one two\n", "three"])
    #expect(TextSplitter.split("one two three", limits: limits(9)) == ["one two ", "three"])
    #expect(TextSplitter.split("abcdefgh", limits: limits(3)) == ["abc", "def", "gh"])
  }

  @Test(arguments: [ChannelTraits.Unit.bytes, .characters, .utf16])
  func noPartIsLongerThanTheLimitAndNothingIsLost(_ unit: ChannelTraits.Unit) {
    let text = String(repeating: "naïve 日本語 🐈 word\n", count: 20)
    let parts = TextSplitter.split(text, limits: limits(31, unit))
    #expect(parts.allSatisfy { TextSplitter.size(of: $0, in: unit) <= 31 })
    #expect(parts.joined() == text)
  }

  @Test func aCharacterIsNeverCut() {
    let family = "👨‍👩‍👧‍👦"
    #expect(TextSplitter.split(family + family, limits: limits(3)) == [family, family])
  }

  @Test func aFenceIsClosedAndOpenedAgain() {
    let code = "```\n" + String(repeating: "line of code\n", count: 20) + "```"
    let parts = TextSplitter.split(code, limits: limits(80))
    #expect(parts.count > 2)
    for part in parts {
      #expect(part.split(separator: "\n").filter { $0.hasPrefix("```") }.count == 2, "\(part)")
      #expect(part.count <= 80)
    }
  }
}
