extension Host {
  /// Recall for a message starts when it is accepted, so that it overlaps with queueing. It first
  /// waits, within half of the budget, for turns of its scope that were committed earlier; and
  /// within all of it for a provider that is being loaded, which has nothing to say before.
  mutating func beginRecall(_ name: SlotName, for input: InputRecord) {
    guard let place = places[name.key], let session = place.session else { return }
    var context = CallContext(session, key: name.key, epoch: place.epoch)
    context.user = session.rememberedUser
    context.reason = "recall"
    let request = RecallRequest(
      context: context, query: input.text, maxItems: configuration.memory.recallMaxItems,
      maxCharacters: configuration.memory.recallMaxChars)
    places[name.key]?.slots[name.input] = RecallSlot(
      request: request, session: session.id, epoch: place.epoch)
    var isWaiting = false
    for id in currentEnrolments(of: name.key.agent) {
      guard let provider = providers[id], mayRecall(provider) else { continue }
      let awaited = provider.underway(in: session.scope, at: now)
      if awaited.isEmpty, provider.isReady {
        askRecall(id, name)
      } else {
        isWaiting = true
        places[name.key]?.slots[name.input]?.parts[id] = .waiting(awaited)
        recallWaiters[id, default: []].append(name)
      }
    }
    if isWaiting {
      let patience = Duration.nanoseconds(
        Int64(configuration.memory.recallBudget.nanoseconds / 2))
      places[name.key]?.slots[name.input]?.impatientAt = now + patience
      timers.add(.recall(name), at: now + patience)
    }
  }

  /// Whether to ask a provider, now or as soon as it is loaded.
  private func mayRecall(_ provider: Provider) -> Bool {
    guard provider.isReady else { return isAwaited(provider.record.id) }
    return provider.traits.canRecall && !provider.recallBreaker.isOpen(at: now)
  }

  /// Whether the provider is on its way, or no turn runs before it is there.
  private func isAwaited(_ id: EnrolmentID) -> Bool {
    guard let provider = providers[id], !provider.isReady,
      let plugin = plugins[provider.record.instance]
    else { return false }
    return !plugin.lifecycle.isSettled || configuration.memory.strict
  }

  private mutating func askRecall(_ id: EnrolmentID, _ name: SlotName) {
    guard let provider = providers[id], let slot = places[name.key]?.slots[name.input] else {
      return
    }
    guard provider.isReady, provider.traits.canRecall else {
      places[name.key]?.slots[name.input]?.parts[id] = .missing
      return
    }
    let limit =
      plugins[provider.record.instance]?.settings.deadlines.recall
      ?? max(configuration.memory.recallBudget, .seconds(10))
    providers[id]?.recallBreaker.called(at: now)
    let operation = call(
      provider.record.instance, .recall(slot.request), for: .recall(id, name), within: limit)
    places[name.key]?.slots[name.input]?.parts[id] = .asked(operation, since: now)
  }

  /// An attempt to retain ended, or the provider's loading did: recalls that waited go out.
  mutating func releaseRecalls(_ id: EnrolmentID) {
    guard let waiting = recallWaiters[id], let provider = providers[id] else { return }
    if isAwaited(id) { return }
    recallWaiters[id] = nil
    for name in waiting {
      guard case .waiting(let awaited) = places[name.key]?.slots[name.input]?.parts[id] else {
        continue
      }
      // With half of the budget over it waited for nothing but the provider itself.
      let isImpatient = places[name.key]?.slots[name.input]?.impatientAt == nil
      let rest = awaited.filter {
        !isImpatient && !provider.hasFlushed($0.session, through: $0.turn, at: now)
      }
      if rest.isEmpty || !provider.isReady {
        askRecall(id, name)
        proceed(name.key)
      } else {
        places[name.key]?.slots[name.input]?.parts[id] = .waiting(rest)
        recallWaiters[id, default: []].append(name)
      }
    }
  }

  mutating func recalled(
    _ id: EnrolmentID, _ name: SlotName, _ answer: PluginAnswer, latency: Duration
  ) {
    if answer.status.isFailure {
      providers[id]?.recallBreaker.failed(at: now)
      providers[id]?.statistics.failed(answer.text, at: now)
      places[name.key]?.slots[name.input]?.parts[id] = .missing
    } else {
      providers[id]?.recallBreaker.succeeded()
      providers[id]?.statistics.recalled(in: latency, isHit: !answer.items.isEmpty)
      places[name.key]?.slots[name.input]?.answered(id, answer.items)
    }
    proceed(name.key)
  }

