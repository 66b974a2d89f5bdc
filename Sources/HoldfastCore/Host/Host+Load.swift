extension Host {
  /// Whether anything is under way: a call, a question to the journal, a transaction.
  public var hasWork: Bool { !operations.isEmpty || !reads.isEmpty || !held.isEmpty }

  func loadRow(of instance: InstanceID) -> PluginLoadRow? {
    guard let plugin = plugins[instance] else { return nil }
    var row = PluginLoadRow()
    row.instance = instance.description
    row.state = plugin.lifecycle.state.name
    row.staleAnswers = plugin.lifecycle.staleAnswers
    row.outstanding = plugin.account.outstanding
    row.events = plugin.account.events
    row.eventBacklog = UInt64(plugin.mailbox?.count ?? 0)
    var latency = LatencyHistogram()
    for calls in plugin.account.calls {
      var call = CallRow()
      call.call = calls.name
      call.count = calls.count
      call.failures = calls.failures
      call.timeouts = calls.timeouts
      call.latency = DelayFigures(calls.latency)
      row.callRows.append(call)
      row.calls += calls.count
      row.failures += calls.failures
      row.timeouts += calls.timeouts
      latency.merge(calls.latency)
    }
    row.latency = DelayFigures(latency)
    if plugin.account.events > 0 {
      var call = CallRow()
      call.call = "event"
      call.count = plugin.account.events
      call.failures = plugin.account.failedEvents
      call.latency = DelayFigures(plugin.account.eventLatency)
      row.callRows.append(call)
    }
    return row
  }

  /// A thread does not come to its work. Whoever found that out has logged it already, since this
  /// input may be what waits.
  mutating func warn(_ warning: LivenessWarning) {
    note(.livenessWarning) { event in
      event.instance = warning.instance
      event.session = warning.session
      event.subject = warning.instance == nil ? warning.name : warning.call
      event.reason = warning.activity.rawValue
      event.duration = warning.age
      event.count = warning.waiting
    }
  }

  /// The plugin has handled its events up to a number.
  mutating func handledEvents(of instance: InstanceID, through number: UInt64, failures: Int) {
    let before = plugins[instance]?.mailbox?.count ?? 0
    let began = plugins[instance]?.mailbox?.holdingSince
    plugins[instance]?.mailbox?.handled(through: number, at: now)
    let after = plugins[instance]?.mailbox?.count ?? 0
    plugins[instance]?.account.handled(
      before - after, failures: failures, since: began, at: now)
  }
}
