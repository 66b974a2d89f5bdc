/// Numbers a question of this run of the host.
public typealias ReadID = UInt64

/// A question to the journal. An ordered one sees every transaction submitted before it; others see
/// every transaction that was reported as committed before it was asked.
public enum JournalQuery: Sendable, Equatable {
  /// The key's binding and its session, and whether the message was accepted before.
  case place(SessionKey, channel: InstanceID, account: String, messageID: String)
  /// A session by its id.
  case session(SessionID)
  /// The last `limit` visible turns before `before` (0: all): own and shared, live only, ascending,
  /// none hidden behind the summary.
  case history(SessionID, limit: Int, before: TurnIndex = 0)
  /// These turns of the session itself, whatever their status, ascending.
  case turns(SessionID, TurnSet)
  /// The last `limit` visible turns as for `history`, and what every enrolment has of the session:
  /// what an undo or a deletion decides on.
  case rewind(SessionID, limit: Int)
  /// Every live turn of the session itself, hidden behind a summary or not, and what every
  /// enrolment has of it: what a deletion decides on.
  case belongings(SessionID)
  /// The cuts of any status that hold one of these turns, oldest first.
  case cutsHolding(EnrolmentID, SessionID, TurnSet)
  /// Sessions by creation, newest first, before a given one; hidden ones only if asked.
  case sessions(before: SessionID?, limit: Int, includeHidden: Bool)
  /// A person's sessions at a place, newest first, hidden ones left out: between two, all that this
  /// user began on the channel with this agent; in a group, those of the group.
  case ownSessions(SessionKey, user: String, limit: Int)
  /// Journalled events above a sequence, ascending, the turns' own among them.
  case events(after: BusSequence, limit: Int)
  /// Cuts of these enrolments with this status, oldest first.
  case cuts([EnrolmentID], CutStatus, limit: Int)
  /// Looks at `limit` turns at most behind a place in the order of the bus: the live ones among
  /// them of the agent, or of one session of it, up to `bound`; deleted sessions are left out.
  case backfillPage(
    agent: String, SessionID?, after: BusSequence, bound: BusSequence, limit: Int)

  /// Whether the answer must reflect every transaction submitted before the question.
  public var isOrdered: Bool {
    switch self {
    case .rewind, .belongings, .session, .backfillPage: true
    case .place, .history, .turns, .cutsHolding, .sessions, .ownSessions, .events, .cuts: false
    }
  }
}

/// A session with what listings show beside it.
public struct SessionListing: Sendable, Equatable {
  /// The session.
  public var session: SessionRecord
  /// The key that it is bound to, nil if it is not current anywhere.
  public var boundKey: SessionKey?
  /// Number of its live turns, its own only.
  public var turnCount: Int

  /// A row of a listing.
  public init(session: SessionRecord, boundKey: SessionKey?, turnCount: Int) {
    self.session = session
    self.boundKey = boundKey
    self.turnCount = turnCount
  }
}

/// What a key is bound to.
public struct PlaceRecord: Sendable, Equatable {
  /// Its current session, nil if it was never bound or is bound no more.
  public var session: SessionRecord?
  /// Its epoch, 0 if it was never bound.
  public var epoch: Epoch
  /// When it was bound, or the last turn of the session came to its end.
  public var lastActive: WallTime
  /// The message asked about was accepted before.
  public var isDuplicate: Bool

  /// A place.
  public init(
    session: SessionRecord?, epoch: Epoch, lastActive: WallTime = WallTime(milliseconds: 0),
    isDuplicate: Bool
  ) {
    self.session = session
    self.epoch = epoch
    self.lastActive = lastActive
    self.isDuplicate = isDuplicate
  }
}

/// Where a turn stands in its session and in the order of the bus.
public struct TurnPlace: Sendable, Equatable {
  /// Its index in its session.
  public var index: TurnIndex
  /// Its place in the order of the bus.
  public var sequence: BusSequence

  /// A place.
  public init(index: TurnIndex, sequence: BusSequence) {
    self.index = index
    self.sequence = sequence
  }
}

/// Turns that a backfill looks at.
public struct BackfillPage: Sendable, Equatable {
  /// Those of one session.
  public struct Part: Sendable, Equatable {
    /// The session.
    public var session: SessionRecord
    /// How far the enrolments are settled in it; without those that never had any of it.
    public var watermarks: [EnrolmentID: TurnIndex]
    /// Its turns, ascending.
    public var turns: [TurnPlace]

    /// A part of a page.
    public init(
      session: SessionRecord, watermarks: [EnrolmentID: TurnIndex], turns: [TurnPlace]
    ) {
      self.session = session
      self.watermarks = watermarks
      self.turns = turns
    }
  }

