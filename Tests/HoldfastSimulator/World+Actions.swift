public import HoldfastCore

/// What people and the operator do in a run that follows from a seed.
extension World {
  /// The first memory provider.
  public static let notes = InstanceID("notes")
  /// The second one.
  public static let archive = InstanceID("archive")
  /// The channel of the second agent.
  public static let office = InstanceID("office")
  /// The model.
  public static let echo = InstanceID("echo")

  func apply(_ setting: Setting) {
    switch setting {
    case .every(let count): setEvery(Self.notes, count)
    case .archive(let count):
      configuration.plugins.append(Self.memorySettings(Self.archive.description, every: count))
      install(Self.archive.description)
    case .secondAgent(let remembersWithAll): addSecondAgent(remembersWithAll)
    case .scope(let rule): configuration.memory.scope = rule
    case .strict: configuration.memory.strict = true
    case .expiry(let limit): configuration.host.expiry.idle = limit
    case .keeps(let text): change(Self.notes.description) { $0.keeps = text }
    case .queueCap(let count): configuration.host.queueCap = count
    case .queue(let mode, let debounce, let overflow):
      configuration.host.queueMode = mode
      configuration.host.queueDebounce = debounce
      configuration.host.queueOverflow = overflow
    case .slots(let count): configuration.host.maxConcurrentTurns = count
    case .outstanding(let count):
      for position in configuration.plugins.indices {
        configuration.plugins[position].maxOutstanding = count
      }
    case .indiscreet: change(Self.notes.description) { $0.isIndiscreet = true }
    case .cannotWithdraw: change(Self.notes.description) { $0.canWithdraw = false }
    case .concurrentSessions(let count):
      change(Self.notes.description) { $0.concurrentSessions = count }
    case .mailboxBound(let count): mailboxBound = count
    case .placesKept(let count): placesKept = count
    case .tools(let rounds):
      Self.addTools(to: &configuration)
      configuration.host.toolRounds = rounds
      tools.isUsed = true
    case .behaviours(let some): behaviours = some
    case .delays(let limit): delays = 0...limit
    case .attention(let stuckAfter, let abortAfter, let models):
      configuration.diagnostics.stuckAfter = stuckAfter
      configuration.diagnostics.abortAfter = abortAfter
      attention.progressEvery = .milliseconds(Int64(stuckAfter.milliseconds / 2))
      faults.model = max(faults.model, models)
    case .faults(let rates):
      faults = rates
      crashesLeft = rates.crashes
    }
  }

  private func addSecondAgent(_ remembersWithAll: Bool) {
    guard var agent = configuration.agents.first, var channel = configuration.plugins.first else {
      return
    }
    agent.name = "aide"
    if !remembersWithAll { agent.memory = [Self.notes] }
    configuration.agents.append(agent)
    channel.instance = Self.office
    channel.agent = agent.name
    configuration.plugins.append(channel)
  }

  private func setEvery(_ instance: InstanceID, _ count: Int) {
    for position in configuration.plugins.indices
    where configuration.plugins[position].instance == instance {
      configuration.plugins[position].retainEveryTurns = count
    }
  }

  func perform(_ deed: Action.Deed) {
    switch deed {
    case .clock(let jump): wallOffset += jump
    case .restart(let changes): restart(changes)
    case .crash(let pick):
      if host != nil, !isStopping {
        crash(keeping: Int(pick % UInt64(unsynced.count + 1)))
        start()
      }
    default: if host != nil, !isStopping { performHere(deed) }
    }
  }

