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
    let begun = Dictionary(grouping: snapshot.toolCalls, by: \.input)
    for (input, record) in snapshot.inputs {
      restore(input, at: record, having: begun[input.id] ?? [])
    }
  }

  /// Input goes on only under the session and epoch under which it was accepted, and not if its
  /// turn had begun to call tools.
  private mutating func restore(
    _ input: InputRecord, at record: PlaceRecord, having calls: [ToolCallRecord]
  ) {
    var place = places[input.key] ?? Place(key: input.key)
    if !place.isLoaded {
      place.session = record.session
      place.epoch = record.epoch
      place.isLoaded = true
    }
    if record.session?.id != input.session || record.epoch != input.epoch {
      write(.settleInput(input.id, .interrupted))
      if !calls.isEmpty { write(.endTools(input.id)) }
    } else if !calls.isEmpty, let session = place.session {
      place.lane.running = Turn(input: input, session: session, began: now, having: calls)
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
      place.lane.enqueue(input, isDurable: true)
    }
    places[input.key] = place
    laneChanged(at: input.key)
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
