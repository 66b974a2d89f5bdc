/// When something began, by a clock that people set meanwhile: the same while nobody does, and
/// never later than now.
public struct StartTime: Sendable {
  private var known: WallTime
  /// Clocks that are adjusted differ by less.
  private static let tolerance: Int64 = 1000

  /// It begins now.
  public init(_ now: WallTime) { known = now }

  /// When it began, by the clock that shows `now` after that time.
  public mutating func wall(at now: WallTime, after age: Duration) -> WallTime {
    let counted = now.milliseconds - Int64(clamping: age.milliseconds)
    if abs(counted - known.milliseconds) > Self.tolerance { known.milliseconds = counted }
    return WallTime(milliseconds: min(known.milliseconds, now.milliseconds))
  }
}
