import HoldfastCore

/// What a seed decides: how the world is, who does what and when, and, once it has been run, what
/// goes wrong.
public struct Plan: Sendable, Equatable {
  /// Decides about all that is not listed: how long things take, what sessions are called.
  public let seed: UInt64
  /// What is decided, in order.
  public var decisions: [Decision]
  /// Whether faults are those listed; else they follow from the seed.
  public var isRecorded: Bool

  /// What the seed decides.
  public init(seed: UInt64) {
    self.seed = seed
    isRecorded = false
    var writer = PlanWriter(seed: seed)
    decisions = writer.decisions()
  }

  init(seed: UInt64, decisions: [Decision]) {
    self.seed = seed
    self.decisions = decisions
    isRecorded = true
  }

  /// Who does what.
  public var actions: [Action] {
    decisions.compactMap { if case .action(let action) = $0 { action } else { nil } }
  }

  var settings: [Setting] {
    decisions.compactMap { if case .setting(let setting) = $0 { setting } else { nil } }
  }

  var faults: [Fault] {
    decisions.compactMap { if case .fault(let fault) = $0 { fault } else { nil } }
  }
}

/// Makes up a plan.
private struct PlanWriter {
  private var random: Random
  private let seed: UInt64
  /// Decides about lanes, so that the rest of a plan does not depend on them.
  private var lanes: Random
  private var people = ["alice", "bob"]
  private var chats = ["one", "two", "room"]
  private var channels = [World.console]
  private var providers = [World.notes]
  /// So often, in a thousand, a message is no command.
  private var talk = 560
  /// So often, in a hundred, the operator does something, beyond the usual.
  private var operation = 0
  private var hasTools = false
  private var said = 0

  init(seed: UInt64) {
    self.seed = seed
    random = Random(seed: seed ^ 0x5DEE_CE66)
    lanes = Random(seed: seed ^ 0x1A9E_5EED)
  }

  mutating func decisions() -> [Decision] {
    var settings = self.settings() + laneSettings()
    var actions: [Action] = []
    let isLong = random.chance(100)
    for _ in 0..<(isLong ? 20 + random.below(20) : 6 + random.below(16)) { actions += act() }
    actions = chatting(among: actions)
    var beats = BeatWriter(seed: seed, instances: providers + [World.echo])
    actions = beats.beating(&settings, actions)
    return settings.map { .setting($0) } + actions.map { .action($0) }
  }

  // MARK: The world

  private mutating func settings() -> [Setting] {
    var settings: [Setting] = [.every(random.pick([1, 1, 2, 3, 5]) ?? 1)]
    if random.chance(400) {
      settings.append(.archive(every: random.pick([1, 1, 2, 3, 5]) ?? 1))
      providers.append(World.archive)
    }
    if random.chance(200) {
      settings.append(.secondAgent(remembersWithAll: random.chance(700)))
      channels.append(World.office)
    }
    settings.append(
      .scope(random.pick([.user, .user, .user, .session, .chat, .channel, .agent]) ?? .user))
    if random.chance(100) { settings.append(.strict) }
    if random.chance(500) { settings.append(.queueCap(2)) }
    if random.chance(150) { settings.append(.indiscreet) }
    if random.chance(60) { settings.append(.cannotWithdraw) }
    if random.chance(250) { settings.append(.concurrentSessions(3)) }
    if random.chance(200) { settings.append(.mailboxBound(4 + random.below(12))) }
    if random.chance(200) { settings.append(.placesKept(random.below(3))) }
    if random.chance(200) { settings.append(.delays(400)) }
    if random.chance(350) {
      settings.append(.tools(rounds: random.pick([8, 8, 1, 2]) ?? 8))
      hasTools = true
    }
    settings.append(.faults(faults()))
    if random.chance(400) { settings.append(.behaviours(behaviours())) }
    if random.chance(300) { (people, chats) = (["alice"], ["one"]) }
    if random.chance(150) { (people, chats) = (["alice"], ["one", "two"]) }
    talk = random.pick([300, 560, 560, 800, 900]) ?? 560
    operation = random.pick([0, 0, 0, 15]) ?? 0
    return settings
  }

  private mutating func laneSettings() -> [Setting] {
    var settings: [Setting] = []
    if lanes.chance(600) {
      settings.append(
        .queue(
          lanes.pick([.collect, .steer, .interrupt, .followup]) ?? .followup,
          debounce: .milliseconds(lanes.pick([0, 50, 500, 3000]) ?? 500),
          lanes.pick([.merge, .merge, .refuse]) ?? .merge))
    }
    if lanes.chance(150) { settings.append(.queueCap(1)) }
    if lanes.chance(200) {
      settings.append(.expiry(.seconds(lanes.pick([1, 20, 300, 3600]) ?? 20)))
    }
    if lanes.chance(300) { settings.append(.keeps("a note to keep")) }
    if lanes.chance(250) { settings.append(.slots(1 + lanes.below(2))) }
    if lanes.chance(250) { settings.append(.outstanding(1 + lanes.below(2))) }
    return settings
  }

  /// A few kinds of faults, over and over again, find what all kinds in turn do not.
  private mutating func behaviours() -> [Behaviour] {
    let all = Behaviour.allCases.filter { $0 != .ok }
    return (0...random.below(2)).compactMap { _ in random.pick(all) }
      + (random.chance(500) ? [.refused] : [])
  }

