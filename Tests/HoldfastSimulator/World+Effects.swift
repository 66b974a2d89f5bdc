import HoldfastCore

extension World {
  func perform(_ effect: HostEffect) {
    note("   \(Describe.effect(effect))")
    switch effect {
    case .commit(let transaction): commit(transaction)
    case .ask(let read, let query): ask(read, query)
    case .load(let instance): load(instance)
    case .destroy(let instance):
      destroyed(instance)
      report(instance, .destroyed, after: random.milliseconds(delays))
    case .call(let instance, let id, let call, let deadline):
      called(instance, id, call, deadline: deadline)
    case .deliver(let instance, let event, let number): deliver(instance, event, number)
    case .receipt(let instance, let receipt, let token, let messageID):
      receipted(instance, receipt, token: token, messageID: messageID)
    case .cancel(let instance, let id): cancelled(instance, id)
    case .answer(let request, let answer): answers[request] = answer
    case .log(let level, let text): log.append((level, text))
    case .prune(let limits):
      submitted.journal.prune(limits)
      synced.journal.prune(limits)
    case .ready: break
    case .fenced(let reason): fail("the host was fenced by its own journal: \(reason)")
    case .stopped(let report): stopped(report)
    }
  }

  func report(_ instance: InstanceID, _ report: PluginReport, after delay: Duration) {
    schedule(after: delay, life: life) { $0.give(.plugin(instance, report)) }
  }

  // MARK: Journal

  private func commit(_ transaction: Transaction) {
    let transaction = tampered(transaction)
    checkCommit(transaction)
    if case .refused(let reason) = submitted.apply(transaction) {
      fail("transaction \(transaction.id) was refused: \(reason)")
      return
    }
    unsynced.append(transaction)
    leak(transaction)
    if mutation == .reportBeforeSync {
      mutated += 1
      schedule(after: .zero, life: life) { $0.give(.committed(transaction.id)) }
    }
    sync()
  }

  private func sync() {
    guard !isSyncing, !unsynced.isEmpty else { return }
    isSyncing = true
    schedule(after: random.milliseconds(journalDelay), life: life) { world in
      world.isSyncing = false
      let count = 1 + world.random.below(world.unsynced.count)
      let group = world.unsynced.prefix(count)
      world.unsynced.removeFirst(count)
      for transaction in group { _ = world.synced.apply(transaction) }
      if let last = group.last {
        let instant = max(
          world.lastReport, world.now + world.random.milliseconds(0...1))
        world.lastReport = instant
        world.schedule(at: instant, life: world.life) { $0.give(.committed(last.id)) }
      }
      world.sync()
    }
  }

  private func ask(_ read: ReadID, _ query: JournalQuery) {
    // An ordered question is answered by the writer, where it stands in its queue or behind more;
    // others by a reader, who sees what is synced.
    let early = query.isOrdered && random.chance(500) ? submitted.journal.answer(query) : nil
    schedule(after: random.milliseconds(journalDelay), life: life) { world in
      let source = query.isOrdered ? world.submitted : world.synced
      world.give(.answered(read, early ?? source.journal.answer(query)))
    }
  }

  // MARK: Plugins

  private func load(_ instance: InstanceID) {
    guard let traits = traits(of: instance), !random.chance(faults.memory / 10) else {
      report(
        instance, .failed(PluginFault(.missing, "\(instance): no such file")),
        after: random.milliseconds(delays))
      return
    }
    schedule(after: random.milliseconds(delays), life: life) { $0.create(instance, traits) }
  }

  private func create(_ instance: InstanceID, _ traits: PluginTraits) {
    if holds[instance]?.contains("load") ?? false {
      schedule(after: .milliseconds(1), life: life) { $0.create(instance, traits) }
      return
    }
    running.insert(instance)
    give(.plugin(instance, .created(traits)))
  }

  private func traits(of instance: InstanceID) -> PluginTraits? {
    var traits = PluginTraits()
    if let provider = providers[instance] {
      guard provider.isInstalled else { return nil }
      traits.isMemory = true
      traits.canRecall = true
      traits.destination = provider.destination
      traits.canWithdraw = provider.canWithdraw
      traits.concurrentSessions = provider.concurrentSessions
      traits.events = [.sessionSwitched, .sessionEnded, .prefetchRequested]
      return traits
    }
    guard let settings = configuration.plugin(instance) else { return nil }
    switch settings.plugin {
    case "channel": traits.channel = ChannelTraits()
    case "tools": traits.hasTools = true
    default:
      traits.isModel = true
      traits.callsTools = tools.isUsed
    }
    return traits
  }

  private func deliver(_ instance: InstanceID, _ event: BusEvent, _ number: UInt64) {
    if !running.contains(instance) { fail("\(instance) is not there and is given an event") }
    if event.sequence > 0 {
      events.append((instance, event))
      checkEvent(event, to: instance)
      if event.kind == .sessionSwitched { heard[instance, default: []].insert(event.sequence) }
    }
    if let operation = event.operation {
      called(instance, operation, prefetch: event)
    }
    if holds[instance]?.contains("event") ?? false {
      heldEvents[instance, default: []].append(number)
      return
    }
    let isSlow = faults.memory > 0 && random.chance(faults.memory / 8)
    let delay = isSlow ? random.milliseconds(1000...20_000) : random.milliseconds(delays)
    let instant = max(eventFinish[instance] ?? now, now + delay)
    eventFinish[instance] = instant
    schedule(at: instant, life: life) {
      $0.give(.plugin(instance, .handledEvents(through: number, failures: 0)))
    }
  }
}
