/// Stops asking somebody who keeps failing: opens after `threshold` failures in a row, for `pause`;
/// then one call is let through, and its outcome decides.
public struct Breaker: Sendable, Equatable {
  /// Failures in a row that open it.
  public static let threshold = 5
  /// How long it stays open.
  public static let pause = Duration.seconds(120)

  private var failures = 0
  /// When calls are let through again, nil while they are.
  public private(set) var reopening: Instant?

  /// A closed breaker.
  public init() {}

  /// Whether no call is let through.
  public func isOpen(at now: Instant) -> Bool { reopening.map { now < $0 } ?? false }

  /// Whether it was open and the next outcome decides.
  public var isOnTrial: Bool { reopening != nil }

  /// A call goes out. One on trial keeps the others back until its outcome, or for another pause.
  public mutating func called(at now: Instant) {
    if reopening != nil { reopening = now + Self.pause }
  }

  /// A call went well.
  public mutating func succeeded() {
    failures = 0
    reopening = nil
  }

  /// A call failed or passed its deadline.
  public mutating func failed(at now: Instant) {
    failures += 1
    if failures >= Self.threshold { reopening = now + Self.pause }
  }
}
