extension Backlog {
  /// What a backlog is looked at with.
  struct Occasion {
    /// Turns above it wait for a switch to be heard of.
    var gate: TurnIndex?
    /// A batch may be cut if one is due.
    var mayCut: Bool
    /// The provider cannot take turns back.
    var mustWaive = false
    /// Turns that make a batch.
    var everyTurns = 1
    /// Most turns of a batch.
    var maxTurns = 1
    var now: Instant
    var wall: WallTime
  }

  /// What came of it.
  struct Review {
    /// A batch that was cut: a row, which is sent once it is synced.
    var cut: CutRecord?
    /// The row of the arrears, if the batch took some of them.
    var arrears: JournalOperation?
    /// Rows of withdrawals that nobody will be asked for.
    var waived: [JournalOperation] = []
    /// The cursor's row.
    var cursor: JournalOperation?
    /// When to look again, nil if that was said before.
    var wake: Instant?
    /// Something can be sent.
    var hasStep: Bool
    /// Nothing here is worth remembering.
    var isSettled: Bool
  }

  /// Cuts what is due, and says what is to be written and when to look again.
  mutating func review(_ occasion: Occasion, numbers: inout Numbering) -> Review {
    gate = occasion.gate
    let hadOwed = !owed.isEmpty
    let hadArrears = arrears
    var made: CutRecord?
    if occasion.mayCut, isCutDue(every: occasion.everyTurns, at: occasion.now) {
      made = makeCut(
        limit: occasion.maxTurns, numbers: &numbers, at: occasion.now, wall: occasion.wall)
    }
    let waived = occasion.mustWaive && hadOwed ? waiveWithdrawals() : []
    let cursor = cursorChange()
    let left =
      arrears == hadArrears ? nil : JournalOperation.setArrears(enrolment, session.id, arrears)
    return Review(
      cut: made, arrears: left, waived: waived, cursor: cursor, wake: newWake(at: occasion.now),
      hasStep: hasStep(at: occasion.now), isSettled: isSettled)
  }

  private mutating func newWake(at now: Instant) -> Instant? {
    guard let wake = nextWake, wake > now else { return nil }
    if let watchedUntil, watchedUntil > now, watchedUntil <= wake { return nil }
    watchedUntil = wake
    return wake
  }
}