  /// By session.
  public var parts: [Part]
  /// Everything up to here was looked at: the bound, if there is nothing behind this page.
  public var through: BusSequence

  /// A page.
  public init(parts: [Part], through: BusSequence) {
    self.parts = parts
    self.through = through
  }
}

/// What an enrolment has of a session.
public struct DebtRecord: Sendable, Equatable {
  /// For whom.
  public var enrolment: EnrolmentID
  /// Whose turns.
  public var session: SessionRecord
  /// Every turn up to it is settled.
  public var watermark: TurnIndex
  /// Live turns that are owed and in no open or parked cut: those above the watermark that lie in
  /// a span of the enrolment, and the arrears.
  public var pending: TurnSet
  /// Those of them that a backfill added.
  public var arrears: TurnSet
  /// When the first of those was said that no backfill added alone; nil without any.
  public var pendingSince: WallTime?
  /// The cursor's row says that something is owed.
  public var isOwing: Bool
  /// Open and parked cuts, oldest first.
  public var cuts: [CutRecord]
  /// Withdrawals that are owed.
  public var withdrawals: [WithdrawalRecord]

  /// A debt.
  public init(enrolment: EnrolmentID, session: SessionRecord, watermark: TurnIndex) {
    self.enrolment = enrolment
    self.session = session
    self.watermark = watermark
    pending = TurnSet()
    arrears = TurnSet()
    isOwing = false
    cuts = []
    withdrawals = []
  }
}

/// The answer to a question.
public enum JournalAnswer: Sendable, Equatable {
  /// To `place`.
  case place(PlaceRecord)
  /// To `session`. With the key that it is bound to and that key's epoch; nil for an unknown
  /// session.
  case session(SessionRecord?, boundKey: SessionKey?, epoch: Epoch)
  /// To `turns` and `history`; a branch's shared turns carry the parent's session id.
  case turns([TurnRecord])
  /// To `belongings`.
  case belongings(turns: [TurnPlace], debts: [DebtRecord])
  /// To `rewind`.
  case rewind(turns: [TurnRecord], debts: [DebtRecord])
  /// To `sessions` and `ownSessions`.
  case sessions([SessionListing])
  /// To `events`.
  case events([BusEvent])
  /// To `cuts` and `cutsHolding`.
  case cuts([CutRecord])
  /// To `backfillPage`.
  case backfillPage(BackfillPage)
  /// The journal could not be read, with the reason for people.
  case failed(String)
}

/// All that a host needs of its journal to go on where it was.
public struct Snapshot: Sendable, Equatable {
  /// The last numbers that were given.
  public var lastSequence: BusSequence = 0
  /// The highest inbox row.
  public var lastInput: Int64 = 0
  /// The highest outbox row.
  public var lastReply: Int64 = 0
  /// The highest cut.
  public var lastCut: Int64 = 0
  /// Every enrolment, detached ones included.
  public var enrolments: [EnrolmentRecord] = []
  /// Backfills that are under way, by enrolment.
  public var backfills: [BackfillRecord] = []
  /// How many messages were set aside for a person to look at.
  public var inputsSetAside = 0
  /// How many replies may or may not have been delivered.
  public var unknownReplies = 0
  /// Whatever is owed: cursors that say so, with their cuts and withdrawals.
  public var debts: [DebtRecord] = []
  /// Input that waits, oldest first, with what its key is bound to.
  public var inputs: [(input: InputRecord, place: PlaceRecord)] = []
  /// Tools that turns of this input had begun, by input and number.
  public var toolCalls: [ToolCallRecord] = []
  /// Replies that are pending or were being sent, oldest first.
  public var replies: [ReplyRecord] = []
  /// Last journalled event that each plugin has handled.
  public var eventCursors: [InstanceID: BusSequence] = [:]

  /// An empty journal.
  public init() {}

  /// Whether both name the same.
  public static func == (left: Snapshot, right: Snapshot) -> Bool {
    left.lastSequence == right.lastSequence && left.lastInput == right.lastInput
      && left.lastReply == right.lastReply && left.lastCut == right.lastCut
      && left.enrolments == right.enrolments && left.debts == right.debts
      && left.inputs.map(\.input) == right.inputs.map(\.input)
      && left.inputs.map(\.place) == right.inputs.map(\.place)
      && left.backfills == right.backfills && left.inputsSetAside == right.inputsSetAside
      && left.unknownReplies == right.unknownReplies
      && left.toolCalls == right.toolCalls && left.replies == right.replies
      && left.eventCursors == right.eventCursors
  }
}
