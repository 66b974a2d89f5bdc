/// What the heartbeat keeps of a place that is busy: small, so that many are looked at fast.
/// Instants are those of the clock of ages.
struct AttentionWatch: Sendable {
  /// How the lane is.
  var state: Lane.State
  /// Since when it is so.
  var since: Instant
  /// Before that nothing is to be said or done, if the lane stays as it is.
  var lookAgain = Instant(nanoseconds: 0)
}

/// What was reported of a place last, and when the same may be reported again.
struct AttentionReport: Sendable {
  private var attention: Attention
  private(set) var next: Instant
  private var pause: Duration

  /// The first report.
  init(_ attention: Attention, pause: Duration, at now: Instant) {
    self.attention = attention
    self.pause = pause
    next = now + pause
  }

  /// Whether the condition is to be reported again: when it is another one, or after twice as long
  /// each time.
  mutating func isDue(_ attention: Attention, first: Duration, at now: Instant) -> Bool {
    if self.attention != attention {
      self = AttentionReport(attention, pause: first, at: now)
      return true
    }
    guard now >= next else { return false }
    pause = min(pause * 2, .seconds(86_400))
    next = now + pause
    return true
  }
}

extension Place {
  /// How its lane is; mutating so that the place is not copied for it.
  mutating func laneState() -> Lane.State { lane.state }
}
