/// How long one executor lets whoever hands it work wait: over the last minute and since the start.
public struct DelayMeter: Sendable, Equatable {
  private var window = LatencyWindow()
  private var total = LatencyHistogram()

  /// A meter that has seen nothing.
  public init() {}

  /// A probe that is sent `every` so often came to its turn after `delay`, at `now`.
  ///
  /// Probes that would have been sent meanwhile were not, since one was out: they would have waited
  /// for the rest of the time. They count, or one long stop would be one value among thousands.
  public mutating func record(_ delay: Duration, every: Duration, at now: Instant) {
    let step = max(1_000_000, every.nanoseconds)
    var rest = delay.nanoseconds
    for _ in 0..<Self.most {
      total.record(rest)
      window.record(rest, in: Self.second(of: now))
      if rest <= step { return }
      rest -= step
    }
  }

  /// Work that is there has waited so long.
  public mutating func record(waiting age: Duration, at now: Instant) {
    total.record(age.nanoseconds)
    window.record(age.nanoseconds, in: Self.second(of: now))
  }

  /// What was seen within the last minute, with a probe that has been out for `outstanding`.
  public func lastMinute(
    at now: Instant, outstanding: Duration? = nil, every: Duration = ProbePace.busy
  ) -> DelayFigures {
    figures(window.histogram(at: Self.second(of: now)), outstanding, every)
  }

  /// What was seen since the start.
  public func sinceStart(
    outstanding: Duration? = nil, every: Duration = ProbePace.busy
  ) -> DelayFigures {
    figures(total, outstanding, every)
  }

  private func figures(
    _ histogram: LatencyHistogram, _ outstanding: Duration?, _ every: Duration
  ) -> DelayFigures {
    guard let outstanding, outstanding > every else { return DelayFigures(histogram) }
    var sum = histogram
    let step = max(1_000_000, every.nanoseconds)
    var rest = outstanding.nanoseconds
    for _ in 0..<Self.most {
      sum.record(rest)
      if rest <= step { break }
      rest -= step
    }
    return DelayFigures(sum)
  }

  /// One stop counts as so many values at most: a minute's.
  private static let most = 6000

  private static func second(of now: Instant) -> UInt64 { now.nanoseconds / 1_000_000_000 }
}

/// When the next probes are due.
public struct ProbePace: Sendable, Equatable {
  /// Between two probes while there is work.
  public static let busy = Duration.milliseconds(10)
  /// Between two probes while there is none.
  public static let idle = Duration.seconds(1)
  /// So long after the last work it still counts as there: a conversation has pauses.
  public static let settling = Duration.milliseconds(50)

  private var lastWork: Instant?

  /// Of a host that has done nothing.
  public init() {}

  /// How long to wait before the next probes.
  public mutating func wait(isBusy: Bool, at now: Instant) -> Duration {
    if isBusy { lastWork = now }
    guard let lastWork, now.since(lastWork) < Self.settling else { return Self.idle }
    return Self.busy
  }
}

/// Whose turn it is to be woken for a probe while there is nothing to do: one after the other,
/// since waking all of them would be most of what an idle host does.
public struct ProbeRota: Sendable, Equatable {
  private var last = -1

  /// Begins with the first.
  public init() {}

  /// The place of the next among so many, nil if there are none.
  public mutating func next(of count: Int) -> Int? {
    guard count > 0 else { return nil }
    last = (last + 1) % count
    return last
  }
}

/// Which of many are looked at now: so many at a time, one after the other, since a look at a
/// thousand every 10 ms would take half a core.
public struct ProbeShare: Sendable, Equatable {
  /// At a time. A thousand have had their turn after 0.3 s of looks every 10 ms.
  public static let most = 32

  private var first = 0

  /// Begins with the first.
  public init() {}

  /// The places of the next ones among so many; all if there are few.
  public mutating func next(of count: Int) -> [Int] {
    guard count > Self.most else { return Array(0..<count) }
    let places = (0..<Self.most).map { (first + $0) % count }
    first = (first + Self.most) % count
    return places
  }
}
