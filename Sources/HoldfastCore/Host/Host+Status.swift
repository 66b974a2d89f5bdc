extension Host {
  /// The truth at this moment, as far as the rules know it; the runtime adds process and files.
  public func status() -> HostStatus {
    var copy = self
    return copy.takeStatus()
  }

  /// The same. Mutating, as all that it asks, so that nothing is copied: with a thousand plugins
  /// that would keep others waiting for some milliseconds.
  mutating func takeStatus() -> HostStatus {
    var status = HostStatus()
    let instances = plugins.keys.sorted()
    status.plugins.reserveCapacity(instances.count)
    for instance in instances {
      guard var row = plugins[instance]?.statusRow(instance) else { continue }
      if plugins[instance]?.hasTools() ?? false { row.tools = toolRows(of: instance) }
      status.plugins.append(row)
    }
    var alarms: [String] = []
    status.providers.reserveCapacity(providers.count)
    for id in providers.keys.sorted() {
      guard var row = providers[id]?.statusRow(at: now) else { continue }
      if providers[id]?.owesSince(at: now, for: configuration.memory.alarmAfter) ?? false {
        row.alarm = providers[id].flatMap { alarm(of: $0) } ?? ""
        alarms.append(row.alarm)
      }
      if !backfills.isEmpty {
        row.backfill = backfills[id].map {
          Double($0.record.position) / Double(max(1, $0.record.bound))
        }
      }
      status.providers.append(row)
    }
    for spot in places.spots {
      guard places.key(at: spot) != nil else { continue }
      status.runningTurns += places[at: spot]?.lane.running == nil ? 0 : 1
      status.waitingMessages += places[at: spot]?.lane.waiting.count ?? 0
      if case .calling(let calls)? = places[at: spot]?.lane.running?.stage {
        status.runningTools += calls.count
      }
    }
    status.turnsWaitingForSlot = slots.waiting
    status.pendingReplies = deliveries.values.reduce(0) { $0 + $1.replies.count }
    status.inputsSetAside = inputsSetAside
    status.unknownReplies = unknownReplies
    status.attention = attentionRows()
    status.fencedWrites = fencing.refusals
    status.journalStalls = journalStalls
    status.lockHolds = lockTimes.heldFor
    status.problems = problems(of: instances, alarms)
    status.state = stopping != nil ? "stopping" : status.problems.isEmpty ? "running" : "degraded"
    return status
  }

  private mutating func problems(
    of instances: [InstanceID], _ alarms: [String]
  ) -> [String] {
    var problems: [String] = []
    problems += [journalProblem, journalLogProblem].compactMap { $0 }
    for instance in instances {
      switch plugins[instance]?.state() {
      case .failed(let fault): problems.append(fault.description)
      case .wedged(let call, let since):
        let age = now.since(since).milliseconds / 1000
        problems.append("Plugin \(instance) has been stuck in \(call) for \(age) s.")
      case .disabled, .loading, .running, .stopping, .stopped, nil: break
      }
    }
    return problems + alarms + missingMemory() + attentionProblems()
  }

  /// Turns that run without a memory they should have, or do not run for want of it. What is being
  /// loaded is not missing yet, unless turns wait for it.
  private mutating func missingMemory() -> [String] {
    let isStrict = configuration.memory.strict
    var sentences: [String] = []
    for agent in configuration.agents.indices {
      let name = configuration.agents[agent].name
      for missing in missing(configuration.agents[agent].memory, of: name) {
        let plugin = plugins[missing]
        guard isStrict || plugin?.lifecycle.isSettled ?? true && plugin?.settings.enabled ?? true
        else { continue }
        sentences.append(
          isStrict
            ? "Agent \(name) runs no turns while memory “\(missing)” is missing (memory.strict)."
            : "Agent \(name) runs turns without memory “\(missing)”, which is "
              + "\(plugin?.lifecycle.state.name ?? "not configured"); they are kept for it.")
      }
    }
    return sentences
  }

  private func toolRows(of instance: InstanceID) -> [ToolStatusRow] {
    let tools = plugins[instance]?.toolList.tools ?? []
    if tools.isEmpty { return [] }
    let leftOut = toolCatalog(of: instances).leftOut.filter { $0.instance == instance }
    return tools.map { tool in
      var row = ToolStatusRow()
      row.name = ToolCatalog.fullName(of: tool.name, in: instance)
      row.purpose = tool.purpose
      row.isReadOnly = tool.isReadOnly
      row.leftOut = leftOut.first { $0.name == tool.name }?.reason ?? ""
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
