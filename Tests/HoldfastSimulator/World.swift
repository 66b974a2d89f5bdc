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
  /// How calls go wrong.
  var behaviours = Behaviour.allCases.filter { $0 != .ok }
  /// What was violated first; nil while all is well.
  public internal(set) var violation: Violation?
  /// Every input and effect, oldest first, if `isTracing`.
  public internal(set) var trace: [String] = []
  /// Whether every input and effect is written down.
  public var isTracing = false
  /// One line for each thing that was done, went wrong or was seen, if `isTelling`.
  public internal(set) var story: [String] = []
  /// Whether the story is written down.
  public var isTelling = false
  /// Steps that were taken.
  public internal(set) var steps = 0
  /// Messages whose turns lost their session in this life of the host.
  var fenced: Set<Int64> = []
  /// The journal may refuse what turns write that lost their session; else that is a violation.
  public var expectsRefusals = false
  /// A wake-up is taken away on purpose, so that a turn does not begin by itself.
  public var expectsForgottenTurns = false
  /// Transactions that it refused.
  public internal(set) var refusals = 0
  /// A mistake that is made on purpose.
  public var mistake: (any Mistake)?

  /// When the host wants to be woken.
  private var wake: Instant?
  var choices: Choices
  /// The faults of a run that is repeated; nil if they follow from the seed.
  var planned: [FaultName: Fault.Mishap]?
  /// What went wrong.
  var occurred: [Fault] = []
  /// Nothing goes wrong any more.
  var isCalm = false
  /// Which host this is, counting from 1, with every end counted too.
  public internal(set) var life = 0
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
  /// Questions to the journal that are not answered yet.
  var outstandingReads: Set<ReadID> = []
  /// Until when the journal cannot be written, or could not.
  var stalledUntil = Instant(nanoseconds: 0)
  /// Until then no sync returns, and nothing is said of it.
  public var hangsUntil = Instant(nanoseconds: 0)
  /// Which questions the journal cannot answer; none if it is nil.
  public var failsToRead: ((JournalQuery) -> Bool)?
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
  /// Counts the instances that each plugin had; what an old one reports nobody hears.
  var generations: [InstanceID: Int] = [:]
  var removedSections: [PluginSettings] = []
  var heldEvents: [InstanceID: [UInt64]] = [:]
  var delays: ClosedRange<Int> = 0...20
  /// Every switch that a provider has heard of, in any life.
  var heard: [InstanceID: Set<BusSequence>] = [:]
  /// When plugins were told of the end of a session.
  var ends: [InstanceID: [BusSequence: Instant]] = [:]
  /// Flush marks that are behind an instance's cursor, and whose attempt had been made by then.
  var passedMarks: [InstanceID: Set<BusSequence>] = [:]
  /// Cuts with an attempt that came to its end in this life of the host.
  var concluded: Set<Int64> = []
  /// Cuts that their provider refused for good.
  var refused: Set<Int64> = []
  /// How often each cut was sent by the host that is up.
  var attempts: [Int64: Int] = [:]
  /// Cuts that were ever parked, or given up by a person.
  var deadLetters: Set<Int64> = []
  var recalls: [String: Question] = [:]

  /// Sessions that do not go on.
  public var attention = AttentionWorld()
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
  /// What diagnostics was told, in order.
  public internal(set) var diagnostics: [DiagnosticEvent] = []
  /// What channels were told of messages, in order.
  public internal(set) var receipts: [(messageID: String, receipt: Receipt)] = []
  var nextRequest: RequestID = 0
  /// The first request to the host that is up.
  var firstRequest: RequestID = 1
  var crashesLeft = 0

  /// A world without a host; `start` brings one up.
  public init(configuration: Configuration, seed: UInt64 = 1) {
    self.configuration = configuration
    choices = Choices(seed: seed)
  }

  var wall: WallTime {
    WallTime(milliseconds: Int64(now.nanoseconds / 1_000_000) + wallOffset)
  }

  /// What happens from now on follows from these faults, and no others.
  func repeatFaults(_ faults: [Fault]) {
    planned = Dictionary(
      faults.map { (FaultName(site: $0.site, number: $0.number), $0.mishap) }
    ) { first, _ in first }
  }

  func note(_ line: @autoclosure () -> String) {
    guard isTracing else { return }
    trace.append("\(milliseconds) ms  \(line())")
  }

  /// Adds to the story.
  func tell(_ line: @autoclosure () -> String) {
    guard isTelling else { return }
    story.append("\(milliseconds) ms  \(line())")
    note("== \(line())")
  }

  /// Since the world began.
  private var milliseconds: UInt64 { now.nanoseconds / 1_000_000 - 1000 }

  /// Something must not be so; the first such thing ends the run.
  func fail(_ invariant: Invariant, _ what: @autoclosure () -> String) {
    guard violation == nil else { return }
    violation = Violation(invariant: invariant, step: steps, text: what())
    tell("VIOLATION, \(invariant.rawValue): \(what())")
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
    guard let wake else { return heap.first?.at }
    return min(max(wake, now), heap.first?.at ?? wake)
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
    if steps % 16 == 0 { checkBounds() }
    return true
  }

  /// Lets everything happen until nothing is left to happen; a violation if that takes too long.
  public func runUntilQuiet(limit: Int = 20_000) {
    let end = steps + limit
    while let next = nextInstant, next < now + Self.rest, step() {
      if steps >= end { return fail(.atRest, "the host never comes to rest") }
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
    tell("START of host \(life)")
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
    stalledUntil = Instant(nanoseconds: 0)
    outstandingReads = []
    attempts = [:]
    fenced = []
    attention.kept = []
    attention.attempts = [:]
    var random = choices.next(at: Site(.life)).random
    knownAtStart = Set(destinations.keys)
    host = Host(
      configuration: configuration, snapshot: submitted.journal.snapshot(),
      destinations: destinations, seed: random.next(), at: now, wall: wall)
    host?.mailboxBound = mailboxBound
    host?.placesKept = placesKept
    host?.backfillTurns = 2
    host?.surveyRows = 2
    firstRequest = nextRequest + 1
    makeMistakeAtStart()
    wake = host?.nextWake
    give(.start)
    redeliver()
  }

  /// The host ends at once. Of what was not synced a random part is on disk all the same.
  public func crash(keeping count: Int? = nil) {
    guard host != nil else { return }
    var random = choices.next(at: Site(.survivors)).random
    let kept = count ?? random.below(unsynced.count + 1)
    tell("CRASH, \(kept) of \(unsynced.count) transactions that were not synced survive")
    for transaction in unsynced.prefix(kept) { _ = synced.apply(transaction) }
    end()
  }

  /// Where the memories of those providers go whose libraries are there to say so.
  var destinations: [InstanceID: String] {
    providers.filter { $0.value.isInstalled && configuration.plugin($0.key) != nil }
      .mapValues(\.destination)
  }

  private func end() {
    host = nil
    wake = nil
    submitted = synced
    unsynced = []
    life += 1
  }

  /// An orderly stop.
  public func stop() { give(.stop) }

  func stopped(_ report: StopSummary) {
    tell("STOPPED, \(unsynced.count) transactions that were not synced")
    stopReport = report
    // The journal writes what it has been given, unless it cannot be written.
    if now >= stalledUntil { for transaction in unsynced { _ = synced.apply(transaction) } }
    end()
  }

  /// Gives the host an input and performs what it wants done.
  func give(_ input: HostInput) {
    noteProgress(input)
    if case .heartbeat(let lateness) = input { attention.lateness = lateness }
    guard let effects = handled(input) else { return }
    checkRecovery(behind: input, effects)
    if let (after, keeping) = crashNow(behind: input) {
      for effect in effects.prefix(Int(after % UInt64(effects.count + 1))) { perform(effect) }
      crash(keeping: Int(keeping % UInt64(unsynced.count + 1)))
      var random = choices.next(at: Site(.life)).random
      schedule(after: random.milliseconds(1...5000), life: nil) { world in
        if world.host == nil { world.start() }
      }
      return
    }
    for effect in effects where host != nil { perform(effect) }
  }

  /// Lets the host handle an input, with the mistake that is made on purpose before and after it.
  private func handled(_ input: HostInput) -> [HostEffect]? {
    guard let mistake else {
      note("-> \(Describe.input(input))")
      let effects = host?.handle(input, at: now, wall: wall)
      wake = host?.nextWake
      return effects
    }
    guard var current = host else { return nil }
    var input = input
    mistake.before(&input, host: &current, in: self)
    note("-> \(Describe.input(input))")
    var effects = current.handle(input, at: now, wall: wall)
    mistake.after(input, host: &current, effects: &effects, in: self)
    host = current
    wake = current.nextWake
    return effects
  }

  private func makeMistakeAtStart() {
    guard let mistake, var current = host else { return }
    mistake.started(&current, in: self)
    host = current
  }

  /// Whether the host dies while the effects of this input are performed, and how far it comes.
  private func crashNow(behind input: HostInput) -> (after: UInt64, keeping: UInt64)? {
    guard !isCalm, planned != nil || crashesLeft > 0 && faults.crash > 0 else { return nil }
    let site = Site(Self.moment(of: input))
    let (number, _) = choices.next(at: site)
    let mishap = mishap(at: site, number, rate: faults.crash) { random in
      .crash(after: random.next(), keeping: random.next())
    }
    guard case .crash(let after, let keeping) = mishap else { return nil }
    crashesLeft -= 1
    return (after, keeping)
  }

  private static func moment(of input: HostInput) -> Site.Kind {
    switch input {
    case .start: .afterStart
    case .committed, .refused, .journalStalled, .journalResumed: .afterCommit
    case .answered: .afterAnswer
    case .plugin: .afterReport
    case .control, .finished, .stop: .afterControl
    default: .afterTick
    }
  }
}
