public import HoldfastCore

/// A host with everything around it: clock, journal, plugins, people. Time is virtual, and what
/// happens follows from the seed alone. One thread.
public final class World {
  /// Something that is going to happen.
  struct Happening {
    let at: Instant
    let order: UInt64
    /// Which life of the host it belongs to; nil if it outlives hosts.
    let life: Int?
    let run: (World) -> Void
  }

  /// What the host runs with from its next start on.
  public var configuration: Configuration
  /// Events that a mailbox holds at most, from the host's next start on.
  public var mailboxBound = 1024
  /// Places that the host keeps in mind at least, from its next start on.
  public var placesKept = 1024
  /// The host, nil while it is down.
  public internal(set) var host: Host?
  /// The monotonic clock.
  public internal(set) var now = Instant(nanoseconds: 1_000_000_000)
  /// The wall clock minus the monotonic one, in milliseconds; may jump.
  public var wallOffset: Int64 = 1_800_000_000_000
  /// What goes wrong.
  public var faults = Faults()
  /// What was violated first, with the step at which that was seen; nil while all is well.
  public internal(set) var violation: String?
  /// What happened, oldest first, if `isTracing`.
  public internal(set) var trace: [String] = []
  /// Whether what happens is written down.
  public var isTracing = false
  /// Steps that were taken.
  public internal(set) var steps = 0
  /// A mistake that is made on purpose.
  public var mutation: Mutation?
  /// How often the mutation did something.
  public internal(set) var mutated = 0

  var lastRecalled: (session: SessionID, items: [RecallItem])?

  var random: Random
  var life = 0
  var heap: [Happening] = []
  private var order: UInt64 = 0
  var isStopping = false
  /// The report of the last orderly stop.
  public internal(set) var stopReport: StopSummary?

  // The journal: what was submitted, what survives a loss of power, and what was reported.
  var submitted = Ledger()
  var synced = Ledger()
  var unsynced: [Transaction] = []
  var isSyncing = false
  var lastReport = Instant(nanoseconds: 0)
  /// How long a sync takes, and a report of it.
  public var journalDelay: ClosedRange<Int> = 0...4

  // Plugins.
  var providers: [InstanceID: ScriptedProvider] = [:]
  var stores: [String: Store] = [:]
  var flights: [OperationID: Flight] = [:]
  var running: Set<InstanceID> = []
  var knownAtStart: Set<InstanceID> = []
  var held: [Flight] = []
  /// Batches and withdrawals that are under way, by their sessions.
  var storing: [InstanceID: [OperationID: SessionID]] = [:]
  var holds: [InstanceID: Set<String>] = [:]
  var scripted: [InstanceID: [String: [Behaviour]]] = [:]
  var eventFinish: [InstanceID: Instant] = [:]
  var heldEvents: [InstanceID: [UInt64]] = [:]
  var delays: ClosedRange<Int> = 0...20
  /// Every switch that a provider has heard of, in any life.
  var heard: [InstanceID: Set<BusSequence>] = [:]
  /// Cuts with an attempt that came to its end in this life of the host.
  var concluded: Set<Int64> = []
  /// Cuts that were ever parked, or given up by a person.
  var deadLetters: Set<Int64> = []
  var recalls: [String: CallContext] = [:]

  /// Tools, and the model that calls them.
  public var tools = ToolWorld()

  // People.
  var unreceipted: [UInt64: Spoken] = [:]
  var nextToken: UInt64 = 0
  var nextMessage = 0
  /// Replies in the order in which they reached the platform.
  public internal(set) var delivered: [ReplyRecord] = []
  var deliveredIDs: Set<Int64> = []
  /// What models were asked to answer.
  public internal(set) var prompts: [ModelRequest] = []
  /// What providers were asked to find, by recalls and prefetches, in order.
  public internal(set) var asked: [Asked] = []
  /// What retains reached providers, in order.
  public internal(set) var retains: [(instance: InstanceID, request: RetainRequest)] = []
  /// What withdrawals reached providers, in order.
  public internal(set) var withdrawals: [(instance: InstanceID, request: WithdrawRequest)] = []
  /// Journalled events that plugins were given, in order.
  public internal(set) var events: [(instance: InstanceID, event: BusEvent)] = []
  /// Answers to the command line.
  public internal(set) var answers: [RequestID: ControlAnswer] = [:]
  /// Lines of the log.
  public internal(set) var log: [(level: LogLevel, text: String)] = []
  /// What channels were told of messages, in order.
  public internal(set) var receipts: [(messageID: String, receipt: Receipt)] = []
  var nextRequest: RequestID = 0
  var crashesLeft = 0

  /// A world without a host; `start` brings one up.
  public init(configuration: Configuration, seed: UInt64 = 1) {
    self.configuration = configuration
    random = Random(seed: seed)
  }

  var wall: WallTime {
    WallTime(milliseconds: Int64(now.nanoseconds / 1_000_000) + wallOffset)
  }

  func note(_ line: @autoclosure () -> String) {
    guard isTracing else { return }
    trace.append("\(now.nanoseconds / 1_000_000 % 1_000_000_000) ms  \(line())")
  }

