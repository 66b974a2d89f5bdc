import HoldfastCore
import Testing

/// When figures began to be counted, whatever people do to the clock.
@Suite struct StartTimeTests {
  private func wall(_ milliseconds: Int64) -> WallTime { WallTime(milliseconds: milliseconds) }

  @Test func whileNobodySetsTheClockItStaysTheSame() {
    var start = StartTime(wall(1_000_000))
    for second in 1...100 as ClosedRange<Int64> {
      let drift = second * 3
      let found = start.wall(at: wall(1_000_000 + second * 1000 + drift), after: .seconds(second))
      #expect(found == wall(1_000_000))
    }
  }

  @Test(arguments: [-3_600_000, 3_600_000] as [Int64])
  func aClockThatIsSetMovesIt(by step: Int64) {
    var start = StartTime(wall(10_000_000))
    let found = start.wall(at: wall(10_060_000 + step), after: .seconds(60))
    #expect(found == wall(10_000_000 + step))
    let later = start.wall(at: wall(10_120_005 + step), after: .seconds(120))
    #expect(later == found)
  }

  @Test func itIsNeverStillToCome() {
    var start = StartTime(wall(1_000_000))
    #expect(start.wall(at: wall(999_500), after: .milliseconds(100)) == wall(999_500))
  }
}
