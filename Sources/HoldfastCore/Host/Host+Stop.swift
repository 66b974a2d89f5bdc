extension Host {
  /// An orderly stop, in timed steps within one budget: nothing new is accepted; running turns end
  /// or wait for the next start; what is owed is offered once more; plugins are destroyed.
  mutating func beginStop() {
    guard stopping == nil else { return }
    let budget = configuration.host.shutdownTimeout
    stopping = Stopping(deadline: now + budget)
    log(.info, "stopping")
    timers.add(.stopTurns, at: now + share(of: budget, 40))
    timers.add(.stopFlush, at: now + share(of: budget, 75))
    timers.add(.stopFarewell, at: now + share(of: budget, 80))
    timers.add(.stopPlugins, at: now + budget)
    checkStop()
  }

  private func share(of budget: Duration, _ percent: UInt64) -> Duration {
    .nanoseconds(Int64(budget.nanoseconds / 100 * percent))
  }

  /// Takes the next step when the one before has come to its end.
  mutating func checkStop() {
    guard let phase = stopping?.phase else { return }
    switch phase {
    case .turns where places.values.allSatisfy { $0.lane.running == nil }: endTurns()
    case .flush where isFlushed: endFlush()
    case .farewell where plugins.values.allSatisfy { $0.mailbox?.isHandled ?? true }: endFarewell()
    case .plugins where plugins.values.allSatisfy { isGone($0) }: endStop()
    default: break
    }
  }

  mutating func stopExpired(_ timer: Timer) {
    guard let phase = stopping?.phase else { return }
    switch (timer, phase) {
    case (.stopTurns, .turns): endTurns()
    case (.stopFlush, .flush): endFlush()
    case (.stopFarewell, .farewell): endFarewell()
    case (.stopPlugins, .plugins): endStop()
    default: break
    }
  }

  /// A turn that has not ended is begun again at the next start: its inbox row still waits. Not one
  /// that has begun to call tools.
  private mutating func endTurns() {
    for key in placesInOrder {
      if places[key]?.lane.running?.isMarked ?? false {
        interruptTurn(at: key, notice: "Interrupted: the host was stopped.")
        continue
      }
      guard let turn = places[key]?.lane.end() else { continue }
      laneChanged(at: key)
      leavePlaces(turn, at: key)
      for operation in turn.operations { cancel(operation) }
      for input in turn.inputs {
        retireSlot(SlotName(key: key, input: input.id), isStale: false)
        // Not the turn's fault: this start does not count against it.
        write(.returnInput(input.id))
      }
      stopping?.postponedTurns += turn.inputs.count
      noteEnd(of: turn, "postponed", at: key)
    }
    // Before anybody looks at which replies are still to go out.
    sendNotices()
    for key in placesInOrder {
      freeSlot(at: key)
      retireRecalls(at: key)
    }
    stopping?.phase = .flush
    for id in providers.keys.sorted() {
      for session in (providers[id]?.backlogs.keys.sorted() ?? []) {
        providers[id]?.change(session) { $0.flush() }
        consider(id, session)
      }
    }
    checkStop()
  }

  /// Every provider that is there was offered everything once, and every reply that can go out has.
  private var isFlushed: Bool {
    let memory = providers.values.allSatisfy { provider in
      !provider.isReady || provider.record.isDetached
        || provider.backlogs.values.allSatisfy {
          $0.activity == nil && provider.hasFlushed($0.session.id, through: .max, at: now)
        }
    }
    let replies = deliveries.values.allSatisfy { delivery in
      if case .pending(let notBefore) = delivery.stage {
        delivery.replies.isEmpty || notBefore != nil || !isChannelUp(delivery)
      } else {
        false
      }
    }
    return memory && replies
  }

  private func isChannelUp(_ delivery: Delivery) -> Bool {
    guard let instance = delivery.replies.first?.channel else { return false }
    let plugin = plugins[instance]
    return plugin?.isStarted ?? false && plugin?.lifecycle.isRunning ?? false
  }

  /// Plugins hear of the stop when there is nothing more to come for them.
  private mutating func endFlush() {
    stopping?.phase = .farewell
    publish(BusEvent(kind: .hostStopping, context: CallContext()))
    checkStop()
  }

  private mutating func endFarewell() {
    stopping?.phase = .plugins
    writeCursors()
    for settings in configuration.plugins.reversed() { stopPlugin(settings.instance) }
    checkStop()
  }

  private func isGone(_ plugin: Plugin) -> Bool {
    switch plugin.lifecycle.state {
    case .disabled, .failed, .stopped, .wedged: true
    case .loading, .running, .stopping: false
    }
  }

  private mutating func endStop() {
    stopping?.phase = .done
    var report = StopSummary()
    for id in providers.keys.sorted() {
      guard let provider = providers[id], !provider.record.isDetached else { continue }
      report.rows.append(
        StopSummary.Row(
          instance: provider.record.instance, agent: provider.record.agent,
          acknowledged: provider.statistics.acknowledgedTurns, deferred: provider.sums.turns,
          parked: provider.sums.parked))
    }
    report.waitingMessages =
      places.values.reduce(0) { $0 + $1.lane.waiting.count } + (stopping?.postponedTurns ?? 0)
    report.pendingReplies = deliveries.values.reduce(0) { $0 + $1.replies.count }
    report.unresponsive = plugins.keys.sorted().filter { instance in
      guard let state = plugins[instance]?.lifecycle.state else { return false }
      return state == .stopping || state.name == "wedged"
    }
    effects.append(.stopped(report))
  }
}
