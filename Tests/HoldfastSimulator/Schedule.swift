import HoldfastCore

/// A run in which everything follows from one seed: who is there, what they say, what goes wrong
/// and when the host dies.
public struct Schedule {
  /// A run that found something.
  public struct Failure: Sendable {
    /// What was run.
    public let seed: UInt64
    /// What must not have happened.
    public let violation: String
    /// Everything that led to it, oldest first.
    public let trace: [String]
  }

  /// What was run.
  public let seed: UInt64
  private var random: Random
  private let world: World
  private var rest: Int
  private var people = ["alice", "bob"]
  private var chats = ["one", "two", "room"]
  /// So often, in a thousand, a message is no command.
  private var talk = 560

  /// A run that has not begun.
  public init(seed: UInt64, mutation: Mutation? = nil, isTracing: Bool = false) {
    self.seed = seed
    random = Random(seed: seed ^ 0x5DEE_CE66)
    var configuration = World.basicConfiguration()
    let names = random.chance(400) ? ["notes", "archive"] : ["notes"]
    for name in names {
      configuration.plugins.append(
        World.memorySettings(name, every: random.pick([1, 1, 2, 3, 5]) ?? 1))
    }
    configuration.memory.scope =
      random.pick([.user, .user, .user, .session, .chat, .agent]) ?? .user
    configuration.memory.strict = random.chance(100)
    configuration.host.queueCap = random.pick([2, 20]) ?? 20
    let hasTools = random.chance(350)
    if hasTools { World.addTools(to: &configuration) }
    configuration.host.toolRounds = random.pick([8, 8, 1, 2]) ?? 8
    world = World(configuration: configuration, seed: seed)
    world.tools.isUsed = hasTools
    world.isTracing = isTracing
    world.mutation = mutation
    rest = 6 + random.below(16)
    for name in names { world.install(name) }
    if random.chance(150) { world.change("notes") { $0.isIndiscreet = true } }
    if random.chance(60) { world.change("notes") { $0.canWithdraw = false } }
    if random.chance(250) { world.change("notes") { $0.concurrentSessions = 3 } }
    if random.chance(200) { world.mailboxBound = 4 + random.below(12) }
    if random.chance(200) { world.placesKept = random.below(3) }
    if random.chance(300) { (people, chats) = (["alice"], ["one"]) }
    if random.chance(150) { (people, chats) = (["alice"], ["one", "two"]) }
    talk = random.pick([300, 560, 560, 800]) ?? 560
    setFaults()
  }

  private mutating func setFaults() {
    var faults = Faults()
    if random.chance(700) { faults.memory = random.pick([50, 200, 500, 900]) ?? 0 }
    if random.chance(300) { faults.model = random.pick([50, 300]) ?? 0 }
    if random.chance(300) { faults.channel = random.pick([50, 300]) ?? 0 }
    if random.chance(600) { faults.crash = random.pick([3, 10, 40]) ?? 0 }
    faults.crashes = 1 + random.below(4)
    world.faults = faults
    world.crashesLeft = faults.crashes
    if random.chance(200) { world.delays = 0...400 }
  }

  /// Runs it; nil if nothing was violated.
  public mutating func run() -> Failure? {
    world.start()
    var next = world.now
    while rest > 0, world.violation == nil {
      if let instant = world.nextInstant, instant <= next {
        world.step()
        continue
      }
      world.now = max(world.now, next)
      rest -= 1
      act()
      next = world.now + pause()
    }
    world.settle()
    return world.violation.map { Failure(seed: seed, violation: $0, trace: world.trace) }
  }

  /// Everything that happened, oldest first, if it was to be traced.
  public var trace: [String] { world.trace }
  /// Steps that it took.
  public var steps: Int { world.steps }
  /// How often the mutation did something.
  public var mutated: Int { world.mutated }

  private mutating func pause() -> Duration {
    switch random.below(100) {
    case 0..<55: random.milliseconds(0...30)
    case 55..<80: random.milliseconds(30...400)
    case 80..<93: random.milliseconds(400...8000)
    case 93..<98: random.milliseconds(8000...400_000)
    default: .seconds(90_000)
    }
  }

  private mutating func act() {
    switch random.below(100) {
    case 0..<84: speak()
    case 84..<88: repeatMessage()
    case 88..<91: control()
    case 91..<94: restart()
    case 96..<98: changeTools()
    case 94..<96: world.wallOffset += Int64(random.below(20_000_000)) - 10_000_000
    default: speak()
    }
  }

