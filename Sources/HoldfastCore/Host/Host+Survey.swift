/// Surveys of the host: some rows with each input, the rest behind what has arrived meanwhile.
extension Host {
  /// How long others have their turn, at least.
  private static let surveyPause = Duration.milliseconds(1)

  /// Begins a survey; if nobody waits for one, a small host is surveyed at once.
  mutating func survey(_ purpose: Survey.Purpose) {
    var survey = beginSurvey(purpose)
    if surveys.isEmpty, take(&survey, upTo: surveyRows) { return conclude(survey) }
    if let key = survey.decidesAt {
      places[key]?.lock.keep()
      watchLock(at: key)
    }
    surveys.append(survey)
    timers.add(.survey, at: now + Self.surveyPause)
  }

  /// Goes on with the survey that was asked for first.
  mutating func advanceSurveys() {
    guard !surveys.isEmpty else { return }
    // Taken out: with two owners its rows would be copied for each piece.
    var survey = surveys.removeFirst()
    if take(&survey, upTo: surveyRows) {
      conclude(survey)
      if let key = survey.decidesAt { admit(key) }
    } else {
      surveys.insert(survey, at: 0)
    }
    if !surveys.isEmpty { timers.add(.survey, at: now + Self.surveyPause) }
  }

  /// A decision at a place is not made, so that nobody there waits for a survey any more.
  mutating func dropSurveys(at key: SessionKey) { surveys.removeAll { $0.decidesAt == key } }

  /// The truth at this moment, as far as the rules know it; the runtime adds process and files.
  public func status() -> HostStatus {
    var copy = self
    var survey = copy.beginSurvey(.status(0))
    _ = copy.take(&survey, upTo: .max)
    return copy.status(of: survey)
  }

  /// What was asked of every plugin, and how long it took; the runtime adds what threads cost.
  public func load() -> HostLoad {
    var copy = self
    var survey = copy.beginSurvey(.load(0))
    _ = copy.take(&survey, upTo: .max)
    return copy.load(of: survey)
  }

  private func beginSurvey(_ purpose: Survey.Purpose) -> Survey {
    var survey = Survey(
      purpose, of: instances, providers.keys.sorted(), agents: configuration.agents.indices,
      places: places.spots, deliveries: deliveries.spots)
    survey.status.plugins.reserveCapacity(instances.count)
    survey.status.providers.reserveCapacity(providers.count)
    return survey
  }

  /// Takes so many rows. Returns whether those were the last. Mutating, as all that it asks, so
  /// that what is looked at is not copied.
  private mutating func take(_ survey: inout Survey, upTo count: Int) -> Bool {
    for _ in 0..<count {
      guard let step = survey.next() else { return true }
      switch step {
      case .plugin(let instance):
        if case .load = survey.purpose {
          if let row = loadRow(of: instance) { survey.load.plugins.append(row) }
        } else {
          lookAtPlugin(instance, &survey)
        }
      case .enrolment(let id): lookAtProvider(id, &survey)
      case .place(let spot): lookAtPlace(spot, &survey)
      case .delivery(let spot):
        survey.status.pendingReplies += deliveries[at: spot]?.replies.count ?? 0
      case .agent(let number): survey.missing += missingMemory(ofAgent: number)
      }
    }
    return false
  }

  private mutating func conclude(_ survey: Survey) {
    switch survey.purpose {
    case .status(let request): effects.append(.answer(request, .status(status(of: survey))))
    case .load(let request): effects.append(.answer(request, .load(load(of: survey))))
    case .chat(let key, let origin, let isMemory):
      let status = status(of: survey)
      conclude(origin, at: key, isMemory ? status.memoryText : status.text, isDone: true)
    }
  }

  private mutating func lookAtPlugin(_ instance: InstanceID, _ survey: inout Survey) {
    guard var row = plugins[instance]?.statusRow(instance) else { return }
    if plugins[instance]?.hasTools() ?? false {
      let leftOut = survey.leftOut ?? toolCatalog(of: instances).leftOut
      survey.leftOut = leftOut
      row.tools = toolRows(of: instance, leftOut)
    }
    survey.status.plugins.append(row)
    switch plugins[instance]?.state() {
    case .failed(let fault): survey.faults.append(fault.description)
    case .wedged(let call, let since):
      let age = now.since(since).milliseconds / 1000
      survey.faults.append("Plugin \(instance) has been stuck in \(call) for \(age) s.")
    case .disabled, .loading, .running, .stopping, .stopped, nil: break
    }
  }

  private mutating func lookAtProvider(_ id: EnrolmentID, _ survey: inout Survey) {
    guard var row = providers[id]?.statusRow(at: now) else { return }
    if providers[id]?.owesSince(at: now, for: configuration.memory.alarmAfter) ?? false {
      row.alarm = providers[id].flatMap { alarm(of: $0) } ?? ""
      survey.alarms.append(row.alarm)
    }
    if !backfills.isEmpty {
      row.backfill = backfills[id].map {
        Double($0.record.position) / Double(max(1, $0.record.bound))
      }
    }
    survey.status.providers.append(row)
  }

  private mutating func lookAtPlace(_ spot: Int, _ survey: inout Survey) {
    guard let key = places.key(at: spot) else { return }
    survey.status.waitingMessages += places[at: spot]?.lane.waiting.count ?? 0
    if let stage = places[at: spot]?.lane.running?.stage {
      survey.status.runningTurns += 1
      if case .calling(let calls) = stage { survey.status.runningTools += calls.count }
    }
    guard places[at: spot]?.laneState() ?? .idle != .idle, let row = attentionRow(at: key) else {
      return
    }
    survey.add(row, keeping: Self.listedSessions)
  }

  private mutating func status(of survey: Survey) -> HostStatus {
    var (survey, status) = (survey, survey.status)
    status.turnsWaitingForSlot = slots.waiting
    status.inputsSetAside = inputsSetAside
    status.unknownReplies = unknownReplies
    survey.trim(to: Self.listedSessions)
    status.attention = survey.attention
    status.fencedWrites = fencing.refusals
    status.journalStalls = journal.stalls
    status.lockWaits = lockTimes.waitedFor
    status.lockHolds = lockTimes.heldFor
    status.problems =
      [journalProblem, journalLogProblem].compactMap { $0 } + survey.faults + survey.alarms
      + survey.missing + attentionProblems()
    status.state = stopping != nil ? "stopping" : status.problems.isEmpty ? "running" : "degraded"
    return status
  }

  private func load(of survey: Survey) -> HostLoad {
    var load = survey.load
    load.timeMilliseconds = wall.milliseconds
    return load
  }
}
