extension Host {
  /// The enrolments that an agent's new turns are owed to: for each of its instances the one at the
  /// destination where the instance was last.
  func currentEnrolments(of agent: String) -> [EnrolmentID] {
    current[agent] ?? []
  }

  /// To be called after anything that changes what `currentEnrolments` gives.
  mutating func noteEnrolments() {
    var open: [String: [EnrolmentID]] = [:]
    var all: [InstanceID: [EnrolmentID]] = [:]
    for record in providers.values.lazy.map(\.record) {
      owners[record.id] = record.instance
      all[record.instance, default: []].append(record.id)
      if record.isOpen { open[record.agent, default: []].append(record.id) }
    }
    for (instance, ids) in all {
      enrolled[instance] = ids.sorted()
      loads.fill(instance, with: SharedLoad())
    }
    current = open.mapValues { $0.sorted() }
  }

  /// Whether the plugin writes to another destination now.
  func isElsewhere(_ record: EnrolmentRecord) -> Bool {
    destinations[record.instance].map { $0 != record.destination } ?? false
  }

  /// Enrolments of an instance that are not written off.
  func enrolments(of instance: InstanceID) -> [EnrolmentID] {
    enrolled[instance]?.filter { !(providers[$0]?.record.isDetached ?? true) } ?? []
  }

  /// The destination of an instance is known: at the host's start if its file is there, else once
  /// it is loaded. Enrolments at other destinations pause. At this one the provider goes on, or
  /// begins at the current end of every session if it was never there.
  mutating func enrol(_ instance: InstanceID) {
    guard let destination = destinations[instance] else { return }
    let known = enrolments(of: instance)
    let last = numbers.sequenceSoFar
    for id in known where providers[id]?.record.destination != destination {
      change(id) { $0.pause(at: last) }
    }
    for agent in configuration.agents where agent.remembers(with: instance) {
      let own = known.first { id in
        providers[id]?.record.agent == agent.name
          && providers[id]?.record.destination == destination
      }
      if let own {
        if !(providers[own]?.record.isOpen ?? true) { change(own) { $0.goOn(after: last) } }
        continue
      }
      let record = EnrolmentRecord(
        id: numbers.enrolment(), agent: agent.name, instance: instance, destination: destination,
        start: last)
      providers[record.id] = Provider(record: record)
      write(.enrol(record))
    }
    noteEnrolments()
  }

  /// Changes in which stretches turns are owed, in the transaction that is being written.
  mutating func change(_ id: EnrolmentID, _ body: (inout EnrolmentRecord) -> Void) {
    guard let before = providers[id]?.record.spans else { return }
    if var record = providers[id]?.record {
      body(&record)
      providers[id]?.record = record
    }
    guard let spans = providers[id]?.record.spans, spans != before else { return }
    write(.setSpans(id, spans))
  }

  /// The provider can be called from now on. A plugin whose file was not there when the host
  /// started says only now where its memories go.
  mutating func memoryCreated(_ instance: InstanceID, _ traits: PluginTraits) {
    guard let settings = plugins[instance]?.settings else { return }
    if let destination = traits.destination, destinations[instance] != destination {
      destinations[instance] = destination
      enrol(instance)
    }
    for id in enrolments(of: instance) where isInUse(id) {
      configure(id, settings: settings, traits: traits)
      considerAll(id)
      releaseRecalls(id)
      advanceBackfill(id)
    }
  }

  /// Whether the instance is configured, and the enrolment's agent remembers with it, at the
  /// destination of now.
  func isInUse(_ id: EnrolmentID) -> Bool {
    guard let record = providers[id]?.record, record.isOpen, !isElsewhere(record),
      plugins[record.instance] != nil
    else { return false }
    return agents[record.agent]?.remembers(with: record.instance) ?? false
  }

  // MARK: memory detach

  /// Ends a debt for good. A provider that is still configured is enrolled anew, from now on.
  mutating func detach(_ id: EnrolmentID, _ request: RequestID) {
    guard let record = providers[id]?.record, !record.isDetached else {
      refuse(request, "There is no enrolment \(id.value); `holdfast memory status` lists them.")
      return
    }
    let turns = providers[id]?.sums.turns ?? 0
    let sessions = providers[id]?.backlogs.keys.sorted() ?? []
    let last = numbers.sequenceSoFar
    change(id) { $0.pause(at: last) }
    write(.detach(id))
    for session in sessions { providers[id]?.forget(session) }
    cancelCalls(for: id)
    providers[id]?.record.isDetached = true
    providers[id]?.isReady = false
    backfills[id] = nil
    for session in sessions { purgeIfSettled(session) }
    noteEnrolments()
    enrol(record.instance)
    if plugins[record.instance]?.lifecycle.isRunning ?? false,
      let traits = plugins[record.instance]?.lifecycle.traits, traits.isMemory
    {
      memoryCreated(record.instance, traits)
    }
    advanceMailbox(id)
    releaseRecalls(id)
    // What strict memory held back may have been for want of this.
    proceedEverywhere()
    let what = turns == 1 ? "1 turn is" : "\(turns) turns are"
    afterCommit.append(
      .answer(
        request,
        .done(
          "\(record.instance) is owed nothing any more at that destination for agent "
            + "\(record.agent); \(what) given up.")))
    checkStop()
  }

  /// What is under way for an enrolment is not wanted any more.
  private mutating func cancelCalls(for id: EnrolmentID) {
    let own = operations.filter { operation in
      switch operation.value.purpose {
      case .retain(id, _), .withdraw(id, _): true
      default: false
      }
    }
    for operation in own.keys.sorted() { cancel(operation) }
    for session in providers[id]?.active ?? [] { conclude(id) { $0.concluded(session) } }
  }
}