  private mutating func faults() -> Faults {
    var faults = Faults()
    if random.chance(700) { faults.memory = random.pick([50, 200, 500, 900]) ?? 0 }
    if random.chance(300) { faults.model = random.pick([50, 300]) ?? 0 }
    if random.chance(300) { faults.channel = random.pick([50, 300]) ?? 0 }
    if random.chance(300) { faults.event = random.pick([20, 100]) ?? 0 }
    if random.chance(200) { faults.life = random.pick([50, 300]) ?? 0 }
    if random.chance(150) { faults.stall = random.pick([10, 50]) ?? 0 }
    if random.chance(150) { faults.read = random.pick([10, 50]) ?? 0 }
    if random.chance(600) { faults.crash = random.pick([3, 10, 40]) ?? 0 }
    faults.crashes = 1 + random.below(4)
    return faults
  }

  // MARK: What is done

  private mutating func pause() -> Duration {
    switch random.below(100) {
    case 0..<55: random.milliseconds(0...30)
    case 55..<80: random.milliseconds(30...400)
    case 80..<93: random.milliseconds(400...8000)
    case 93..<98: random.milliseconds(8000...400_000)
    default: .seconds(90_000)
    }
  }

  private mutating func act() -> [Action] {
    var deeds: [Action.Deed] = []
    switch random.below(100) {
    case 0..<(80 - operation): deeds.append(speak())
    case (80 - operation)..<(84 - operation): deeds.append(.again(random.next()))
    case (84 - operation)..<89: deeds.append(operate())
    case 89..<92: deeds.append(.restart(changes()))
    case 92..<93: deeds.append(.crash(keeping: random.next()))
    case 93..<95: deeds.append(.clock(Int64(random.below(20_000_000)) - 10_000_000))
    case 95..<97:
      let instance = random.pick(providers + channels + [World.echo]) ?? World.notes
      deeds.append(random.chance(400) ? .stopPlugin(instance) : .plugin(instance))
      if random.chance(700) { deeds += [speak(), .startPlugin(instance)] }
    case 97..<98 where hasTools: deeds.append(.tools(all: random.chance(500)))
    default: deeds.append(speak())
    }
    return deeds.map { Action(pause: pause(), deed: $0) }
  }

  /// Now and then somebody talks for long in one place and has that summarised: few sessions have
  /// so many turns otherwise.
  private mutating func chatting(among actions: [Action]) -> [Action] {
    guard lanes.chance(100), !actions.isEmpty else { return actions }
    let speaker = Action.Speaker(
      user: "alice", chat: "alice-one", channel: World.console, kind: .direct)
    let place = lanes.below(actions.count)
    var talk: [Action] = []
    for _ in 0..<6 + lanes.below(4) {
      said += 1
      talk.append(
        Action(pause: lanes.milliseconds(50...1500), deed: .say(speaker, "says \(said)")))
    }
    talk.append(Action(pause: lanes.milliseconds(50...3000), deed: .say(speaker, "/compact")))
    if lanes.chance(500) {
      talk.append(Action(pause: lanes.milliseconds(50...60_000), deed: .say(speaker, "/new")))
    }
    return actions[..<place] + talk + actions[place...]
  }

  private mutating func speaker() -> Action.Speaker {
    let user = random.pick(people) ?? "alice"
    let chat = random.pick(chats) ?? "one"
    return Action.Speaker(
      user: user, chat: chat == "room" ? chat : "\(user)-\(chat)",
      channel: random.pick(channels) ?? World.console, kind: chat == "room" ? .group : .direct)
  }

  private mutating func speak() -> Action.Deed {
    let speaker = speaker()
    said += 1
    guard !random.chance(talk) else { return .say(speaker, words()) }
    switch random.below(100) {
    case 0..<24: return .say(speaker, "/new")
    case 24..<30: return .say(speaker, "/reset fresh")
    case 30..<52:
      return .say(speaker, random.chance(600) ? "/undo" : "/undo \(1 + random.below(4))")
    case 52..<62: return .say(speaker, "/branch")
    case 62..<78: return .resume(speaker, random.next(), move: random.chance(500))
    case 78..<84: return .say(speaker, random.chance(500) ? "/stop" : "/stop --drop")
    case 84..<89: return .say(speaker, "/compact")
    case 89..<96:
      return random.chance(600) ? .say(speaker, "/delete") : .delete(speaker, random.next())
    default:
      let word = random.pick(["status", "sessions", "memory", "help", "nonsense"]) ?? ""
      return .say(speaker, "/\(word)")
    }
  }

  private mutating func words() -> String {
    guard hasTools, random.chance(500) else { return "says \(said)" }
    let calls = ["box__look", "box__write:{\"what\":\"\(said)\"}", "box__write", "box__gone"]
    let chosen = (0...random.below(3)).compactMap { _ in random.pick(calls) }
    let verb = random.pick(["use", "use", "use", "loop", "nag"]) ?? "use"
    return "\(verb) \(chosen.joined(separator: " "))"
  }

  private mutating func operate() -> Action.Deed {
    switch random.below(10) {
    case 0..<5: return random.chance(800) ? .retry(random.next()) : .drop(random.next())
    case 5..<6: return .look
    case 6..<7:
      let session = random.chance(300) ? random.next() : nil
      return .backfill(random.pick(providers) ?? World.notes, session, isDryRun: random.chance(200))
    case 7..<8: return random.chance(400) ? .detach(random.next()) : .look
    case 8..<9: return .breakLock(random.next())
    default:
      let command = random.pick([
        ChatCommand.undo(count: 1), .new(title: ""), .delete(nil), .branch(title: ""), .compact,
      ])
      return .command(random.next(), command ?? .help)
    }
  }

  private mutating func changes() -> [Action.Change] {
    var changes: [Action.Change] = []
    for instance in providers {
      if random.chance(250) { changes.append(.destination(instance, random.next())) }
      if random.chance(150) { changes.append(.library(instance)) }
      if random.chance(100) { changes.append(.section(instance)) }
      if random.chance(150) { changes.append(.every(instance, 1 + random.below(4))) }
    }
    return changes
  }
}
