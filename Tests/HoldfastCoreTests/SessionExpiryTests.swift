import HoldfastCore
import Testing

/// When a conversation is over by itself.
@Suite struct SessionExpiryTests {
  private static let hour: Int64 = 3_600_000
  private static let day = 24 * hour
  /// 2026-11-30 00:00 UTC.
  private static let midnight: Int64 = 1_795_996_800_000

  private func isOver(
    _ expiry: SessionExpiry, since last: Int64, at now: Int64, offset: Int64 = 0
  ) -> Bool {
    expiry.isOver(
      since: WallTime(milliseconds: last), at: WallTime(milliseconds: now)
    ) { _ in offset }
  }

  @Test func neverUnlessItIsSaid() {
    #expect(!isOver(SessionExpiry(), since: 0, at: Self.midnight))
  }

  @Test func afterSilence() {
    var expiry = SessionExpiry()
    expiry.idle = .seconds(3600)
    #expect(!isOver(expiry, since: 5, at: 5 + Self.hour - 1))
    #expect(isOver(expiry, since: 5, at: 5 + Self.hour))
    #expect(!isOver(expiry, since: 5, at: 1), "the clock went back")
  }

  /// Hours since midnight UTC of the last word and of now, and by how many the place is ahead.
  @Test(arguments: [
    (3, 5, 0, true), (3, 3.5, 0, false), (4, 5, 0, false), (-21, 3, 0, true), (-19, 3, 0, false),
    // 04:00 there is 22:30 of the day before in UTC.
    (-2, -1, 5.5, true), (-1, 3, 5.5, false), (-48, -1, 5.5, true),
    // 04:00 there is 12:00 in UTC.
    (11, 13, -8, true), (3, 5, -8, false), (13, 14, -8, false),
  ])
  func atATimeOfDay(last: Double, now: Double, ahead: Double, expected: Bool) {
    var expiry = SessionExpiry()
    expiry.daily = TimeOfDay("04:00")
    let hour = Double(Self.hour)
    let result = isOver(
      expiry, since: Self.midnight + Int64(last * hour), at: Self.midnight + Int64(now * hour),
      offset: Int64(ahead * hour))
    #expect(result == expected)
  }

  /// Where the clocks are put back at 03:00, the hour before 04:00 is longer by one.
  @Test func acrossAChangeOfTheClocks() {
    var expiry = SessionExpiry()
    expiry.daily = TimeOfDay("04:00")
    let change = Self.midnight + Self.hour
    let offset: @Sendable (WallTime) -> Int64 = {
      $0.milliseconds < change ? 2 * Self.hour : Self.hour
    }
    let end = WallTime(milliseconds: Self.midnight + 3 * Self.hour)
    let (before, behind) = (
      WallTime(milliseconds: end.milliseconds - 1), WallTime(milliseconds: end.milliseconds + 1)
    )
    let isOver = { expiry.isOver(since: $0, at: $1, offset: offset) }
    #expect(isOver(before, behind))
    #expect(!isOver(end, behind))
    #expect(!isOver(WallTime(milliseconds: change), before))
  }

  @Test func timesAreWrittenAsPeopleDo() {
    #expect(TimeOfDay("00:00")?.minutes == 0)
    #expect(TimeOfDay("23:59")?.description == "23:59")
    for text in ["", "4:00", "24:00", "12:60", "12:0a", "1200", "12:00:00", "+1:00", "٠٤:٠٠"] {
      #expect(TimeOfDay(text) == nil, "\(text)")
    }
  }
}
