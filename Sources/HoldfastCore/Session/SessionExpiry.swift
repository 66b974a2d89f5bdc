/// When a conversation is over by itself, so that the next message begins a new one.
public struct SessionExpiry: Sendable, Equatable {
  /// After so long without a word; nil: never.
  public var idle: Duration?
  /// Every day at this time of the place where the host runs; nil: never.
  public var daily: TimeOfDay?

  /// Never.
  public init() {}

  /// Whether a conversation in which something happened last at `last` is over at `now`. Both are
  /// what the wall clock showed, since hosts come and go and machines sleep meanwhile; `offset` is
  /// by how many milliseconds the local time is ahead of UTC at a given time.
  public func isOver(
    since last: WallTime, at now: WallTime, offset: (WallTime) -> Int64
  ) -> Bool {
    if let idle, now.milliseconds - last.milliseconds >= idle.milliseconds { return true }
    guard let daily else { return false }
    let here = offset(now)
    let (time, day) = (now.milliseconds + here, 86_400_000 as Int64)
    let sinceMidnight = ((time % day) + day) % day
    var end = time - sinceMidnight + Int64(daily.minutes) * 60_000
    if end > time { end -= day }
    // The clocks may have changed since.
    let then = offset(WallTime(milliseconds: end - here))
    return last.milliseconds < end - then
  }
}

/// A time of day, to the minute.
public struct TimeOfDay: Sendable, Hashable, CustomStringConvertible {
  /// Since midnight.
  public let minutes: Int

  /// As in `04:00`; nil if it is not written so.
  public init?(_ text: String) {
    let digits = text.utf8.split(separator: 0x3A, omittingEmptySubsequences: false)
    guard digits.count == 2, digits.allSatisfy({ $0.count == 2 && $0.allSatisfy(Self.isDigit) }),
      let hour = Int(Substring(digits[0])), let minute = Int(Substring(digits[1])), hour < 24,
      minute < 60
    else { return nil }
    minutes = hour * 60 + minute
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  /// `04:00`.
  public var description: String {
    let parts = [minutes / 60, minutes % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
    return parts.joined(separator: ":")
  }
}