  /// Something must not be so; the first such thing ends the run.
  func fail(_ what: @autoclosure () -> String) {
    guard violation == nil else { return }
    violation = "step \(steps): \(what())"
    note("VIOLATION \(what())")
  }

  // MARK: Time

  func schedule(
    after delay: Duration, life: Int?, _ run: @escaping (World) -> Void
  ) {
    schedule(at: now + delay, life: life, run)
  }

  func schedule(at instant: Instant, life: Int?, _ run: @escaping (World) -> Void) {
    order += 1
    let happening = Happening(at: max(instant, now), order: order, life: life, run: run)
    var position = heap.count
    heap.append(happening)
    while position > 0 {
      let parent = (position - 1) / 2
      if !precedes(heap[position], heap[parent]) { break }
      heap.swapAt(position, parent)
      position = parent
    }
  }

  private func precedes(_ left: Happening, _ right: Happening) -> Bool {
    left.at == right.at ? left.order < right.order : left.at < right.at
  }

  private func popHappening() -> Happening {
    let first = heap[0]
    let last = heap.removeLast()
    guard !heap.isEmpty else { return first }
    heap[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && precedes(heap[child], heap[least]) { least = child }
      if least == parent { return first }
      heap.swapAt(parent, least)
      parent = least
    }
  }

  /// The instant of the next thing that happens by itself, nil if nothing does.
  public var nextInstant: Instant? {
    let wake = host?.nextWake.map { max($0, now) }
    return [heap.first?.at, wake].compactMap { $0 }.min()
  }

  /// Lets the next thing happen; false if there is none, or something was violated.
  @discardableResult
  public func step() -> Bool {
    guard violation == nil, let next = nextInstant else { return false }
    steps += 1
    now = max(now, next)
    if let happening = heap.first, happening.at <= now {
      _ = popHappening()
      if happening.life == nil || happening.life == life { happening.run(self) }
    } else {
      give(.tick)
    }
    if steps % 64 == 0 { checkBounds() }
    return true
  }

  /// Lets everything happen until nothing is left to happen; a violation if that takes too long.
  public func runUntilQuiet(limit: Int = 20_000) {
    let end = steps + limit
    while let next = nextInstant, next < now + Self.rest, step() {
      if steps >= end { return fail("the host never comes to rest") }
    }
  }

  /// Lets happen what happens within a time.
  public func advance(by duration: Duration) {
    let end = now + duration
    while let next = nextInstant, next <= end, step() {}
    now = max(now, end)
  }

  /// No wait of the host's rules is longer, but for what it does once a day.
  static let rest = Duration.seconds(900)

  // MARK: The host's life

  /// Starts a host on what the journal holds.
  public func start() {
    precondition(host == nil, "the host is up")
    life += 1
    note("START of host \(life)")
    isStopping = false
    submitted = synced
    unsynced = []
    isSyncing = false
    flights = [:]
    storing = [:]
    running = []
    held = []
    heldEvents = [:]
    eventFinish = [:]
    concluded = []
    knownAtStart = Set(destinations.keys)
    host = Host(
      configuration: configuration, snapshot: submitted.journal.snapshot(),
      destinations: destinations, seed: random.next(), at: now, wall: wall)
    host?.mailboxBound = mailboxBound
    host?.placesKept = placesKept
    host?.backfillTurns = 2
    give(.start)
    redeliver()
  }

  /// The host ends at once. Of what was not synced a random part is on disk all the same.
  public func crash(keeping count: Int? = nil) {
    guard host != nil else { return }
    let kept = count ?? random.below(unsynced.count + 1)
    note("CRASH, \(kept) of \(unsynced.count) transactions that were not synced survive")
    for transaction in unsynced.prefix(kept) { _ = synced.apply(transaction) }
    end()
  }

  /// Where the memories of those providers go whose libraries are there to say so.
  private var destinations: [InstanceID: String] {
    providers.filter { $0.value.isInstalled && configuration.plugin($0.key) != nil }
      .mapValues(\.destination)
  }

  private func end() {
    host = nil
    submitted = synced
    unsynced = []
    life += 1
  }

  /// An orderly stop.
  public func stop() { give(.stop) }

  func stopped(_ report: StopSummary) {
    note("STOPPED \(report)")
    stopReport = report
    for transaction in unsynced { _ = synced.apply(transaction) }
    end()
  }

  /// Gives the host an input and performs what it wants done.
  func give(_ input: HostInput) {
    guard var current = host else { return }
    note("-> \(Describe.input(input))")
    host = nil
    let effects = current.handle(input, at: now, wall: wall)
    host = current
    if crashesLeft > 0, random.chance(faults.crash) {
      crashesLeft -= 1
      for effect in effects.prefix(random.below(effects.count + 1)) { perform(effect) }
      crash()
      schedule(after: random.milliseconds(1...5000), life: nil) { world in
        if world.host == nil { world.start() }
      }
      return
    }
    for effect in effects where host != nil { perform(effect) }
  }
}
