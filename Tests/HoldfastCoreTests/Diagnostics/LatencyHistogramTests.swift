import Testing

@testable import HoldfastCore

@Suite struct LatencyHistogramTests {
  /// Times of many sizes that follow from a seed, in nanoseconds.
  private func values(_ count: Int, seed: UInt64) -> [UInt64] {
    var random = IdentitySource(seed: seed)
    return (0..<count).map { _ in random.next() >> (23 + random.next() % 34) }
  }

  private func exact(_ share: Double, ofAscending values: [UInt64]) -> UInt64 {
    let rank = max(1, Int((share * Double(values.count)).rounded(.up)))
    return values[rank - 1]
  }

  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
  func aQuantileIsAtMostASixteenthTooLargeAndNeverTooSmall(seed: UInt64) {
    let values = values(5000, seed: seed).sorted()
    var histogram = LatencyHistogram()
    for value in values { histogram.record(value) }
    for share in [0.0, 0.01, 0.5, 0.9, 0.99, 0.999, 1] {
      let exact = exact(share, ofAscending: values)
      let found = histogram.quantile(share)
      #expect(found >= exact, "share \(share)")
      #expect(found <= exact + exact / 16 + 1024, "share \(share)")
    }
    #expect(histogram.largest == values.max())
    #expect(histogram.quantile(1) == values.max())
    #expect(histogram.count == 5000)
  }

  @Test func everyClassEndsWhereTheNextBegins() {
    for index in 0..<(LatencyHistogram.classes - 1) {
      let end = LatencyHistogram.end(of: index)
      #expect(LatencyHistogram.index(of: end) == index)
      #expect(LatencyHistogram.index(of: end + 1) == index + 1)
    }
    #expect(LatencyHistogram.index(of: 0) == 0)
    #expect(LatencyHistogram.index(of: .max) == LatencyHistogram.classes - 1)
  }

  @Test func twoThatAreMergedAreAsOneOfAllValues() {
    let (first, second) = (values(700, seed: 8), values(900, seed: 9))
    var whole = LatencyHistogram()
    for value in first + second { whole.record(value) }
    var left = LatencyHistogram()
    var right = LatencyHistogram()
    for value in first { left.record(value) }
    for value in second { right.record(value) }
    left.merge(right)
    left.merge(LatencyHistogram())
    #expect(left == whole)
  }

  @Test func nothingHasNoQuantiles() {
    let none = LatencyHistogram()
    #expect(none.quantile(0.5) == 0 && none.largest == 0 && none.count == 0)
    #expect(DelayFigures(none) == DelayFigures())
  }

  @Test func aWindowForgetsSecondBySecond() {
    var window = LatencyWindow()
    for second in 0..<200 as Range<UInt64> {
      window.record((second + 1) * 1_000_000, in: second)
      window.record(2_000, in: second)
    }
    let histogram = window.histogram(at: 199)
    #expect(histogram.count == 120)
    #expect(histogram.largest == 200_000_000)
    #expect(histogram.quantile(0.5) <= 3_000)
    let half = histogram.quantile(0.75)
    #expect(half >= 170_000_000 && half <= 182_000_000)
    #expect(window.histogram(at: 229).count == 60)
    #expect(window.histogram(at: 259).count == 0)
    window.record(5_000, in: 400)
    #expect(window.histogram(at: 400).count == 1)
  }
}