  private mutating func speak() {
    let user = random.pick(people) ?? "alice"
    let chat = random.pick(chats) ?? "one"
    let kind = chat == "room" ? ChatKind.group : .direct
    let name = chat == "room" ? chat : "\(user)-\(chat)"
    let text = random.chance(talk) ? words() : command(of: user)
    guard world.host != nil else { return }
    world.say(text, from: user, in: name, kind: kind)
  }

  private mutating func changeTools() {
    guard world.running.contains(InstanceID("box")) else { return }
    world.setTools(random.chance(500) ? World.usualTools : [World.usualTools[0]])
  }

  private mutating func words() -> String {
    guard world.tools.isUsed, random.chance(500) else { return "says \(rest)" }
    let calls = ["box__look", "box__write:{\"what\":\"\(rest)\"}", "box__write", "box__gone"]
    let chosen = (0...random.below(3)).compactMap { _ in random.pick(calls) }
    let verb = random.pick(["use", "use", "use", "loop", "nag"]) ?? "use"
    return "\(verb) \(chosen.joined(separator: " "))"
  }

  private mutating func command(of user: String) -> String {
    switch random.below(100) {
    case 0..<24: return "/new"
    case 24..<30: return "/reset fresh"
    case 30..<52: return random.chance(600) ? "/undo" : "/undo \(1 + random.below(4))"
    case 52..<62: return "/branch"
    case 62..<78: return "/resume \(someSession())\(random.chance(500) ? " --move" : "")"
    case 78..<84: return random.chance(500) ? "/stop" : "/stop --drop"
    case 84..<89: return "/compact"
    case 89..<96: return random.chance(600) ? "/delete" : "/delete \(someSession())"
    default: return random.pick(["/status", "/sessions", "/memory", "/help", "/nonsense"]) ?? ""
    }
  }

  private mutating func someSession() -> String {
    random.pick(world.journal.sessions.keys.sorted())?.description ?? "nothing"
  }

  private mutating func repeatMessage() {
    let inputs = world.journal.inputs.values.sorted { $0.id < $1.id }
    guard world.host != nil, let old = random.pick(inputs) else { return }
    var message = InboundMessage()
    message.account = old.account
    message.messageID = old.messageID
    message.kind = old.key.kind
    message.chat = old.key.chat
    message.user = old.user
    message.text = old.text.isEmpty ? "gone" : old.text
    world.hand(message)
  }

  private mutating func control() {
    guard world.host != nil else { return }
    let parked = world.journal.cuts.values.filter { $0.status == .parked }.map(\.id).sorted()
    if let cut = random.pick(parked), random.chance(900) {
      world.ask(random.chance(800) ? .retryBatch(cut) : .dropBatch(cut))
      return
    }
    switch random.below(6) {
    case 0: world.ask(.status)
    case 4:
      let session = random.chance(300) ? random.pick(world.journal.sessions.keys.sorted()) : nil
      world.ask(.backfill(InstanceID("notes"), session, isDryRun: random.chance(200)))
    case 5:
      let known = world.journal.enrolments.values.filter { !$0.isDetached }.map(\.id).sorted()
      if let id = random.pick(known), random.chance(400) { world.ask(.detach(id)) }
    case 1: world.ask(.sessions(before: nil, limit: 5, includeHidden: true))
    case 2:
      if let session = random.pick(world.journal.sessions.keys.sorted()) {
        world.ask(
          .command(
            .session(session),
            random.pick([.undo(count: 1), .new(title: ""), .delete(nil)]) ?? .help))
      }
    default: world.ask(.stopPlugin(InstanceID("notes")))
    }
  }

  /// The host stops in an orderly way, and comes back with other providers perhaps.
  private mutating func restart() {
    guard world.host != nil, !world.isStopping else { return }
    world.isStopping = true
    world.stop()
    let life = world.life
    var limit = 4000
    while world.host != nil, world.life == life, limit > 0, world.step() { limit -= 1 }
    guard world.violation == nil else { return }
    if world.host != nil, world.life == life { return world.fail("the host does not stop") }
    guard world.host == nil else { return }
    if random.chance(300) {
      let destination = random.pick(["here", "there", "there", "there \(world.life)"]) ?? "here"
      world.change("notes") { $0.destination = destination }
    }
    if random.chance(150) { world.change("notes") { $0.isInstalled.toggle() } }
    world.start()
  }
}
