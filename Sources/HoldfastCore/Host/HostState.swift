/// What tells a message of a channel from every other.
struct MessageIdentity: Hashable, Sendable {
  var channel: InstanceID
  var account: String
  var messageID: String
}

/// Names the recalls of one message.
struct SlotName: Hashable, Sendable {
  var key: SessionKey
  var input: Int64
}

/// A place where a conversation happens, as far as the host has to know it now.
struct Place: Sendable {
  /// Somebody wants something here.
  struct Arrival: Sendable {
    /// Who wants it.
    enum Origin: Sendable {
      /// A person, by a channel.
      case channel(InstanceID, InboundMessage)
      /// The operator, by the command line.
      case control(RequestID, ChatCommand)
    }

    var origin: Origin
    /// The question whose answer it waits for.
    var read: ReadID
    /// The answer.
    var place: PlaceRecord?
    /// When it came.
    var answeredAt: Instant?
  }

  /// A slot of the pool of all places.
  enum Seat: Sendable, Equatable {
    /// It has none and needs none.
    case free
    /// It needs one.
    case waiting(TurnPool.Ticket)
    /// It has one.
    case held
  }

  let key: SessionKey
  /// The current session, nil if there is none yet.
  var session: SessionRecord?
  var epoch: Epoch = 0
  /// When a turn came to its end here, or the key was bound.
  var lastActive = WallTime(milliseconds: 0)
  /// The journal was asked; from then on the host knows better.
  var isLoaded = false
  var lane = Lane()
  /// Who decides here, and what arrived meanwhile: a decision that waits for an answer of the
  /// journal, or for a survey, holds it, and later arrivals wait for that.
  var lock = WriteLock<Arrival>()
  /// Whether it may do host-side work for a turn.
  var seat = Seat.free
  /// What diagnostics was told of the lane last.
  var notedState = Lane.State.idle
  var slots: [Int64: RecallSlot] = [:]
  var warm: WarmRecall?
  var prefetches: [EnrolmentID: OperationID] = [:]
  /// With strict memory: that nothing is answered now was said, and nothing was answered since.
  var wasToldToWait = false
  /// That no more messages are taken was said, and none was taken since.
  var wasToldOfFullQueue = false
  /// Older turns are about to be hidden behind a summary.
  var compaction: Compaction?
  /// The last transaction that changed what the journal says of this place.
  var lastWrite: TransactionID = 0

  init(key: SessionKey) { self.key = key }

  // What follows is asked with every turn; it is mutating so that the place is not copied for it.

  /// The session, if nothing runs.
  mutating func sessionAtRest() -> SessionRecord? { lane.running == nil ? session : nil }

  /// A turn was added to the session. Returns the epoch.
  mutating func move(to turn: TurnIndex, at wall: WallTime) -> Epoch {
    session?.lastTurn = turn
    lastActive = wall
    return epoch
  }

  /// A decision waits for an answer of the journal, or for a survey of the host.
  var isDeciding: Bool { lock.holder != nil }

  /// Whether nothing would be lost by forgetting it.
  var isIdle: Bool {
    lane.state == .idle && lock.waiting.isEmpty && !isDeciding && compaction == nil && slots.isEmpty
  }
}

/// A plugin with its mailbox.
struct Plugin: Sendable {
  let settings: PluginSettings
  var lifecycle = PluginLifecycle()
  var mailbox: Mailbox?
  /// Events are being read from the journal.
  var isCatchingUp = false
  /// The cursor as of the last transaction.
  var journalledCursor: BusSequence = 0
  /// A channel that was started.
  var isStarted = false
  /// It is being started.
  var isStarting = false
  var startFailures = 0
  var health = ""
  var toolList = ToolList()
  var account = PluginAccount()
  /// Calls of turns that are under way, and those that wait.
  var calls: TurnPool

  init(settings: PluginSettings) {
    self.settings = settings
    calls = TurnPool(capacity: settings.maxOutstanding)
  }

  // What follows is asked with every turn. It is mutating so that the plugin is asked where it lies
  // in its table, and not copied.

  /// Takes an event in; nil while there is no mailbox.
  mutating func publish(
    _ event: BusEvent, at now: Instant, isFlushed: (BusEvent) -> Bool
  ) -> Mail? {
    guard mailbox != nil else { return nil }
    return Mail(number: mailbox?.publish(event, at: now, isFlushed: isFlushed) ?? nil)
  }

  /// How far turns of a session may be sent; nil while there is no mailbox.
  mutating func gate(of session: SessionID) -> Gate? {
    guard mailbox != nil else { return nil }
    return Gate(turn: mailbox?.gate(of: session))
  }

  /// After anything that may let the mailbox go on; nil if nothing is to be done.
  mutating func mailboxMoved() -> Move? {
    guard let cursor = mailbox?.cursor else { return nil }
    let isBehind = !isCatchingUp && mailbox?.wantsMore ?? false
    guard isBehind || cursor > journalledCursor else { return nil }
    if isBehind { isCatchingUp = true }
    return Move(
      isCursorAhead: cursor > journalledCursor,
      read: isBehind ? mailbox.map { ($0.lastTaken, $0.readLimit) } : nil)
  }

  /// How long it may be at an event, nil if it is at none.
  mutating func eventLimit() -> Duration? {
    mailbox?.holdingSince == nil ? nil : settings.deadlines.event
  }

  /// The tools that it has, as far as it has named them.
  struct ToolList: Sendable {
    var tools: [Tool] = []
    /// It has named them at least once.
    var isKnown = false
    var isAsked = false
    /// They changed while it was asked.
    var isOutdated = false
    var failures = 0
  }

  /// The number under which a mailbox gives an event to its plugin, if it does.
  struct Mail {
    var number: UInt64?
  }

