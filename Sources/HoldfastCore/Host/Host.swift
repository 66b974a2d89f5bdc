/// The host as a value: all rules, no input and no output. The runtime and the simulator feed it
/// inputs and perform its effects, in order.
///
/// What is decided is written in one transaction per input. Whatever others can see of a decision
/// waits in `held` until the journal reports that transaction as synced.
public struct Host: Sendable {
  /// What the host runs with.
  public internal(set) var configuration: Configuration
  /// Where the memories of the providers go whose notes were seen.
  var destinations: [InstanceID: String]
  var numbers: Numbering
  var places = Table<SessionKey, Place>()
  var plugins = Table<InstanceID, Plugin>()
  var providers = Table<EnrolmentID, Provider>()
  /// The plugins' names in order.
  var instances: [InstanceID] = []
  /// The enrolments that turns of each agent are owed to.
  var current: [String: [EnrolmentID]] = [:]
  /// The plugins with a mailbox, in order.
  var listeners: [InstanceID] = []
  /// The configured agents by name.
  let agents: [String: AgentSettings]
  /// The instance of each enrolment.
  var owners = Table<EnrolmentID, InstanceID>()
  /// The enrolments of each instance, in order.
  var enrolled = Table<InstanceID, [EnrolmentID]>()
  /// What the enrolments of each instance share.
  var loads = Table<InstanceID, SharedLoad>()
  var deliveries = Table<SessionKey, Delivery>()
  /// Where the operator's decisions wait for the lock of a place.
  var operatorsWaits: [RequestID: (key: SessionKey, ticket: UInt64)] = [:]
  /// How long write locks took.
  var lockTimes = LockTimes()
  /// Turns that may do host-side work at a time.
  var slots: TurnPool
  /// Pools in which a place became free while somebody waited; nil stands for `slots`.
  var freed: [InstanceID?] = []
  var operations: [OperationID: Operation] = [:]
  var reads: [ReadID: Reading] = [:]
  var timers = TimerQueue<Timer>()
  /// A timer will have the plugins' cursors written.
  var areCursorsDue = false
  var held = Queue<(transaction: TransactionID, action: AfterCommit)>()
  /// Sessions that a person's decision waits for the journal about, with how many.
  var subjects: [SessionID: Int] = [:]
  /// Everything up to this transaction is synced.
  var committedThrough: TransactionID = 0
  /// Places in the order in which they became idle; some are busy again by now.
  var idlePlaces = Queue<SessionKey>()
  var arriving: Set<MessageIdentity> = []
  var eventCursors: [InstanceID: BusSequence]
  var recallWaiters: [EnrolmentID: [SlotName]] = [:]
  var deletedSessions: Set<SessionID> = []
  /// By enrolment.
  var backfills: [EnrolmentID: Backfill] = [:]
  /// Questions whose answers will be about a session that has changed since.
  var overtaken: Set<ReadID> = []
  var stopping: Stopping?
  /// Of runs that have lost their session.
  var fencing = Fencing()
  /// What people are shown of recalls, while providers are asked.
  var viewings: [RequestID: Viewing] = [:]
  /// Places where a turn runs or somebody waits.
  var watches = Table<SessionKey, AttentionWatch>()
  /// What was reported of them.
  var reports: [SessionKey: AttentionReport] = [:]
  /// The place from which the next heartbeat goes on to compare lanes with their watches.
  var compared = 1
  /// What plugins say that they are at.
  var activities = ActivityBook()
  /// Sessions that recovery has been asked for, until they are well.
  var recoveries: [SessionID: Recovery] = [:]
  /// Calls that recovery cancelled and whose plugins have not returned.
  var recoveryCalls: [OperationID: SessionID] = [:]
  /// Nanoseconds by which heartbeats were late, altogether; ages leave them out.
  var missed: UInt64 = 0
  /// Looks at everything that are under way, in the order in which they were asked for.
  var surveys: [Survey] = []
  var journal = JournalWatch()
  var journalLogProblem: String?
  var isReadyAnnounced = false
  /// So many of the plugins, in the order of their names, are settled or were.
  var settledPlugins = 0
  var inputsSetAside = 0
  var unknownReplies = 0

