public import HoldfastCore

/// What the world knows of sessions that do not go on, apart from the host.
public struct AttentionWorld: Sendable {
  /// What diagnostics was told of heartbeats, attention and recovery, in order.
  public var events: [DiagnosticEvent] = []
  /// Cancelled calls of these hold their thread until they are let go.
  public var holding: Set<InstanceID> = []
  /// Calls that plugins report progress of, every so often.
  public var progressEvery: Duration?
  var kept: [(instance: InstanceID, id: OperationID)] = []
  /// When something last came of each session's turn.
  var progress: [SessionID: Instant] = [:]
  var attempts: [SessionID: [Instant]] = [:]
  var tokens: UInt64 = 0
  /// How late the heartbeat was that is being handled, whatever the host is told.
  var lateness = Duration.zero

  init() {}
}

extension World {
  /// A heartbeat.
  public func beat(lateBy lateness: Duration = .zero) { give(.heartbeat(lateBy: lateness)) }

  /// Lets time pass, with a heartbeat every 30 s.
  public func advanceBeating(by duration: Duration) {
    let end = now + duration
    while now + .seconds(30) <= end {
      advance(by: .seconds(30))
      beat()
    }
    advance(by: end.since(now))
  }

  /// A plugin takes up work for a session alone; returns its token.
  @discardableResult
  public func takeUp(_ kind: ActivityKind, for session: SessionID, of name: String) -> UInt64 {
    attention.tokens += 1
    var start = ActivityStart(token: attention.tokens, kind: kind, name: "work")
    start.session = session
    give(.plugin(InstanceID(name), .activity(.began(start))))
    return attention.tokens
  }

  /// Calls whose threads were held return.
  public func letReturn(_ name: String) {
    let id = InstanceID(name)
    attention.holding.remove(id)
    let kept = attention.kept.filter { $0.instance == id }
    attention.kept.removeAll { $0.instance == id }
    for call in kept { report(id, .returned(call.id), after: .zero) }
  }

  /// What became of attempts to recover sessions, in order: outcome and reason.
  public var recoveries: [String] {
    attention.events.filter { $0.name == .recoveryCompleted }.map { "\($0.outcome) \($0.reason)" }
  }

  func diagnosed(_ event: DiagnosticEvent) {
    switch event.name {
    case .heartbeat, .longRunning, .stalled, .stuck, .recoveryRequested, .recoveryCompleted:
      attention.events.append(event)
    default: break
    }
  }

  /// A call that takes long shows progress meanwhile, if calls do that at all.
  func reportProgress(of flight: Flight, for duration: Duration) {
    guard let pause = attention.progressEvery, pause > .zero, flight.isTurns else { return }
    for count in 1..<max(1, Int(duration / pause)) {
      schedule(after: pause * count, life: life) { world in
        guard let known = world.flights[flight.id], !known.isCancelled, !known.isAnswered else {
          return
        }
        world.give(.plugin(flight.instance, .progress(flight.id)))
      }
    }
  }

  // MARK: What must hold

  /// Before the host hears of it: whether something came of a session's turn.
  func noteProgress(_ input: HostInput) {
    guard case .plugin(_, let report) = input else { return }
    switch report {
    case .progress(let id), .answered(let id, _, _):
      guard let flight = flights[id], flight.isTurns, !flight.isCancelled else { return }
      noteProgress(of: flight.context.session)
    default: break
    }
  }

  func noteProgress(of session: SessionID?) {
    if let session { attention.progress[session] = now }
  }

  /// What a heartbeat, or what follows from one, may not do.
  func checkRecovery(behind input: HostInput, _ effects: [HostEffect]) {
    var ends: [DiagnosticEvent] = []
    for case .diagnostic(let event) in effects {
      if event.name == .recoveryRequested { checkRequest(event, behind: input) }
      if event.name == .recoveryCompleted { ends.append(event) }
    }
    if ends.isEmpty { return }
    var interrupted: [SessionID] = []
    for case .commit(let transaction) in effects {
      for case .settleInput(let id, .interrupted) in transaction.operations {
        if let input = submitted.journal.inputs[id] { interrupted.append(input.session) }
      }
    }
    for event in ends { checkEnd(event, interrupted) }
  }

  private func checkRequest(_ event: DiagnosticEvent, behind input: HostInput) {
    if case .heartbeat = input, attention.lateness >= .seconds(1) {
      fail(.lateBeat, "a heartbeat that was late recovers \(event.session?.description ?? "")")
    }
  }

  private func checkEnd(_ event: DiagnosticEvent, _ interrupted: [SessionID]) {
    guard let session = event.session else { return }
    switch event.outcome {
    case "cancelled", "fenced":
      let last = attention.progress[session] ?? Instant(nanoseconds: 0)
      if now.since(last) < configuration.diagnostics.stuckAfter {
        fail(
          .progressIsSafe,
          "a turn of \(session) is aborted \(now.since(last).milliseconds) ms after its progress")
      }
    case "released", "noop", "skipped", "ineffective":
      if interrupted.contains(session) {
        fail(.progressIsSafe, "\(event.outcome): and a turn of \(session) was interrupted")
      }
    default: break
    }
    if event.outcome == "skipped" { return }
    attention.attempts[session, default: []].append(now)
    attention.attempts[session]?.removeAll { now.since($0) >= Recovery.period }
    let count = attention.attempts[session]?.count ?? 0
    if count > Recovery.maxAttempts {
      fail(.bounded, "\(count) attempts to recover \(session) within an hour")
    }
  }
}

extension Flight {
  /// Whether it is a call that a turn waits for.
  var isTurns: Bool {
    switch call {
    case .respond(let request): request.purpose == .answer
    case .callTool: true
    default: false
    }
  }
}
