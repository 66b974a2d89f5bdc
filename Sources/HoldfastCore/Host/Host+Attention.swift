/// The heartbeat: says which sessions are at it for long, and asks for recovery where that is due.
extension Host {
  /// From so late a heartbeat on nothing is recovered: whoever woke late may have kept everybody
  /// else from working too.
  static let heartbeatTolerance = Duration.seconds(1)
  /// So many sessions are named in the log by one heartbeat; the others are counted.
  static let namedSessions = 50

  /// Looks at every session that is busy or that somebody waits for.
  mutating func heartbeat(lateBy lateness: Duration) {
    let isLate = lateness >= Self.heartbeatTolerance
    if isLate { missed += lateness.nanoseconds }
    compareLanes()
    let busy = watches.count
    note(.heartbeat) {
      $0.duration = lateness
      $0.count = busy
    }
    if isLate {
      log(
        .warning,
        "the heartbeat came \(lateness.milliseconds) ms late; nothing is recovered this time")
    }
    lookAtDue(isLate: isLate)
    tidyRecoveries()
  }

  /// Classifies and reports what is due of the busy places, and has recovered what may be. If that
  /// is more than a few, the rest follows once what has arrived meanwhile was handled.
  mutating func lookAtDue(isLate: Bool) {
    let due = duePlaces()
    var requests: [Recovery.Request] = []
    var count = 0
    for key in due.prefix(Self.looks) {
      guard let sight = sight(at: key) else {
        unwatch(key)
        continue
      }
      let attention = classifier.classify(sight.condition)
      report(sight, attention, &count)
      if let request = request(sight, attention), !isLate { requests.append(request) }
      let next = isLate ? fair : min(nextLook(sight, attention), reports[key]?.next ?? again)
      watches[key]?.lookAgain = next
    }
    if count > Self.namedSessions {
      log(.warning, "\(count - Self.namedSessions) more sessions need attention")
    }
    for request in requests { recover(request) }
    if due.count > Self.looks, !isLate { timers.add(.attention, at: now + .milliseconds(1)) }
  }

  /// Nothing can be said of a place without a session; of one that is not kept in mind any more,
  /// never again.
  private mutating func unwatch(_ key: SessionKey) {
    let again = again
    if places.contains(key) {
      watches[key]?.lookAgain = again
    } else {
      watches[key] = nil
      reports[key] = nil
    }
  }

  /// So many places are classified at a time.
  private static let looks = 256
  /// A look at a place that is due again at once would keep the rest from having their turn.
  private var again: Instant { fair + .seconds(1) }

  var classifier: AttentionClassifier {
    AttentionClassifier(thresholds: configuration.diagnostics.thresholds)
  }

  /// The busy places that are to be classified, at most one more than are looked at.
  private func duePlaces() -> [SessionKey] {
    let (fair, threshold) = (fair, configuration.diagnostics.stuckAfter.nanoseconds)
    var due: [SessionKey] = []
    for spot in watches.spots {
      guard let watch = watches[at: spot], fair >= watch.lookAgain,
        fair.since(watch.since).nanoseconds > threshold, let key = watches.key(at: spot)
      else { continue }
      due.append(key)
      if due.count > Self.looks { break }
    }
    return due
  }

  /// So many lanes are compared with their watches by one heartbeat.
  private static let comparedPlaces = 4096

  /// A lane whose change was not told of is found in the end, since nobody else would.
  private mutating func compareLanes() {
    let spots = places.spots
    if !spots.contains(compared) { compared = spots.lowerBound }
    let end = min(spots.upperBound, compared + Self.comparedPlaces)
    for spot in compared..<max(compared, end) {
      guard let key = places.key(at: spot),
        watches[key]?.state ?? .idle != places[key]?.laneState() ?? .idle
      else { continue }
      laneChanged(at: key)
    }
    compared = end
  }

  private mutating func report(
    _ sight: SessionSight, _ attention: Attention, _ count: inout Int
  ) {
    // What is at it for long without being stalled or stuck does not need a person any more.
    if attention.event == .longRunning { recoveries[sight.session]?.recovered() }
    let (fair, first) = (fair, configuration.diagnostics.stuckAfter)
    if reports[sight.key]?.isDue(attention, first: first, at: fair) == false { return }
    if reports[sight.key] == nil {
      reports[sight.key] = AttentionReport(attention, pause: first, at: fair)
    }
    note(attention.event.name) { event in
      event.session = sight.session
      event.instance = sight.call?.instance
      event.subject = sight.call?.word ?? ""
      event.outcome = attention.classification.rawValue
      event.reason = attention.reason
      event.duration = sight.age
      event.count = sight.condition.backlog
    }
    count += 1
    guard count <= Self.namedSessions else { return }
    log(
      .warning,
      "session \(sight.session) at \(sight.key) is \(attention.event.words) "
        + "(\(attention.reason)): \(sight.doing)")
  }

  /// What is asked of recovery, nil for nothing. A disk that is full, or does not answer, is
  /// nobody's fault here.
  private func request(
    _ sight: SessionSight, _ attention: Attention
  ) -> Recovery.Request? {
    let thresholds = configuration.diagnostics.thresholds
    guard stopping == nil, journalProblem == nil,
      !journal.isSilent(for: thresholds.stuckAfter, at: now)
    else { return nil }
    guard let mayAbort = thresholds.permission(for: attention, sight) else { return nil }
    if var recovery = recoveries[sight.session] {
      if recovery.flight != nil { return nil }
      if recovery.isForPerson, recovery.isExhausted(at: fair) { return nil }
    }
    return Recovery.Request(sight: sight, attention: attention, mayAbort: mayAbort)
  }

  /// Before that nothing about the session can become due, if it makes no progress meanwhile; if it
  /// does, later still.
  private func nextLook(_ sight: SessionSight, _ attention: Attention) -> Instant {
    let thresholds = configuration.diagnostics.thresholds
    if attention.isRecoverable { return again }
    if let left = thresholds.silenceLeft(for: attention, sight) { return max(again, fair + left) }
    // Silence makes it another row at either threshold.
    let silence = sight.condition.activity.progressAge ?? .zero
    let limit = silence > thresholds.stuckAfter ? thresholds.abortAfter : thresholds.stuckAfter
    return max(again, fair + (limit - silence))
  }
}

extension Attention.Event {
  /// The event of diagnostics.
  var name: DiagnosticEvent.Name {
    switch self {
    case .longRunning: .longRunning
    case .stalled: .stalled
    case .stuck: .stuck
    }
  }

  /// For people.
  var words: String {
    switch self {
    case .longRunning: "at work for long"
    case .stalled: "stalled"
    case .stuck: "stuck"
    }
  }
}
