extension Host {
  /// Takes up what the last host left. What it decides on the way is written with the first input.
  mutating func restore(_ snapshot: Snapshot) {
    for record in snapshot.enrolments { providers[record.id] = Provider(record: record) }
    for settings in configuration.plugins {
      plugins[settings.instance] = Plugin(settings: settings)
    }
    instances = plugins.keys.sorted()
    noteEnrolments()
    for record in snapshot.backfills { backfills[record.enrolment] = Backfill(record) }
    inputsSetAside = snapshot.inputsSetAside
    unknownReplies = snapshot.unknownReplies
    for var debt in snapshot.debts {
      // What was in no batch when its session was deleted is not owed.
      if debt.session.isDeleted { (debt.pending, debt.arrears) = (TurnSet(), TurnSet()) }
      let backlog = Backlog(restoring: debt, at: now, wall: wall)
      if backlog.isSettled {
        write(
          .setCursor(
            debt.enrolment, debt.session.id, watermark: debt.watermark, isOwing: false))
      } else {
        providers[debt.enrolment]?.keep(backlog)
        if debt.session.isDeleted { deletedSessions.insert(debt.session.id) }
      }
    }
    restoreReplies(snapshot.replies)
    restoreInputs(snapshot)
    sendNotices()
  }

  /// The calls of a turn are kept under the last message that it had taken in by then. Messages of
  /// the place before that one which still wait were its own too, since a lane runs one turn at a
  /// time.
  private mutating func restoreInputs(_ snapshot: Snapshot) {
    let begun = Dictionary(grouping: snapshot.toolCalls, by: \.input)
    var marks: [SessionKey: Int64] = [:]
    for (input, record) in snapshot.inputs
    where begun[input.id] != nil && isCurrent(input, at: record) {
      marks[input.key] = max(marks[input.key] ?? 0, input.id)
    }
    var earlier: [SessionKey: (inputs: [InputRecord], calls: [ToolCallRecord])] = [:]
    for (input, record) in snapshot.inputs {
      var calls = begun[input.id] ?? []
      let isCurrent = isCurrent(input, at: record)
      if isCurrent, let mark = marks[input.key], input.id < mark {
        earlier[input.key, default: ([], [])].inputs.append(input)
        earlier[input.key]?.calls += calls
        continue
      }
      let others = isCurrent && !calls.isEmpty ? earlier.removeValue(forKey: input.key) : nil
      calls = ((others?.calls ?? []) + calls).sorted { $0.number < $1.number }
      restore(input, at: record, having: calls, with: others?.inputs ?? [])
    }
  }

  /// Input goes on only under the session and epoch under which it was accepted, and not if its
  /// turn had begun to call tools.
  private mutating func restore(
    _ input: InputRecord, at record: PlaceRecord, having calls: [ToolCallRecord],
    with earlier: [InputRecord]
  ) {
    var place = places[input.key] ?? Place(key: input.key)
    if !place.isLoaded {
      place.session = record.session
      place.epoch = record.epoch
      place.isLoaded = true
    }
    if !isCurrent(input, at: record) {
      write(.settleInput(input.id, .interrupted))
      if !calls.isEmpty { write(.endTools(input.id)) }
    } else if !calls.isEmpty, let session = place.session {
      place.lane.running = Turn(
        inputs: earlier, and: input, session: session, began: now, having: calls)
      places[input.key] = place
      interruptTurn(at: input.key, notice: "Interrupted: the host ended while it was answering.")
      return
    } else if input.starts >= Self.maxStarts {
      inputsSetAside += 1
      write(.settleInput(input.id, .setAside))
      log(
        .error,
        "message \(input.messageID) in \(input.key) was set aside: its turn was started "
          + "\(input.starts) times and the host ended each time")
      let notice =
        "Your message was set aside: the host ended \(input.starts) times while it was answered."
      reply(notice, to: input, turn: 0, isNotice: true)
    } else {
      resume(input, in: &place)
    }
    places[input.key] = place
    laneChanged(at: input.key)
  }

  /// Several messages may have had one turn. Those of a turn that ran have one again; how others
  /// are joined is decided anew, and none is refused any more.
  private func resume(_ input: InputRecord, in place: inout Place) {
    var rules = queueRules(of: input.key.agent, in: place.session)
    rules.overflow = .merge
    // Beside those that waited one turn ran.
    rules.cap += 1
    let ran = input.starts > 0 && place.lane.waiting.last?.input.starts ?? 0 > 0
    if ran { rules.cap = 1 }
    let isJoined = place.lane.reception(of: input.text, rules) == .joined
    place.lane.enqueue(input, isDurable: true, isJoined: isJoined, awaitsQuiet: true, at: now)
  }

  private func isCurrent(_ input: InputRecord, at record: PlaceRecord) -> Bool {
    record.session?.id == input.session && record.epoch == input.epoch
  }

  /// What was being sent may have arrived; that is shown, not repeated.
  private mutating func restoreReplies(_ replies: [ReplyRecord]) {
    for reply in replies {
      if reply.status == .sending {
        unknownReplies += 1
        write(
          .settleReply(reply.id, .unknown, result: "the host ended while it was being sent"))
        log(.warning, "a reply in \(reply.key) may or may not have been delivered")
      } else {
        deliveries.fill(reply.key, with: Delivery())
        deliveries[reply.key]?.append(reply)
        deliveries[reply.key]?.becameDurable(through: reply.id)
      }
    }
  }

  /// The first input.
  mutating func start() {
    for settings in configuration.activePlugins {
      enrol(settings.instance)
      load(settings.instance)
    }
    for settings in configuration.plugins where settings.enabled { refuseFaulty(settings) }
    timers.add(.day, at: now)
    for id in providers.keys.sorted() { checkDebt(of: id) }
    for key in placesInOrder {
      for entry in places[key]?.lane.waiting.elements ?? [] {
        beginRecall(SlotName(key: key, input: entry.input.id), for: entry.input)
      }
      proceed(key)
    }
    announceIfReady()
  }

  /// A section with an error keeps its plugin from being loaded, and only that one.
  private mutating func refuseFaulty(_ settings: PluginSettings) {
    let problems = configuration.problems(of: settings.instance).filter { $0.severity == .error }
    guard let first = problems.first else { return }
    reported(settings.instance, .failed(PluginFault(.configuration, first.description)))
  }

  /// A message whose turn ended the host so often is not run again.
  static let maxStarts = 3
}
