public import HoldfastCore

/// The world as tests of single rules use it: nothing happens by chance.
extension World {
  /// A host with a channel, a model and memory providers that all work, already up. Each provider
  /// is given with the turns that make a batch.
  public static func calm(
    _ providers: [(name: String, every: Int)] = [("notes", 1)],
    _ adjust: (inout Configuration) -> Void = { _ in }
  ) -> World {
    var configuration = basicConfiguration()
    for (name, every) in providers {
      configuration.plugins.append(memorySettings(name, every: every))
    }
    adjust(&configuration)
    let world = World(configuration: configuration)
    world.delays = 1...1
    world.journalDelay = 1...1
    for (name, _) in providers { world.install(name) }
    world.start()
    world.runUntilQuiet()
    return world
  }

  /// One agent, one channel, one model.
  public static func basicConfiguration() -> Configuration {
    let nowhere = nowherePosition
    var configuration = Configuration()
    configuration.agents = [AgentSettings(name: "main", position: nowhere)]
    configuration.agents[0].model = InstanceID("echo")
    var channel = PluginSettings(instance: console, position: nowhere)
    channel.plugin = "channel"
    var model = PluginSettings(instance: InstanceID("echo"), position: nowhere)
    model.plugin = "model"
    configuration.plugins = [channel, model]
    return configuration
  }

  /// A section for a memory provider.
  public static func memorySettings(_ name: String, every: Int) -> PluginSettings {
    var settings = PluginSettings(instance: InstanceID(name), position: nowherePosition)
    settings.plugin = "memory"
    settings.retainEveryTurns = every
    return settings
  }

  /// Makes a memory provider's library available.
  public func install(_ name: String, destination: String = "here") {
    providers[InstanceID(name)] = ScriptedProvider(destination: destination)
  }

  /// Changes how a memory provider is; what it says of itself counts from its next start.
  public func change(_ name: String, _ change: (inout ScriptedProvider) -> Void) {
    var provider = providers[InstanceID(name)] ?? ScriptedProvider(destination: "here")
    change(&provider)
    providers[InstanceID(name)] = provider
  }

  /// The next calls of this name (`retain`, `withdraw`, `recall`, `prefetch`, `respond`, `send`) go
  /// like this, one after the other; those behind them go well.
  public func script(_ instance: String, _ call: String, _ behaviours: Behaviour...) {
    scripted[InstanceID(instance), default: [:]][call, default: []] += behaviours
  }

  /// Forgets what was scripted: calls of this name go well from now on.
  public func unscript(_ instance: String, _ call: String) {
    scripted[InstanceID(instance)]?[call] = nil
  }

  /// Calls of this name wait until they are released; `event` holds events, `load` the creation of
  /// the instance.
  public func hold(_ instance: String, _ call: String) {
    holds[InstanceID(instance), default: []].insert(call)
  }

  /// Lets held calls go, and holds no more.
  public func release(_ instance: String, _ call: String) {
    let id = InstanceID(instance)
    holds[id]?.remove(call)
    let waiting = held.filter { $0.instance == id && $0.name == call }
    held.removeAll { $0.instance == id && $0.name == call }
    for flight in waiting { run(flight) }
    if call == "event", let last = heldEvents.removeValue(forKey: id)?.last {
      report(id, .handledEvents(through: last, failures: 0), after: .zero)
    }
  }

  /// Lets the first of the held calls go, and holds on.
  public func release(_ instance: String, _ call: String, first count: Int) {
    for _ in 0..<count {
      let place = held.firstIndex { $0.instance == InstanceID(instance) && $0.name == call }
      if let place { run(held.remove(at: place)) }
    }
  }

  /// Holds no more, and keeps the calls that are held: they go late, when they are released.
  public func holdNoMore(_ instance: String, _ call: String) {
    holds[InstanceID(instance)]?.remove(call)
  }

  /// The journal says that it cannot be written, until it says that it can.
  public func stallJournal(_ reason: String) { give(.journalStalled(reason)) }

  /// The journal says that it can be written again.
  public func resumeJournal() { give(.journalResumed) }

  func releaseAll() {
    for instance in holds.keys.sorted() {
      for call in (holds[instance] ?? []).sorted() { release(instance.description, call) }
    }
  }

  /// Calls that are held, by their names, in the order in which they came.
  public func heldCalls(_ instance: String) -> [String] {
    held.filter { $0.instance == InstanceID(instance) }.map(\.name)
  }

  /// Says something and lets everything come to rest.
  public func converse(_ text: String, from user: String = "alice", in chat: String? = nil) {
    say(text, from: user, in: chat)
    runUntilQuiet()
  }

  /// The session that is current in a person's direct chat.
  public func session(of user: String, in chat: String? = nil) -> SessionRecord? {
    journal.place(key(of: user, in: chat)).session
  }

  /// The key of a person's direct chat.
  public func key(of user: String, in chat: String? = nil) -> SessionKey {
    SessionKey(agent: "main", channel: "console", kind: .direct, chat: chat ?? user)
  }

  /// The journal with all that was submitted.
  public var journal: JournalModel { submitted.journal }

  /// What a provider holds of a session, by turn index, in the order in which it came.
  public func stored(_ name: String, _ session: SessionID?) -> [TurnIndex] {
    guard let session else { return [] }
    return (store(of: InstanceID(name)).documents[session.description] ?? []).map(\.turn)
  }

  /// The texts that reached a place, in order.
  public func heard(by user: String, in chat: String? = nil) -> [String] {
    delivered.filter { $0.key == key(of: user, in: chat) }.map(\.text)
  }
}

private let nowherePosition = ConfigurationPosition(file: "", line: 0, column: 0)
