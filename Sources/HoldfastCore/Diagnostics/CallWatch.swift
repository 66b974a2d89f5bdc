/// What a thread does with its time while it is in a call.
public enum CallActivity: String, Codable, Sendable {
  /// Not watched for long enough to tell.
  case unknown
  /// It uses the processor.
  case spinning
  /// It waits for something: a lock, the network, the time.
  case blocked
}

/// Tells by the processor time of a plugin's thread whether its call computes or waits.
public struct CallWatch: Sendable, Equatable {
  private struct Mark: Sendable, Equatable {
    var at: Instant
    var cpu: Duration
  }

  /// A thread that got so large a share of a core, in hundredths, computes. Small, since on a
  /// loaded machine it gets little of what it asks for.
  private static let share: UInt64 = 5
  /// Marks are so far apart: what is judged is the time since the last but one.
  private static let interval = Duration.seconds(1)
  /// Nothing is judged by less.
  private static let shortest = Duration.milliseconds(100)

  private var began: Instant?
  private var former: Mark?
  private var latest: Mark?

  /// Of a thread that is in no call.
  public init() {}

  /// Looks at the thread; `began` tells its call from others, nil: it is in none. `cpu` is the
  /// processor time of the thread so far.
  public mutating func look(callSince began: Instant?, cpu: Duration, at now: Instant)
    -> CallActivity
  {
    let mark = Mark(at: now, cpu: cpu)
    guard began != nil, began == self.began, let latest else {
      self.began = began
      former = nil
      latest = mark
      return .unknown
    }
    let base = former ?? latest
    if now.since(latest.at) >= Self.interval {
      former = latest
      self.latest = mark
    }
    let time = now.since(base.at).nanoseconds
    guard time >= Self.shortest.nanoseconds else { return .unknown }
    let used = cpu > base.cpu ? (cpu - base.cpu).nanoseconds : 0
    return used * 100 >= time * Self.share ? .spinning : .blocked
  }
}

/// Processor time of something over the last minute, as a share of one core.
public struct UsageWindow: Sendable, Equatable {
  private static let spacing = Duration.seconds(5)
  private static let length = Duration.seconds(60)
  private var marks: [(at: Instant, cpu: Duration)] = []

  /// Of something that was not looked at.
  public init() {}

  /// Notes the processor time so far, which is asked for every few seconds only.
  public mutating func look(cpu: @autoclosure () -> Duration, at now: Instant) {
    if let last = marks.last, now.since(last.at) < Self.spacing { return }
    marks.append((now, cpu()))
    while marks.count > 1, now.since(marks[1].at) >= Self.length { marks.removeFirst() }
  }

  /// Hundredths of a core since the oldest look within the minute, 0 without any.
  public func percent(cpu: Duration, at now: Instant) -> Double {
    guard let first = marks.first, now > first.at, cpu > first.cpu else { return 0 }
    let used = (cpu - first.cpu).nanoseconds
    return Double(used) / Double(now.since(first.at).nanoseconds) * 100
  }

  /// Whether both hold the same.
  public static func == (left: UsageWindow, right: UsageWindow) -> Bool {
    left.marks.elementsEqual(right.marks) { $0.at == $1.at && $0.cpu == $1.cpu }
  }
}