  /// Events that a mailbox holds at most; lower in tests.
  package var mailboxBound = 1024
  /// Turns that one page of a backfill looks at: few, since the journal's writer reads it between
  /// two groups; fewer in tests.
  package var backfillTurns = 64
  /// Rows that a survey takes at a time: about a millisecond; fewer in tests.
  package var surveyRows = 256
  /// By how many milliseconds the local time is ahead of UTC at a time.
  package var localOffset: @Sendable (WallTime) -> Int64 = { _ in 0 }
  /// So many idle places keep what a prefetch left for them; lower in tests.
  package var placesKept = 1024

  // Of the input that is being handled.
  /// Plugins whose mailboxes events went through.
  var touched: [InstanceID] = []
  var now = Instant(nanoseconds: 0)
  var wall = WallTime(milliseconds: 0)
  var effects: [HostEffect] = []
  /// Calls to plugins that are not running; they end with the input.
  var undeliverable = Queue<OperationID>()
  var writes: [JournalOperation] = []
  /// What people are told of their messages that were interrupted: behind the answer to whoever
  /// did that, who shall not wait until the channel has delivered it.
  var notices: [(text: String, input: InputRecord)] = []
  var afterCommit: [AfterCommit] = []

  /// A host that goes on where `snapshot` says the last one was. `destinations` names the memory
  /// providers among the instances, with where their memories go, as their notes and settings say.
  /// `seed` decides session ids and jitter.
  public init(
    configuration: Configuration, snapshot: Snapshot, destinations: [InstanceID: String],
    seed: UInt64, at now: Instant, wall: WallTime
  ) {
    self.configuration = configuration
    agents = Dictionary(
      configuration.agents.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    self.destinations = destinations
    self.now = now
    self.wall = wall
    numbers = Numbering(after: snapshot, seed: seed)
    eventCursors = snapshot.eventCursors
    slots = TurnPool(capacity: configuration.host.turnSlots)
    restore(snapshot)
  }

  /// When `.tick` is to be given at the latest, nil if only another input changes anything.
  public var nextWake: Instant? { timers.next }

  /// Handles one input. The effects are to be performed in their order.
  public mutating func handle(
    _ input: HostInput, at now: Instant, wall: WallTime
  ) -> [HostEffect] {
    var effects: [HostEffect] = []
    handle(input, at: now, wall: wall) { effects.append($0) }
    return effects
  }

  /// The same, but plugins hear of a commit before the rules go on to what else follows from it.
  /// `perform` gives the host no other input.
  public mutating func handle(
    _ input: HostInput, at now: Instant, wall: WallTime, perform: (HostEffect) -> Void
  ) {
    self.now = max(now, self.now)
    self.wall = wall
    switch input {
    case .start: start()
    case .tick: break
    case .committed(let through): committed(through: through, perform)
    case .refused(let id, let refusal): refused(id, refusal)
    case .journalStalled(let reason): journalStalled(reason)
    case .journalResumed: journalResumed()
    case .journalLogGrows(let reason): journalLogGrows(reason)
    case .answered(let read, let answer): answered(read, answer)
    case .plugin(let instance, let report): reported(instance, report)
    case .control(let request, let body): control(request, body)
    case .withdrawn(let request): withdraw(request)
    case .finished(let key, let said, let answered): keep(said, answered, at: key)
    case .heartbeat(let lateness): heartbeat(lateBy: lateness)
    case .liveness(let warning): warn(warning)
    case .stop: beginStop()
    }
    while let timer = timers.pop(at: self.now) { expired(timer) }
    finish()
    pass(to: perform)
  }

  /// What follows from what was done: calls that could not be made have ended, and others have
  /// their places.
  private mutating func settle() {
    repeat {
      while let id = undeliverable.popFirst() {
        answeredOperation(id, PluginAnswer(.failed, text: "the plugin is not running"))
      }
      settlePlaces()
    } while !undeliverable.isEmpty
    settleMailboxes()
    sendNotices()
  }

  private mutating func finish() {
    settle()
    while writes.isEmpty, !afterCommit.isEmpty {
      let actions = afterCommit
      afterCommit = []
      for action in actions { perform(action) }
      settle()
    }
    if !writes.isEmpty {
      let id = numbers.transaction()
      handOver(id)
      fencing.seal(id, writes)
      // First, so that a question of the same input is answered from behind it.
      effects.insert(.commit(Transaction(id: id, operations: writes)), at: 0)
      for action in afterCommit { held.append((id, action)) }
      writes = []
      afterCommit.removeAll(keepingCapacity: afterCommit.capacity <= 256)
    }
  }

  private mutating func pass(to perform: (HostEffect) -> Void) {
    for effect in effects { perform(effect) }
    effects.removeAll(keepingCapacity: effects.capacity <= 1024)
  }

  /// Events that nothing stands before go out at once, and so does what is told of them. All else
  /// waits for the transaction of the input, which it may depend on.
  private mutating func passEvents(to perform: (HostEffect) -> Void) {
    let events = effects.prefix { effect in
      switch effect {
      case .deliver, .published, .diagnostic: true
      default: false
      }
    }
    guard !events.isEmpty else { return }
    for event in events { perform(event) }
    effects.removeFirst(events.count)
  }

  private mutating func committed(
    through id: TransactionID, _ perform: (HostEffect) -> Void
  ) {
    committedThrough = id
    journalSynced(through: id)
    fencing.committed(through: id)
    while let next = held.popFirst(if: { $0.transaction <= id }) {
      self.perform(next.action)
      passEvents(to: perform)
    }
    checkStop()
  }

  /// What is done at every place is done in the same order in every run.
  var placesInOrder: [SessionKey] {
    places.keys
  }

  mutating func write(_ operation: JournalOperation) {
    if writes.isEmpty { writes.reserveCapacity(8) }
    writes.append(operation)
    switch operation {
    case .bind(let key, _, _, _): noteWrite(at: key)
    case .acceptInput(let input): noteWrite(at: input.key)
    case .queueReply(let reply): noteWrite(at: reply.key)
    case .emit(let event): if let key = event.context.key { noteWrite(at: key) }
    default: break
    }
  }

  private mutating func noteWrite(at key: SessionKey) {
    places[key]?.lastWrite = numbers.nextTransaction
  }

  mutating func log(_ level: LogLevel, _ text: String) { effects.append(.log(level, text)) }

  mutating func ask(_ query: JournalQuery, for reading: Reading) -> ReadID {
    let id = numbers.read()
    reads[id] = reading
    if let session = reading.subject { subjects[session, default: 0] += 1 }
    effects.append(.ask(id, query))
    return id
  }

  /// Calls a plugin. The answer comes back to `operation`.
  mutating func call(
    _ instance: InstanceID, _ call: PluginCall, for operation: Operation.Purpose,
    within limit: Duration?
  ) -> OperationID {
    let id = numbers.operation()
    let deadline = limit.map { now + $0 }
    operations[id] = Operation(
      instance: instance, name: call.name, purpose: operation, began: now, beganFair: fair,
      deadline: deadline,
      progress: ActivityProgress(at: fair, "\(call.name):started"))
    guard plugins[instance]?.lifecycle.isRunning ?? false else {
      operations[id]?.wasSent = false
      undeliverable.append(id)
      return id
    }
    plugins[instance]?.lifecycle.called()
    plugins[instance]?.account.began(call.name)
    noteCall(id)
    if let deadline { timers.add(.operation(id), at: deadline) }
    effects.append(.call(instance, id, call, deadline: deadline))
    return id
  }

  /// The host has no more use for an operation.
  mutating func cancel(_ id: OperationID) {
    guard let operation = operations.removeValue(forKey: id) else { return }
    activities.end(id)
    timers.remove(.operation(id))
    if operation.wasSent { plugins[operation.instance]?.account.cancelled() }
    uncount(operation)
    noteEnd(of: operation, "cancelled")
    effects.append(.cancel(operation.instance, id))
  }
}
