/// What diagnostics is told of lanes, turns and the calls that are made for them.
extension Host {
  // MARK: Lanes

  /// Tells of a lane's state if it is another than before.
  mutating func noteState(at key: SessionKey) {
    guard let state = places[key]?.lane.state, state != places[key]?.notedState else { return }
    places[key]?.notedState = state
    note(.sessionState, at: key) { $0.subject = state.rawValue }
  }

  mutating func noteEnqueued(at key: SessionKey) {
    note(.queueEnqueued, at: key)
    noteState(at: key)
  }

  mutating func noteDequeued(_ entry: Lane.Waiting, at key: SessionKey) {
    let waited = Duration.nanoseconds(Int64(now.since(entry.since).nanoseconds))
    note(.queueDequeued, at: key) { $0.duration = waited }
  }

  private mutating func note(
    _ name: DiagnosticEvent.Name, at key: SessionKey,
    _ fill: (inout DiagnosticEvent) -> Void = { _ in }
  ) {
    let session = places[key]?.session?.id
    let count = places[key]?.lane.waiting.count
    note(name) { event in
      event.session = session
      event.count = count
      fill(&event)
    }
  }

  // MARK: Turns

  mutating func noteBeginning(of turn: Turn, at key: SessionKey) {
    note(.turnStarted) { event in
      event.session = turn.session.id
      event.count = turn.inputs.count
    }
    noteState(at: key)
  }

  mutating func noteEnd(of turn: Turn, _ outcome: String, at key: SessionKey) {
    let took = Duration.nanoseconds(Int64(now.since(turn.began).nanoseconds))
    note(.turnCompleted) { event in
      event.session = turn.session.id
      event.count = turn.inputs.count
      event.outcome = outcome
      event.duration = took
    }
    noteState(at: key)
  }

  // MARK: Calls

  /// A plugin is called; of interest if it is a model or a tool.
  mutating func noteCall(_ id: OperationID) {
    guard let operation = operations[id] else { return }
    switch operation.purpose {
    case .respond, .summarise: note(.modelStarted, of: operation)
    case .tool: note(.toolStarted, of: operation)
    default: break
    }
  }

  mutating func noteEnd(of operation: Operation, _ status: PluginStatus) {
    let outcome: String
    switch status {
    case .ok, .duplicate: outcome = "ok"
    case .timeout: outcome = "timeout"
    case .crashed: outcome = "crashed"
    case .cancelled: outcome = "cancelled"
    default: outcome = status.isFailure ? "failed" : "ok"
    }
    noteEnd(of: operation, outcome)
  }

  mutating func noteEnd(of operation: Operation, _ outcome: String) {
    switch operation.purpose {
    case .respond, .summarise: note(.modelEnded, of: operation, outcome)
    case .tool: note(.toolEnded, of: operation, outcome)
    default: break
    }
  }

  private mutating func note(
    _ name: DiagnosticEvent.Name, of operation: Operation, _ outcome: String = ""
  ) {
    let session: SessionID?
    switch operation.purpose {
    case .respond(let key, _), .summarise(let key): session = places[key]?.session?.id
    case .tool(let slot, _): session = places[slot.key]?.session?.id
    default: session = nil
    }
    let took = Duration.nanoseconds(Int64(now.since(operation.began).nanoseconds))
    note(name) { event in
      event.session = session
      event.instance = operation.instance
      event.subject = operation.name
      event.outcome = outcome
      if !outcome.isEmpty { event.duration = took }
    }
  }
}
