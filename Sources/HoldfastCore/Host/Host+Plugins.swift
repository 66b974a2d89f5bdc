extension Host {
  mutating func load(_ instance: InstanceID) {
    guard let plugin = plugins[instance], plugins[instance]?.lifecycle.load(at: now) ?? false
    else { return }
    if eventCursors[instance] == nil {
      // What happens while it is loaded for the first time is its business already.
      eventCursors[instance] = numbers.sequenceSoFar
      write(.advanceEvents(instance, numbers.sequenceSoFar))
    }
    effects.append(.load(instance))
    let limit = plugin.settings.deadlines.create ?? configuration.host.startTimeout
    timers.add(.create(instance), at: now + limit)
  }

  mutating func reported(_ instance: InstanceID, _ report: PluginReport) {
    switch report {
    case .created(let traits): created(instance, traits)
    case .failed(let fault): pluginFailed(instance, fault)
    case .answered(let id, let answer, let hasReturned):
      if !hasReturned { noteHolding(id, on: instance) }
      answeredOperation(id, answer)
      if hasReturned { returned(instance, id) }
    case .returned(let id): returned(instance, id)
    case .progress(let id): progressed(id)
    case .handledEvents(let through, let failures):
      plugins[instance]?.lifecycle.handledEvents(failures: failures)
      handledEvents(of: instance, through: through, failures: failures)
      returned(instance, PluginLifecycle.eventCall)
      mailboxMoved(instance)
      checkStop()
    case .received(let message): received(message, on: instance)
    case .health(let account, let health, let reason):
      noteHealth(instance, account: account, health, reason: reason)
    case .toolsChanged: listTools(of: instance)
    case .activity(let report): activityReported(instance, report)
    case .staleAnswer(let id):
      plugins[instance]?.lifecycle.answeredStale()
      answeredLate(id)
    case .concurrentSessions(let count): takes(instance, sessions: count)
    case .destroyed: destroyed(instance)
    }
  }

  private mutating func created(_ instance: InstanceID, _ traits: PluginTraits) {
    guard plugins[instance]?.lifecycle.created(traits) ?? false else { return }
    log(.info, "plugin \(instance) is running")
    note(.pluginLoaded) { $0.instance = instance }
    let cursor = eventCursors[instance] ?? numbers.sequenceSoFar
    plugins[instance]?.journalledCursor = cursor
    // Of many channels few want to hear of anything.
    if traits.isMemory || !traits.events.isEmpty {
      plugins[instance]?.mailbox = Mailbox(
        mask: traits.events, cursor: cursor, last: numbers.sequenceSoFar, bound: mailboxBound)
      noteListeners()
    }
    if traits.isMemory { memoryCreated(instance, traits) }
    mailboxMoved(instance)
    if traits.channel != nil { startChannel(instance) }
    plugins[instance]?.toolList = Plugin.ToolList()
    listTools(of: instance)
    note(.pluginStarted) { $0.instance = instance }
    proceedEverywhere()
    announceIfReady()
  }

  /// How many sessions' batches a plugin is given at once was found out.
  private mutating func takes(_ instance: InstanceID, sessions count: Int) {
    plugins[instance]?.lifecycle.takes(sessions: count)
    for id in enrolments(of: instance) { providers[id]?.traits.concurrentSessions = count }
    for id in enrolments(of: instance) { dispatch(id) }
  }

  private mutating func pluginFailed(_ instance: InstanceID, _ fault: PluginFault) {
    plugins[instance]?.lifecycle.failed(fault)
    dropMailbox(of: instance)
    plugins[instance]?.isStarted = false
    activities.end(instance)
    log(.error, fault.description)
    // What the plugin said of it may be anything; the code is the host's own word.
    note(.pluginCrashed) { ($0.instance, $0.reason) = (instance, fault.code.rawValue) }
    pauseProviders(of: instance)
    let pending = operations.filter { $0.value.instance == instance }.keys.sorted()
    for id in pending { answeredOperation(id, PluginAnswer(.crashed, text: fault.description)) }
    for enrolment in enrolments(of: instance) { releaseRecalls(enrolment) }
    proceedEverywhere()
    announceIfReady()
    checkStop()
  }

  private mutating func destroyed(_ instance: InstanceID) {
    plugins[instance]?.lifecycle.destroyed()
    activities.end(instance)
    dropMailbox(of: instance)
    plugins[instance]?.isStarted = false
    pauseProviders(of: instance)
    if stopping == nil {
      proceedEverywhere()
      announceIfReady()
    }
    checkStop()
  }

  /// Stops a plugin; a channel stops receiving first.
  mutating func stopPlugin(_ instance: InstanceID) {
    guard plugins[instance]?.isStarted ?? false, plugins[instance]?.lifecycle.isRunning ?? false
    else {
      destroyPlugin(instance)
      return
    }
    plugins[instance]?.isStarted = false
    _ = call(
      instance, .stopChannel(CallContext()), for: .stopChannel,
      within: plugins[instance]?.settings.deadlines.stop)
  }

  private mutating func destroyPlugin(_ instance: InstanceID) {
    guard plugins[instance]?.lifecycle.stop() ?? false else { return checkStop() }
    pauseProviders(of: instance)
    dropMailbox(of: instance)
    let pending = operations.filter { $0.value.instance == instance }.keys.sorted()
    for id in pending { answeredOperation(id, PluginAnswer(.stopping, text: "the plugin stops")) }
    effects.append(.destroy(instance))
    // What waited for it to be loaded waits no more.
    if stopping == nil { proceedEverywhere() }
  }

  mutating func answeredOperation(_ id: OperationID, _ answer: PluginAnswer) {
    guard let operation = operations.removeValue(forKey: id) else { return }
    activities.end(id)
    timers.remove(.operation(id))
    uncount(operation)
    noteEnd(of: operation, answer.status)
    plugins[operation.instance]?.lifecycle.answered(
      isFailure: answer.status.isFailure, in: now.since(operation.began))
    if operation.wasSent {
      plugins[operation.instance]?.account.ended(
        operation.name, after: now.since(operation.began), answer.status)
    }
    switch operation.purpose {
    case .retain(let enrolment, let session): retained(enrolment, session, answer)
    case .withdraw(let enrolment, let session): withdrew(enrolment, session, answer)
    case .recall(let enrolment, let slot):
      recalled(enrolment, slot, answer, latency: now.since(operation.began))
    case .view(let request, let enrolment):
      viewed(request, enrolment, answer, latency: now.since(operation.began))
    case .prefetch(let enrolment, let key): prefetched(enrolment, key, id, answer)
    case .respond(let key, let input): responded(key, input: input, answer)
    case .keep(let key): kept(key, id, by: operation.instance, answer)
    case .summarise(let key): summarised(key, answer)
    case .send(let key): sent(key, answer)
    case .startChannel: channelStarted(operation.instance, answer)
    case .stopChannel: destroyPlugin(operation.instance)
    case .listTools: listedTools(operation.instance, answer)
    case .tool(let slot, let number): toolAnswered(slot, number: number, answer)
    }
  }

  /// The answer is there, but its callback still holds the plugin's thread.
  private mutating func noteHolding(_ id: OperationID, on instance: InstanceID) {
    guard let operation = operations[id] else { return }
    plugins[instance]?.lifecycle.holds(id, call: operation.name, at: now)
    timers.add(.overdue(instance), at: now + PluginLifecycle.grace)
  }

  private mutating func progressed(_ id: OperationID) {
    guard let operation = operations[id] else { return }
    let progress = ActivityProgress(at: fair, "\(operation.name):output")
    operations[id]?.progress = progress
    switch operation.purpose {
    case .respond, .summarise: break
    default: return
    }
    let limit = plugins[operation.instance]?.settings.deadlines.modelChunk ?? .seconds(60)
    operations[id]?.deadline = now + limit
    timers.add(.operation(id), at: now + limit)
  }

  /// A deadline may have passed: the caller goes on, whatever the plugin does.
  mutating func operationExpired(_ id: OperationID) {
    guard let operation = operations[id], let deadline = operation.deadline else { return }
    if now < deadline {
      timers.add(.operation(id), at: deadline)
      return
    }
    effects.append(.cancel(operation.instance, id))
    plugins[operation.instance]?.lifecycle.timedOut(id, call: operation.name, at: now)
    timers.add(.overdue(operation.instance), at: now + PluginLifecycle.grace)
    noteSlow(operation)
    let waited = now.since(operation.began).milliseconds
    log(
      .warning, "plugin \(operation.instance) did not answer \(operation.name) within \(waited) ms")
    let text = "no answer to \(operation.name) within \(waited) ms"
    answeredOperation(id, PluginAnswer(.timeout, text: text))
  }

  /// A call took longer than anybody waits for it.
  mutating func noteSlow(_ operation: Operation) {
    note(.pluginCallSlow) { event in
      event.instance = operation.instance
      event.subject = operation.name
      event.duration = event.at.since(operation.began)
      if case .retain(_, let session) = operation.purpose { event.session = session }
      if case .withdraw(_, let session) = operation.purpose { event.session = session }
    }
  }

  private mutating func returned(_ instance: InstanceID, _ id: OperationID) {
    let wasRunning = plugins[instance]?.lifecycle.isRunning ?? false
    plugins[instance]?.lifecycle.returned(id)
    recoveryCallReturned(id)
    guard !wasRunning, plugins[instance]?.lifecycle.isRunning ?? false else { return }
    log(.info, "plugin \(instance) has returned from the call that held it")
    // It may have been enrolled anew while it was not there.
    if let traits = plugins[instance]?.lifecycle.traits, traits.isMemory {
      memoryCreated(instance, traits)
    }
    if plugins[instance]?.lifecycle.traits.channel != nil { startChannel(instance) }
    if !(plugins[instance]?.toolList.isKnown ?? false) { listTools(of: instance) }
    hurryDeliveries(of: instance)
    proceedEverywhere()
  }

  mutating func proceedEverywhere() {
    for key in placesInOrder { proceed(key) }
  }

  mutating func checkOverdue(_ instance: InstanceID) {
    if let since = plugins[instance]?.mailbox?.holdingSince {
      let limit =
        (plugins[instance]?.settings.deadlines.event ?? .seconds(5)) + PluginLifecycle.grace
      if now.since(since) >= limit {
        plugins[instance]?.lifecycle.timedOut(PluginLifecycle.eventCall, call: "event", at: since)
      } else {
        timers.add(.overdue(instance), at: since + limit)
      }
    }
    if let since = plugins[instance]?.lifecycle.overdueSince,
      now.since(since) < PluginLifecycle.grace
    {
      timers.add(.overdue(instance), at: since + PluginLifecycle.grace)
    }
    guard plugins[instance]?.lifecycle.checkOverdue(at: now) ?? false else { return }
    log(
      .error,
      "plugin \(instance) is wedged: a call has held its thread long beyond its deadline; "
        + "nothing more is asked of it until that call returns")
    if case .wedged(let call, let since)? = plugins[instance]?.lifecycle.state {
      note(.pluginQuarantined) { event in
        (event.instance, event.subject, event.reason) = (instance, call, "wedged")
        event.duration = event.at.since(since)
      }
    }
    pauseProviders(of: instance)
    proceedEverywhere()
  }

  mutating func createExpired(_ instance: InstanceID) {
    guard let plugin = plugins[instance], !plugin.lifecycle.isSettled else { return }
    let limit = plugin.settings.deadlines.create ?? configuration.host.startTimeout
    pluginFailed(
      instance,
      PluginFault(
        .create,
        "\(instance): create did not return within \(limit.milliseconds) ms; look at what "
          + "the plugin waits for, or raise plugins.\(instance).deadline_create_ms"))
    effects.append(.destroy(instance))
  }

  mutating func announceIfReady() {
    guard !isReadyAnnounced else { return }
    while settledPlugins < instances.count {
      guard plugins[instances[settledPlugins]]?.lifecycle.isSettled ?? true else { return }
      settledPlugins += 1
    }
    isReadyAnnounced = true
    effects.append(.ready)
  }

  /// An event goes to a plugin that is to answer it.
  mutating func expectAnswer(
    _ id: OperationID, of instance: InstanceID, _ name: String, for purpose: Operation.Purpose,
    until deadline: Instant
  ) {
    operations[id] = Operation(
      instance: instance, name: name, purpose: purpose, began: now, beganFair: fair,
      deadline: deadline)
    timers.add(.operation(id), at: deadline)
    plugins[instance]?.lifecycle.called()
    plugins[instance]?.account.began(name)
  }

  // MARK: Events

  /// To be called after anything that gives a plugin a mailbox or takes it away.
  private mutating func noteListeners() {
    listeners = instances.filter { plugins[$0]?.mailbox != nil }
  }

  private mutating func dropMailbox(of instance: InstanceID) {
    guard plugins[instance]?.mailbox != nil else { return }
    plugins[instance]?.mailbox = nil
    noteListeners()
  }

  /// What has happened so far is no business of plugins that want to hear of nothing, so that the
  /// journal need not keep it for them.
  mutating func passDeafPlugins() {
    for instance in instances where plugins[instance]?.lifecycle.isRunning ?? false {
      guard plugins[instance]?.mailbox == nil, eventCursors[instance] != numbers.sequenceSoFar
      else { continue }
      eventCursors[instance] = numbers.sequenceSoFar
      write(.advanceEvents(instance, numbers.sequenceSoFar))
    }
  }

  /// Publishes an event whose row, if it has one, is synced.
  mutating func publish(_ event: BusEvent) {
    for instance in listeners {
      // Only a flush mark looks at what was flushed.
      let isFlushed = event.kind == .flush ? flushCheck(for: instance) : { _ in true }
      guard let mail = plugins[instance]?.publish(event, at: now, isFlushed: isFlushed) else {
        continue
      }
      if let number = mail.number { effects.append(.deliver(instance, event, number: number)) }
      if !touched.contains(instance) { touched.append(instance) }
    }
    effects.append(.published(PublishedEvent(event, at: wall)))
  }

  /// What follows for the mailboxes that events went through: behind the events, which nobody shall
  /// wait longer for.
  mutating func settleMailboxes() {
    guard !touched.isEmpty else { return }
    let instances = touched
    touched.removeAll(keepingCapacity: true)
    for instance in instances {
      watchEvents(of: instance)
      considerLifted(instance)
      mailboxMoved(instance)
    }
  }

  mutating func deliver(_ deliveries: [Mailbox.Delivery], to instance: InstanceID) {
    guard !deliveries.isEmpty else { return }
    for delivery in deliveries {
      let isQuestion = delivery.event.kind == .sessionCompacting
      let event = isQuestion ? asking(delivery.event, of: instance) : delivery.event
      effects.append(.deliver(instance, event, number: delivery.number))
    }
    watchEvents(of: instance)
  }

  private mutating func watchEvents(of instance: InstanceID) {
    guard let limit = plugins[instance]?.eventLimit() else { return }
    timers.add(.overdue(instance), at: now + limit + PluginLifecycle.grace)
  }

  /// After anything that may let a mailbox go on.
  mutating func mailboxMoved(_ instance: InstanceID) {
    guard let move = plugins[instance]?.mailboxMoved() else { return }
    if move.isCursorAhead, !areCursorsDue {
      areCursorsDue = true
      timers.add(.cursors, at: now + .seconds(1))
    }
    if let page = move.read {
      _ = ask(.events(after: page.after, limit: page.limit), for: .catchUp(instance))
    }
  }

  mutating func caughtUp(_ instance: InstanceID, _ events: [BusEvent]) {
    plugins[instance]?.isCatchingUp = false
    let isFlushed = flushCheck(for: instance)
    let limit = plugins[instance]?.mailbox?.readLimit ?? 0
    let deliveries = plugins[instance]?.mailbox?.catchUp(
      events, isLast: events.count < limit, at: now, isFlushed: isFlushed)
    deliver(deliveries ?? [], to: instance)
    considerLifted(instance)
    if !(plugins[instance]?.mailbox?.isBehind ?? true) {
      for enrolment in enrolments(of: instance) { considerAll(enrolment) }
    }
    mailboxMoved(instance)
  }

  mutating func writeCursors() {
    areCursorsDue = false
    for instance in listeners {
      guard let cursor = plugins[instance]?.mailbox?.cursor,
        cursor > plugins[instance]?.journalledCursor ?? 0
      else { continue }
      plugins[instance]?.journalledCursor = cursor
      eventCursors[instance] = cursor
      write(.advanceEvents(instance, cursor))
    }
  }
}
