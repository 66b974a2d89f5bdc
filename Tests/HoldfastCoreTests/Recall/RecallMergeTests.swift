import HoldfastCore
import Testing

/// Which memories of several providers go into one prompt.
@Suite struct RecallMergeTests {
  private func offer(
    _ provider: String, _ priority: Int, _ texts: (String, Double)...
  ) -> RecallMerge.Offer {
    RecallMerge.Offer(
      provider: InstanceID(provider), priority: priority,
      items: texts.map { RecallItem(text: $0.0, score: $0.1, scope: Scope("a")) })
  }

  private func merge(
    _ offers: RecallMerge.Offer..., characters: Int = 1000, items: Int = 10
  ) -> RecallMerge {
    RecallMerge(offers, maxCharacters: characters, maxItems: items)
  }

  @Test func theBestOfEachComesFirst() {
    let merge = merge(offer("a", 0, ("low", 1), ("high", 9)), offer("b", 0, ("other", 2)))
    #expect(merge.used.map(\.text) == ["high", "other", "low"])
    #expect(merge.used.map { $0.provider?.description } == ["a", "b", "a"])
    #expect(merge.verdicts == [[.used(3), .used(1)], [.used(2)]])
  }

  @Test func aHigherPriorityIsAllBeforeALowerOne() {
    let merge = merge(offer("a", -1, ("one", 9)), offer("b", 3, ("two", 1), ("three", 2)))
    #expect(merge.used.map(\.text) == ["three", "two", "one"])
  }

  @Test func whatIsSaidTwiceIsUsedOnce() {
    let merge = merge(
      offer("a", 1, ("user: my cat is called Miso", 5)),
      offer("b", 0, ("User: my cat is called  Miso.", 5), ("another", 1)))
    #expect(merge.verdicts == [[.used(1)], [.duplicate(of: InstanceID("a")), .used(2)]])
  }

  @Test func whatWasCutShortIsTheSame() {
    let whole = "user: the harbour master closes the gate at nine in the evening"
    let merge = merge(offer("a", 1, (whole, 5)), offer("b", 0, (String(whole.prefix(40)), 5)))
    #expect(merge.verdicts[1] == [.duplicate(of: InstanceID("a"))])
    let short = self.merge(offer("a", 1, ("user: ann", 5)), offer("b", 0, ("user: anna", 5)))
    #expect(short.used.count == 2, "a short beginning in common is none")
  }

  @Test func differentSignsAreDifferentMemories() {
    let merge = merge(offer("a", 0, ("我的猫", 5), ("我的狗", 4), ("🐈", 3), ("🐕", 2)))
    #expect(merge.used.count == 4)
  }

  @Test func whatDoesNotFitIsLeftOutAndSmallerOnesAreNot() {
    let merge = merge(
      offer("a", 0, ("12345", 5), ("1234567", 4), ("abc", 3), ("", 2), ("d", 1)), characters: 9,
      items: 2)
    #expect(merge.used.map(\.text) == ["12345", "abc"])
    #expect(merge.verdicts == [[.used(1), .noRoom(4), .used(2), .empty, .tooMany]])
  }
}
