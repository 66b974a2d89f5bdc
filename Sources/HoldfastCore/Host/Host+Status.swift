extension Host {
  /// Turns that run without a memory they should have, or do not run for want of it. What is being
  /// loaded is not missing yet, unless turns wait for it.
  mutating func missingMemory(ofAgent number: Int) -> [String] {
    let isStrict = configuration.memory.strict
    let name = configuration.agents[number].name
    var sentences: [String] = []
    for missing in missing(configuration.agents[number].memory, of: name) {
      let plugin = plugins[missing]
      guard isStrict || plugin?.lifecycle.isSettled ?? true && plugin?.settings.enabled ?? true
      else { continue }
      sentences.append(
        isStrict
          ? "Agent \(name) runs no turns while memory “\(missing)” is missing (memory.strict)."
          : "Agent \(name) runs turns without memory “\(missing)”, which is "
            + "\(plugin?.lifecycle.state.name ?? "not configured"); they are kept for it.")
    }
    return sentences
  }

  /// `leftOut` are the tools of all instances that no model is offered.
  func toolRows(
    of instance: InstanceID, _ leftOut: [(instance: InstanceID, name: String, reason: String)]
  ) -> [ToolStatusRow] {
    (plugins[instance]?.toolList.tools ?? []).map { tool in
      var row = ToolStatusRow()
      row.name = ToolCatalog.fullName(of: tool.name, in: instance)
      row.purpose = tool.purpose
      row.isReadOnly = tool.isReadOnly
      row.leftOut =
        leftOut.first { $0.instance == instance && $0.name == tool.name }?.reason ?? ""
      return row
    }
  }
}

extension Plugin {
  mutating func state() -> PluginLifecycle.State { lifecycle.state }

  mutating func hasTools() -> Bool { !toolList.tools.isEmpty }

  /// All but its tools.
  mutating func statusRow(_ instance: InstanceID) -> PluginStatusRow {
    var row = PluginStatusRow()
    row.instance = instance.description
    row.plugin = settings.plugin
    row.state = lifecycle.state.name
    switch lifecycle.state {
    case .failed(let fault): row.detail = fault.description
    case .wedged(let call, _): row.detail = "stuck in \(call)"
    default: break
    }
    if row.detail.isEmpty { row.detail = health }
    let traits = lifecycle.traits
    if traits.isMemory { row.kinds.append("memory") }
    if traits.channel != nil { row.kinds.append("channel") }
    if traits.isModel { row.kinds.append("model") }
    if traits.hasTools { row.kinds.append("tools") }
    row.calls = lifecycle.calls
    row.failures = lifecycle.failures
    row.timeouts = lifecycle.timeouts
    row.staleAnswers = lifecycle.staleAnswers
    row.latency = lifecycle.latency
    row.eventBacklog = UInt64(mailbox?.count ?? 0)
    row.outstanding = calls.taken
    row.waiting = calls.waiting
    return row
  }
}

extension Provider {
  /// Whether something has been owed for so long.
  mutating func owesSince(at now: Instant, for limit: Duration) -> Bool {
    guard let oldest = sums.oldest, !record.isDetached else { return false }
    return now.since(oldest) >= limit
  }

  /// All but its alarm and its backfill; nil once it is written off.
  mutating func statusRow(at now: Instant) -> ProviderStatusRow? {
    guard !record.isDetached else { return nil }
    var row = ProviderStatusRow()
    row.enrolment = record.id.value
    row.backfilledTurns = statistics.backfilledTurns
    row.instance = record.instance.description
    row.agent = record.agent
    row.destination = record.destination
    row.state =
      !isReady ? "paused" : retainBreaker.isOpen(at: now) ? "breaker open" : "running"
    row.acknowledgedTurns = statistics.acknowledgedTurns
    row.backlogTurns = UInt64(sums.turns)
    row.backlogSessions = sums.sessions
    row.owedWithdrawals = sums.withdrawals
    row.parkedBatches = sums.parked
    row.unknownBatches = sums.unknown
    row.acknowledgedAgeMilliseconds = statistics.acknowledgedAt.map { now.since($0).milliseconds }
    if recallBreaker.isOpen(at: now) { row.recallState = "breaker open" }
    row.oldestAgeMilliseconds = sums.oldest.map { now.since($0).milliseconds } ?? 0
    row.lastError = statistics.lastError
    row.lastErrorAgeMilliseconds = statistics.lastErrorAt.map { now.since($0).milliseconds } ?? 0
    row.recalls = statistics.recalls
    row.recallHits = statistics.recallHits
    row.recallMedianMilliseconds = milliseconds(0.5)
    row.recallP99Milliseconds = milliseconds(0.99)
    row.lateRecalls = statistics.lateRecalls
    row.staleRecalls = statistics.staleRecalls
    return row
  }

  private mutating func milliseconds(_ share: Double) -> Double {
    Double(statistics.recallLatency.quantile(share) / 1000) / 1000
  }
}

extension HostStatus {
  /// For a person in a chat.
  var text: String {
    let broken = plugins.filter { $0.state != "running" && $0.state != "disabled" }
    var lines = ["The host is \(state)."]
    lines += problems
    lines += broken.map { "\($0.instance) is \($0.state): \($0.detail)" }
    return lines.joined(separator: "\n")
  }

  /// The same about memory.
  var memoryText: String {
    if providers.isEmpty { return "No memory provider has ever been loaded." }
    return providers.map { row in
      "\(row.instance): \(row.acknowledgedTurns) turns acknowledged since the start, "
        + "\(row.backlogTurns) owed, \(row.parkedBatches) batches parked"
        + (row.lastError.isEmpty ? "" : "; last error: \(row.lastError)")
    }.joined(separator: "\n")
  }
}
