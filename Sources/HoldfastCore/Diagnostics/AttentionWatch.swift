/// What the heartbeat keeps of a place: since when its lane is as it is, and what was reported.
/// Instants are those of the clock of ages.
struct AttentionWatch: Sendable {
  /// What a look at a place says.
  enum Look: Sendable {
    /// Nothing runs and nobody waits.
    case idle
    /// There is nothing to be said or done yet.
    case busy
    /// It is to be classified.
    case due
  }

  /// How the lane was when somebody last looked.
  var state = Lane.State.idle
  /// Since when it is so.
  var since = Instant(nanoseconds: 0)
  /// The lane's generation at the last classification.
  private var generation: UInt64 = 0
  /// Before that nothing is to be said or done, if the lane stays as it is.
  private var lookAgain = Instant(nanoseconds: 0)
  /// What was reported last, and when the same may be reported again.
  private(set) var reported: Attention?
  private var nextReport = Instant(nanoseconds: 0)
  private var pause = Duration.zero

  /// A lane that is idle.
  init() {}

  /// The lane's state has changed if it differs from what it was.
  mutating func note(_ lane: Lane, at now: Instant) {
    let state = lane.state
    guard state != self.state else { return }
    self = AttentionWatch()
    self.state = state
    since = now
  }

  /// Whether the place is to be classified: it has been busy for longer than `threshold`.
  mutating func look(at lane: Lane, now: Instant, threshold: UInt64) -> Look {
    note(lane, at: now)
    if state == .idle { return .idle }
    if now.since(since).nanoseconds <= threshold { return .busy }
    return generation == lane.generation && now < lookAgain ? .busy : .due
  }

  /// Whether the condition is to be reported: when it is new, after `first`, and then after twice
  /// as long each time.
  mutating func isReportDue(_ attention: Attention, first: Duration, at now: Instant) -> Bool {
    if reported == attention {
      guard now >= nextReport else { return false }
      pause = min(pause * 2, .seconds(86_400))
    } else {
      reported = attention
      pause = first
    }
    nextReport = now + pause
    return true
  }

  /// Nothing is to be looked at before `instant`, unless something is to be reported first or the
  /// lane changes.
  mutating func rest(until instant: Instant, _ lane: Lane) {
    generation = lane.generation
    lookAgain = min(instant, nextReport)
  }
}

extension Place {
  /// To be called after anything that may have changed the lane's state.
  mutating func noteLane(at now: Instant) { watch.note(lane, at: now) }

  /// Whether the place is to be classified.
  mutating func look(at now: Instant, threshold: UInt64) -> AttentionWatch.Look {
    watch.look(at: lane, now: now, threshold: threshold)
  }

  mutating func isReportDue(_ attention: Attention, first: Duration, at now: Instant) -> Bool {
    watch.isReportDue(attention, first: first, at: now)
  }

  mutating func rest(until instant: Instant) { watch.rest(until: instant, lane) }
}