  /// Turns above it, if there is one, wait for a switch to be heard of.
  struct Gate {
    var turn: TurnIndex?
  }

  /// What is to be done about a mailbox.
  struct Move {
    /// The cursor's row is to be written.
    var isCursorAhead: Bool
    /// Events behind it were left in the journal and are to be read now.
    var read: (after: BusSequence, limit: Int)?
  }
}

/// A call to a plugin that is not answered yet.
struct Operation: Sendable {
  /// What it is for.
  enum Purpose: Sendable {
    case retain(EnrolmentID, SessionID)
    case withdraw(EnrolmentID, SessionID)
    case recall(EnrolmentID, SlotName)
    case prefetch(EnrolmentID, SessionKey)
    case view(RequestID, EnrolmentID)
    case respond(SessionKey, input: Int64)
    case keep(SessionKey)
    case summarise(SessionKey)
    case send(SessionKey)
    case startChannel
    case stopChannel
    case listTools
    case tool(SlotName, number: Int)
  }

  let instance: InstanceID
  let name: String
  let purpose: Purpose
  let began: Instant
  /// The same by the clock of ages.
  let beganFair: Instant
  var deadline: Instant?
  /// The plugin was running, and got it.
  var wasSent = true
  /// Its last progress.
  var progress: ActivityProgress?
  /// It is one of the calls that turns may have under way with the plugin.
  var isCounted = false
}

/// A compaction under way.
struct Compaction: Sendable {
  let session: SessionRecord
  let epoch: Epoch
  /// The last turn that is hidden.
  let limit: TurnIndex
  let origin: Place.Arrival.Origin
  let request: ModelRequest
  /// Memory providers that have not said what to keep, until they are not waited for any more.
  var asked: [InstanceID: OperationID] = [:]
  var askedUntil = Instant(nanoseconds: 0)
  /// What they said.
  var kept: [InstanceID: String] = [:]
}

/// What a question to the journal is for.
enum Reading: Sendable {
  case place(SessionKey)
  case history(SessionKey, input: Int64)
  case batch(EnrolmentID, SessionID, CutRecord)
  case withdrawal(EnrolmentID, SessionID, [WithdrawalRecord])
  case catchUp(InstanceID)
  case backfill(EnrolmentID)
  indirect case backfillCount(RequestID, BackfillCount)
  case backfillTarget(RequestID, [EnrolmentID], SessionID, isDryRun: Bool)
  case resume(SessionKey, SessionID, move: Bool, Place.Arrival.Origin)
  case undo(SessionKey, SessionID, count: Int, Place.Arrival.Origin)
  case owner(SessionKey, SessionID)
  case delete(SessionKey, SessionRecord, Place.Arrival.Origin)
  case deleteTarget(SessionKey, SessionID, Place.Arrival.Origin)
  case compact(SessionKey, SessionID, Place.Arrival.Origin)
  case listing(SessionKey, Place.Arrival.Origin)
  case control(RequestID)
  case view(ViewQuestion)
  case controlTarget(RequestID, ChatCommand)
  case controlHistory(RequestID, SessionID, limit: Int)
  case controlTurns(RequestID, SessionListing)
  case explain(RequestID, SessionID)
}

extension Reading {
  /// The session that a decision of a person is about, nil if it is none.
  var subject: SessionID? {
    switch self {
    case .resume(_, let session, _, _), .deleteTarget(_, let session, _): session
    case .delete(_, let session, _): session.id
    case .undo(_, let session, _, _), .compact(_, let session, _): session
    default: nil
    }
  }

  /// The question of such a decision, to be asked once more.
  var question: JournalQuery? {
    switch self {
    case .resume(_, let session, _, _), .deleteTarget(_, let session, _): .session(session)
    case .delete(_, let session, _): .rewind(session.id, limit: .max)
    case .undo(_, let session, let count, _): .rewind(session, limit: count)
    case .compact(_, let session, _): .session(session)
    default: nil
    }
  }
}

/// What is looked at when its time comes.
enum Timer: Hashable, Sendable {
  case operation(OperationID)
  case overdue(InstanceID)
  case backlog(EnrolmentID, SessionID)
  case breaker(EnrolmentID)
  case backfill(EnrolmentID)
  case debt(EnrolmentID)
  case recall(SlotName)
  case delivery(SessionKey)
  case lane(SessionKey)
  case channel(InstanceID)
  case tools(InstanceID)
  case create(InstanceID)
  case catchUp(InstanceID)
  case recovery(SessionID)
  case attention
  case survey
  case lock(SessionKey)
  case compaction(SessionKey)
  case journal
  case cursors
  case day
  case stopTurns
  case stopFlush
  case stopFarewell
  case stopPlugins
}

/// What waits for a transaction to be synced.
enum AfterCommit: Sendable {
  case receipt(InstanceID, token: UInt64, MessageIdentity)
  case refusal(InstanceID, token: UInt64, MessageIdentity, String)
  case accepted(SlotName)
  indirect case publish(BusEvent)
  indirect case prefetch(BusEvent)
  indirect case compacting(BusEvent)
  case replies(SessionKey, through: Int64)
  case marked(SessionKey, reply: Int64)
  case cut(EnrolmentID, SessionID, Int64)
  case withdrawals(EnrolmentID, SessionID, TurnSet)
  case takenBack(EnrolmentID)
  case answer(RequestID, ControlAnswer)
  case tools(SlotName, round: Int)
  case proceed(SessionKey)
}

/// An orderly stop under way.
struct Stopping: Sendable {
  /// How far it has come.
  enum Phase: Sendable, Equatable {
    case turns
    case flush
    case farewell
    case plugins
    case done
  }

  var phase = Phase.turns
  /// Turns that are begun again at the next start.
  var postponedTurns = 0
  var deadline: Instant
}
