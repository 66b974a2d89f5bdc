extension Host {
  /// The truth at this moment, as far as the rules know it; the runtime adds process and files.
  public func status() -> HostStatus {
    var status = HostStatus()
    status.plugins = plugins.keys.sorted().compactMap { row(of: $0) }
    status.providers = providers.keys.sorted().compactMap { row(of: $0) }
    for place in places.values {
      status.runningTurns += place.lane.running == nil ? 0 : 1
      status.waitingMessages += place.lane.waiting.count
      if case .calling(let calls)? = place.lane.running?.stage {
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
    status.problems = problems()
    status.state = stopping != nil ? "stopping" : status.problems.isEmpty ? "running" : "degraded"
    return status
  }

  private func problems() -> [String] {
    var problems: [String] = []
    problems += [journalProblem, journalLogProblem].compactMap { $0 }
    for instance in plugins.keys.sorted() {
      guard let plugin = plugins[instance] else { continue }
      switch plugin.lifecycle.state {
      case .failed(let fault): problems.append(fault.description)
      case .wedged(let call, let since):
        let age = now.since(since).milliseconds / 1000
        problems.append("Plugin \(instance) has been stuck in \(call) for \(age) s.")
      case .disabled, .loading, .running, .stopping, .stopped: break
      }
    }
    for id in providers.keys.sorted() {
      if let problem = providers[id].flatMap({ alarm(of: $0) }) { problems.append(problem) }
    }
    return problems + missingMemory() + attentionProblems()
  }

  /// Turns that run without a memory they should have, or do not run for want of it. What is being
  /// loaded is not missing yet, unless turns wait for it.
  private func missingMemory() -> [String] {
    let isStrict = configuration.memory.strict
    return configuration.agents.flatMap { agent in
      missingMemory(of: agent.name).compactMap { missing in
        let plugin = plugins[missing]
        guard isStrict || plugin?.lifecycle.isSettled ?? true && plugin?.settings.enabled ?? true
        else { return nil }
        return isStrict
          ? "Agent \(agent.name) runs no turns while memory “\(missing)” is missing "
            + "(memory.strict)."
          : "Agent \(agent.name) runs turns without memory “\(missing)”, which is "
            + "\(plugins[missing]?.lifecycle.state.name ?? "not configured"); they are kept for it."
      }
    }
  }

  private func row(of instance: InstanceID) -> PluginStatusRow? {
    guard let plugin = plugins[instance] else { return nil }
    var row = PluginStatusRow()
    row.instance = instance.description
    row.plugin = plugin.settings.plugin
    row.state = plugin.lifecycle.state.name
    if case .failed(let fault) = plugin.lifecycle.state { row.detail = fault.description }
    if case .wedged(let call, _) = plugin.lifecycle.state { row.detail = "stuck in \(call)" }
    if row.detail.isEmpty { row.detail = plugin.health }
    let traits = plugin.lifecycle.traits
    if traits.isMemory { row.kinds.append("memory") }
    if traits.channel != nil { row.kinds.append("channel") }
    if traits.isModel { row.kinds.append("model") }
    if traits.hasTools { row.kinds.append("tools") }
    row.tools = toolRows(of: instance)
    row.calls = plugin.lifecycle.calls
    row.failures = plugin.lifecycle.failures
    row.timeouts = plugin.lifecycle.timeouts
    row.staleAnswers = plugin.lifecycle.staleAnswers
    row.latency = plugin.lifecycle.latency
    row.eventBacklog = UInt64(plugin.mailbox?.count ?? 0)
    row.outstanding = plugin.calls.taken
    row.waiting = plugin.calls.waiting
    return row
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

  private func row(of id: EnrolmentID) -> ProviderStatusRow? {
    guard let provider = providers[id], !provider.record.isDetached else { return nil }
    var row = ProviderStatusRow()
    row.enrolment = id.value
    row.backfill = backfills[id].map {
      Double($0.record.position) / Double(max(1, $0.record.bound))
    }
    row.backfilledTurns = provider.statistics.backfilledTurns
    row.instance = provider.record.instance.description
    row.agent = provider.record.agent
    row.destination = provider.record.destination
    row.state = state(of: provider)
    row.acknowledgedTurns = provider.statistics.acknowledgedTurns
    row.backlogTurns = UInt64(provider.sums.turns)
    row.backlogSessions = provider.sums.sessions
    row.owedWithdrawals = provider.sums.withdrawals
    row.parkedBatches = provider.sums.parked
    row.unknownBatches = provider.sums.unknown
    row.acknowledgedAgeMilliseconds =
      provider.statistics.acknowledgedAt.map { now.since($0).milliseconds }
    row.alarm = alarm(of: provider) ?? ""
    if provider.recallBreaker.isOpen(at: now) { row.recallState = "breaker open" }
    row.oldestAgeMilliseconds = provider.sums.oldest.map { now.since($0).milliseconds } ?? 0
    row.lastError = provider.statistics.lastError
    row.lastErrorAgeMilliseconds =
      provider.statistics.lastErrorAt.map { now.since($0).milliseconds } ?? 0
    row.recalls = provider.statistics.recalls
    row.recallHits = provider.statistics.recallHits
    row.recallMedianMilliseconds = Self.milliseconds(provider.statistics, 0.5)
    row.recallP99Milliseconds = Self.milliseconds(provider.statistics, 0.99)
    row.lateRecalls = provider.statistics.lateRecalls
    row.staleRecalls = provider.statistics.staleRecalls
    return row
  }

  private func state(of provider: Provider) -> String {
    if !provider.isReady { return "paused" }
    return provider.retainBreaker.isOpen(at: now) ? "breaker open" : "running"
  }

  private static func milliseconds(_ statistics: ProviderStatistics, _ share: Double) -> Double {
    Double(statistics.recallLatency.quantile(share) / 1000) / 1000
  }
}