  private func performHere(_ deed: Action.Deed) {
    switch deed {
    case .say(let speaker, let text): say(text, speaker)
    case .resume(let speaker, let pick, let move):
      say("/resume \(session(pick))\(move ? " --move" : "")", speaker)
    case .delete(let speaker, let pick): say("/delete \(session(pick))", speaker)
    case .again(let pick): repeatMessage(pick)
    case .retry(let pick): if let cut = deadLetter(pick) { ask(.retryBatch(cut)) }
    case .drop(let pick): if let cut = deadLetter(pick) { ask(.dropBatch(cut)) }
    case .detach(let pick):
      let known = journal.enrolments.values.filter { !$0.isDetached }.map(\.id).sorted()
      if let id = choose(pick, from: known) { ask(.detach(id)) }
    case .backfill(let instance, let pick, let isDryRun):
      let session = pick.flatMap { choose($0, from: journal.sessions.keys.sorted()) }
      ask(.backfill(instance, session, isDryRun: isDryRun))
    case .look:
      ask(.status)
      ask(.sessions(before: nil, limit: 5, includeHidden: true))
    case .command(let pick, let command):
      if let session = choose(pick, from: journal.sessions.keys.sorted()) {
        ask(.command(.session(session), command))
      }
    case .breakLock(let pick): breakLock(pick)
    case .stopPlugin(let instance): ask(.stopPlugin(instance))
    case .startPlugin(let instance): ask(.startPlugin(instance))
    case .plugin(let instance): died(instance)
    case .tools(let all):
      if running.contains(InstanceID("box")) {
        setTools(all ? Self.usualTools : [Self.usualTools[0]])
      }
    case .beat(let lateness): beat(lateBy: lateness)
    case .takeUp(let kind, let pick, let instance):
      if running.contains(instance),
        let session = choose(pick, from: journal.sessions.keys.sorted())
      {
        takeUp(kind, for: session, of: instance.description)
      }
    case .letGo(let pick, let instance):
      if running.contains(instance), attention.tokens > 0 {
        give(.plugin(instance, .activity(.ended(1 + pick % attention.tokens))))
      }
    case .restart, .crash, .clock: break
    }
  }

  /// Of those that are held, if any is.
  private func breakLock(_ pick: Action.Pick) {
    let held = (host?.lockReport().sessions ?? []).compactMap { SessionID($0.session) }.sorted()
    let session = choose(pick, from: held.isEmpty ? journal.sessions.keys.sorted() : held)
    if let session { breakLock(of: session) }
  }

  private func choose<Element>(_ pick: Action.Pick, from all: [Element]) -> Element? {
    all.isEmpty ? nil : all[Int(pick % UInt64(all.count))]
  }

  private func session(_ pick: Action.Pick) -> String {
    choose(pick, from: journal.sessions.keys.sorted())?.description ?? "nothing"
  }

  private func deadLetter(_ pick: Action.Pick) -> Int64? {
    choose(pick, from: journal.cuts.values.filter { $0.status == .parked }.map(\.id).sorted())
  }

  private func say(_ text: String, _ speaker: Action.Speaker) {
    say(text, from: speaker.user, in: speaker.chat, kind: speaker.kind, on: speaker.channel)
  }

  private func repeatMessage(_ pick: Action.Pick) {
    guard let old = choose(pick, from: journal.inputs.values.sorted { $0.id < $1.id }) else {
      return
    }
    var message = InboundMessage()
    message.account = old.account
    message.messageID = old.messageID
    message.kind = old.key.kind
    message.chat = old.key.chat
    message.user = old.user
    message.text = old.text.isEmpty ? "gone" : old.text
    hand(message, on: old.channel)
  }

  /// The host stops in an orderly way, and comes back with other providers perhaps.
  private func restart(_ changes: [Action.Change]) {
    guard host != nil, !isStopping else { return }
    let stopped = life
    stop()
    var limit = 4000
    while host != nil, life == stopped, limit > 0, step() { limit -= 1 }
    guard violation == nil else { return }
    if host != nil, life == stopped { return fail(.atRest, "the host does not stop") }
    guard host == nil else { return }
    for change in changes { make(change) }
    start()
  }

  private func make(_ change: Action.Change) {
    switch change {
    case .destination(let instance, let pick):
      let destination = choose(pick, from: ["here", "there", "there", "there \(life)"]) ?? "here"
      self.change(instance.description) { $0.destination = destination }
    case .library(let instance): self.change(instance.description) { $0.isInstalled.toggle() }
    case .section(let instance):
      if let position = configuration.plugins.firstIndex(where: { $0.instance == instance }) {
        removedSections.append(configuration.plugins.remove(at: position))
      } else {
        restoreSection(instance)
      }
    case .every(let instance, let count): setEvery(instance, count)
    }
  }

  func restoreSection(_ instance: InstanceID) {
    guard let position = removedSections.firstIndex(where: { $0.instance == instance }) else {
      return
    }
    configuration.plugins.append(removedSections.remove(at: position))
  }
}