  /// Time is up for something: waiting recalls go out at half time, and at full time the prompt is
  /// put together without what is missing.
  mutating func recallExpired(_ name: SlotName) {
    guard let slot = places[name.key]?.slots[name.input] else { return }
    if let impatient = slot.impatientAt, impatient <= now {
      places[name.key]?.slots[name.input]?.impatientAt = nil
      for id in slot.parts.keys.sorted() {
        if case .waiting = slot.parts[id], !isAwaited(id) { askRecall(id, name) }
      }
    }
    if let deadline = slot.deadline {
      if deadline > now {
        timers.add(.recall(name), at: deadline)
      } else {
        let parts = places[name.key]?.slots[name.input]?.parts ?? [:]
        for id in parts.keys.sorted() { giveUp(id, name, parts[id]) }
      }
    }
    proceed(name.key)
  }

  private mutating func giveUp(_ id: EnrolmentID, _ name: SlotName, _ state: RecallSlot.State?) {
    switch state {
    case .asked(let operation, _):
      overrun(operation)
      providers[id]?.statistics.lateRecalls += 1
      providers[id]?.recallBreaker.failed(at: now)
      places[name.key]?.slots[name.input]?.parts[id] = .missing
    case .waiting: places[name.key]?.slots[name.input]?.parts[id] = .missing
    case .answered, .missing, nil: break
    }
  }

  /// Cancels a call that took longer than anybody waits for it.
  private mutating func overrun(_ id: OperationID) {
    guard let operation = operations[id] else { return }
    noteSlow(operation)
    plugins[operation.instance]?.lifecycle.timedOut(id, call: operation.name, at: now)
    timers.add(.overdue(operation.instance), at: now + PluginLifecycle.grace)
    cancel(id)
  }

  /// What goes into the prompt: results of this session and epoch, of this scope, and of nothing
  /// that is being taken back; where a provider was late, what its prefetch left.
  /// Of a turn that answers several messages each was a question of its own.
  func recallBlock(for names: [SlotName]) -> RecallBlock {
    guard let key = names.first?.key, let place = places[key], let session = place.session else {
      return RecallBlock(merging: [], maxCharacters: 0, maxItems: 0)
    }
    var groups: [EnrolmentID: [RecallItem]] = [:]
    var asked: Set<EnrolmentID> = []
    for name in names {
      guard let slot = place.slots[name.input],
        let parts = slot.items(for: session.id, epoch: place.epoch)
      else { continue }
      asked.formUnion(slot.parts.keys)
      for part in parts { groups[part.provider, default: []] += part.items }
    }
    if let warm = place.warm, warm.session == session.id, warm.epoch == place.epoch {
      for (id, items) in warm.items where groups[id] == nil && asked.contains(id) {
        groups[id] = items
      }
    }
    let offers = inOrder(groups.keys).map { id in
      RecallMerge.Offer(
        provider: owners[id] ?? InstanceID(""), priority: providers[id]?.priority ?? 0,
        items: (groups[id] ?? []).filter {
          reasonAgainst($0, from: id, scope: session.scope) == nil
        })
    }
    return RecallBlock(
      RecallMerge(
        offers, maxCharacters: configuration.memory.recallMaxChars,
        maxItems: configuration.memory.recallMaxItems))
  }

  /// Why a memory must not be used, nil if it may.
  func reasonAgainst(_ item: RecallItem, from id: EnrolmentID, scope: Scope) -> String? {
    guard item.scope == scope else { return "it is of another scope, \(item.scope)" }
    guard let session = item.session else { return nil }
    let owed = providers[id]?.backlogs[session]?.owed ?? []
    if owed.isEmpty {
      return deletedSessions.contains(session) ? "its session is being deleted" : nil
    }
    let isTakenBack = "it stems from a turn that is being taken back"
    guard item.firstTurn > 0 else { return isTakenBack }
    let range = item.firstTurn...max(item.firstTurn, item.lastTurn)
    return owed.contains { range.contains($0.record.turn) } ? isTakenBack : nil
  }

