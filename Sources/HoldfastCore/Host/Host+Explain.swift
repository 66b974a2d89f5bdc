/// Why a session is considered to be what it is.
extension Host {
  /// The command line asks about one session.
  mutating func explain(_ session: SessionID, _ request: RequestID) {
    if let key = key(of: session), let explanation = explanation(at: key) {
      effects.append(.answer(request, .explanation(explanation)))
    } else {
      _ = ask(.session(session), for: .explain(request, session))
    }
  }

  /// A session that is not in memory has nothing to do.
  mutating func explain(
    _ id: SessionID, _ session: SessionRecord?, boundTo holder: SessionKey?, _ request: RequestID
  ) {
    guard let session, !session.isDeleted else {
      effects.append(
        .answer(
          request, .refused("There is no session \(id); `holdfast sessions list` shows them.")))
      return
    }
    var explanation = SessionExplanation()
    explanation.session = id.description
    explanation.place = (holder ?? session.key).description
    explanation.state = Lane.State.idle.rawValue
    explanation.next = "Nothing: nobody waits."
    explanation.sentence =
      holder == nil
      ? "Session \(id) is idle: it is current at no place, and nothing waits."
      : "Session \(id) is idle: nothing waits."
    effects.append(.answer(request, .explanation(explanation)))
  }

  private func explanation(at key: SessionKey) -> SessionExplanation? {
    guard let sight = sight(at: key) else { return nil }
    var explanation = SessionExplanation(sight)
    let recovery = recoveries[sight.session]
    explanation.attempts = recovery?.attempts.count ?? 0
    explanation.isLeftToPerson = recovery?.isForPerson ?? false
    let name = "Session \(sight.session) at \(key)"
    guard sight.condition.state != .idle || sight.condition.backlog > 0 else {
      explanation.next = "Nothing: nobody waits."
      explanation.sentence = "\(name) is idle: \(sight.doing)."
      return explanation
    }
    let (row, attention) = classifier.match(sight.condition)
    explanation.row = row
    explanation.reason = attention.reason
    let limit = configuration.diagnostics.stuckAfter
    guard sight.stateAge > limit else {
      explanation.next = "It is looked at once it has been so for \(limit.inWords)."
      explanation.sentence =
        "\(name) has been \(explanation.state) for \(sight.stateAge.inWords): \(sight.doing)."
      return explanation
    }
    explanation.needsAttention = true
    explanation.event = attention.event.rawValue
    explanation.classification = attention.classification.rawValue
    explanation.next = next(sight, attention)
    explanation.sentence =
      "\(name) is \(attention.event.words) (row \(row), \(attention.reason)): it has been "
      + "\(explanation.state) for \(sight.stateAge.inWords); \(sight.doing)."
    return explanation
  }

  /// What will be done, and when.
  private func next(_ sight: SessionSight, _ attention: Attention) -> String {
    let settings = configuration.diagnostics
    if let flight = recoveries[sight.session]?.flight {
      let left = flight.began + settings.cancelWait
      return "Its calls were cancelled \(now.since(flight.began).inWords) ago; what has not "
        + "returned in \(left.since(now).inWords) is cut off."
    }
    if recoveries[sight.session]?.isForPerson ?? false {
      return "Nothing: \(Recovery.maxAttempts) attempts within an hour are used up, and a person "
        + "is needed."
    }
    if journalProblem != nil { return "Nothing, as long as the journal cannot be written." }
    if attention.isRecoverable {
      return "The next heartbeat, every \(settings.heartbeatInterval.inWords), begins the next "
        + "message; nothing is aborted."
    }
    guard sight.condition.activity.work != nil, !sight.condition.isPersonAwaited,
      !sight.condition.isProviderRetryOpen
    else { return "Nothing, as long as what it waits for was said to be waited for." }
    let thresholds = settings.thresholds
    let left = thresholds.silenceLeft(for: attention, sight) ?? thresholds.silenceLeft(of: sight)
    let when =
      left == .zero ? "With the next heartbeat" : "Without any more progress in \(left.inWords)"
    return "\(when) its calls are cancelled; what has not returned "
      + "\(settings.cancelWait.inWords) later is cut off."
  }

  // MARK: status

  /// So many sessions are listed.
  static let listedSessions = 100

  /// What is said of a session that needs attention now; nil if it needs none.
  func attentionRow(at key: SessionKey) -> AttentionStatusRow? {
    guard let sight = sight(at: key), sight.stateAge > configuration.diagnostics.stuckAfter else {
      return nil
    }
    var row = AttentionStatusRow(sight, classifier.classify(sight.condition))
    row.attempts = recoveries[sight.session]?.attempts.count ?? 0
    row.isLeftToPerson = recoveries[sight.session]?.isForPerson ?? false
    return row
  }

  /// Sessions that are left to a person.
  func attentionProblems() -> [String] {
    recoveries.filter { $0.value.isForPerson }.sorted { $0.key < $1.key }
      .map { personNeeded($0.key, at: $0.value.key) }
  }
}