  /// The provider has forgotten these turns. Until now they were kept out of prompts because they
  /// were owed; what was asked before and is used later may still hold them.
  mutating func forgetRecalled(_ turns: TurnSet, of session: SessionID, from id: EnrolmentID) {
    let forgotten = Forgotten(session: session, turns: turns)
    for key in placesInOrder {
      for input in places[key]?.slots.keys.sorted() ?? [] {
        places[key]?.slots[input]?.forget(forgotten, at: id)
      }
      places[key]?.warm?.forget(forgotten, at: id)
      if let operation = places[key]?.prefetches.removeValue(forKey: id) { cancel(operation) }
    }
  }

  /// A message's recalls are not needed any more.
  mutating func retireSlot(_ name: SlotName, isStale: Bool) {
    guard let slot = places[name.key]?.slots.removeValue(forKey: name.input) else { return }
    for id in slot.parts.keys.sorted() {
      if case .asked(let operation, _) = slot.parts[id] {
        cancel(operation)
        if isStale { noteStale(id, slot.session) }
      }
    }
  }

  /// The epoch is over: nothing that was asked under it is used.
  mutating func retireRecalls(at key: SessionKey) {
    for input in (places[key]?.slots.keys.sorted() ?? []) {
      retireSlot(SlotName(key: key, input: input), isStale: true)
    }
    for (id, operation) in places[key]?.prefetches.sorted(by: { $0.key < $1.key }) ?? [] {
      cancel(operation)
      noteStale(id, places[key]?.session?.id)
    }
    places[key]?.prefetches = [:]
    places[key]?.warm = nil
  }

  private mutating func noteStale(_ id: EnrolmentID, _ session: SessionID?) {
    providers[id]?.statistics.staleRecalls += 1
    let instance = owners[id]
    note(.recallStale) { ($0.instance, $0.session) = (instance, session) }
  }

  // MARK: Prefetch

  /// Whether any provider of an agent wants to know what is likely to be asked next.
  mutating func isAnyAskedAhead(of agent: String) -> Bool {
    for id in currentEnrolments(of: agent) where providers[id]?.isAskedAhead() ?? false {
      return true
    }
    return false
  }

  /// After a turn each provider that wants to is asked for what is likely to be asked next.
  mutating func prefetch(after event: BusEvent) {
    guard let key = event.context.key, let session = event.context.session,
      places[key]?.session?.id == session, places[key]?.epoch == event.context.epoch,
      stopping == nil
    else { return }
    for id in currentEnrolments(of: key.agent) {
      guard providers[id]?.wantsPrefetch(at: now) ?? false, let instance = owners[id]
      else { continue }
      if let older = places[key]?.prefetches[id] { cancel(older) }
      requestPrefetch(id, instance, key, after: event)
    }
  }

  private mutating func requestPrefetch(
    _ id: EnrolmentID, _ instance: InstanceID, _ key: SessionKey, after event: BusEvent
  ) {
    let operation = numbers.operation()
    let deadline = now + (plugins[instance]?.settings.deadlines.prefetch ?? .seconds(10))
    var request = BusEvent(kind: .prefetchRequested, context: event.context)
    request.context.user = places[key]?.session?.rememberedUser ?? ""
    request.userText = event.userText
    request.operation = operation
    request.deadline = deadline
    request.time = wall
    let isFlushed = flushCheck(for: instance)
    let mail = plugins[instance]?.publish(request, at: now, isFlushed: isFlushed)
    guard let number = mail?.number else { return }
    expectAnswer(operation, of: instance, "prefetch", for: .prefetch(id, key), until: deadline)
    places[key]?.prefetches[id] = operation
    deliver([Mailbox.Delivery(event: request, number: number)], to: instance)
  }

  mutating func prefetched(
    _ id: EnrolmentID, _ key: SessionKey, _ operation: OperationID, _ answer: PluginAnswer
  ) {
    guard places[key]?.prefetches[id] == operation else { return }
    places[key]?.prefetches[id] = nil
    guard let place = places[key], let session = place.session, !answer.status.isFailure else {
      return
    }
    var warm =
      place.warm ?? WarmRecall(session: session.id, epoch: place.epoch, items: [:])
    warm.items[id] = answer.items
    places[key]?.warm = warm
  }
}
