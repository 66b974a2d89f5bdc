public import HoldfastCore

/// The journal as a value: what SQLite keeps in files, kept in memory. A copy is what would be
/// found after a crash at that moment. It trusts the host as the journal does: only guards and
/// messages that were accepted before are refused, and a row that is added twice is the host's
/// mistake and traps.
public struct JournalModel: Sendable, Equatable {
  /// A key's session, nil once unbound, and its epoch.
  public struct Binding: Sendable, Equatable {
    /// The current session.
    public var session: SessionID?
    /// Its epoch.
    public var epoch: Epoch
    /// When it was bound.
    public var time: WallTime
  }

  /// A session as one enrolment sees it.
  public struct Owner: Hashable, Comparable, Sendable {
    /// For whom.
    public var enrolment: EnrolmentID
    /// Whose turns.
    public var session: SessionID

    /// An enrolment's view of a session.
    public init(enrolment: EnrolmentID, session: SessionID) {
      self.enrolment = enrolment
      self.session = session
    }

    /// By enrolment, then by session.
    public static func < (left: Owner, right: Owner) -> Bool {
      (left.enrolment, left.session) < (right.enrolment, right.session)
    }
  }

  /// How far an enrolment is settled in a session.
  public struct Cursor: Sendable, Equatable {
    /// Every turn up to it is settled.
    public var watermark: TurnIndex
    /// Something is owed.
    public var isOwing: Bool
  }

  /// What tells an accepted message from another.
  struct MessageName: Hashable, Sendable {
    var channel: InstanceID
    var account: String
    var messageID: String
  }

  /// Every session whose rows are not all gone.
  public internal(set) var sessions: [SessionID: SessionRecord] = [:]
  /// Purged sessions that are kept for the sake of a branch.
  public internal(set) var purged: Set<SessionID> = []
  /// What every key that was ever bound is bound to.
  public internal(set) var bindings: [SessionKey: Binding] = [:]
  /// Every session's own turns, ascending by index.
  public internal(set) var turns: [SessionID: [TurnRecord]] = [:]
  /// The inbox.
  public internal(set) var inputs: [Int64: InputRecord] = [:]
  /// Tools that turns have begun to call, by input and number.
  public internal(set) var toolCalls: [Int64: [Int: ToolCallRecord]] = [:]
  /// The outbox.
  public internal(set) var replies: [Int64: ReplyRecord] = [:]
  /// Events that are rows of their own.
  public internal(set) var events: [BusSequence: BusEvent] = [:]
  /// Every enrolment.
  public internal(set) var enrolments: [EnrolmentID: EnrolmentRecord] = [:]
  /// Watermarks.
  public internal(set) var cursors: [Owner: Cursor] = [:]
  /// Every cut.
  public internal(set) var cuts: [Int64: CutRecord] = [:]
  /// Turns up to a watermark that are owed all the same.
  public internal(set) var arrears: [Owner: TurnSet] = [:]
  /// Backfills that are under way.
  public internal(set) var backfills: [EnrolmentID: BackfillRecord] = [:]
  /// Withdrawals that are owed.
  public internal(set) var withdrawals: [Owner: [TurnIndex: WithdrawalRecord]] = [:]
  /// Last event that each plugin has handled.
  public internal(set) var eventCursors: [InstanceID: BusSequence] = [:]

  var accepted: [MessageName: Int64] = [:]
  var lastSequence: BusSequence = 0
  var lastInput: Int64 = 0
  var lastReply: Int64 = 0
  var lastCut: Int64 = 0

  /// An empty journal.
  public init() {}

  /// Writes all of a transaction or, if a guard refuses it, nothing.
  public mutating func apply(_ transaction: Transaction) -> TransactionOutcome {
    if let refusal = refusal(of: transaction) { return .refused(refusal) }
    for operation in transaction.operations { perform(operation) }
    return .committed
  }

  /// Whether a message was accepted, and is remembered.
  func hasAccepted(_ message: InboundMessage, on channel: InstanceID) -> Bool {
    accepted[
      MessageName(channel: channel, account: message.account, messageID: message.messageID)] != nil
  }

  /// Forgets what has come to its end and lies before the limits. Waiting input and what a person
  /// is to look at stay.
  public mutating func prune(_ limits: PruneLimits) {
    let time = limits.before
    for event in events.values where event.time < time && event.sequence <= limits.handledThrough {
      events[event.sequence] = nil
    }
    for cut in cuts.values where cut.created < limits.cutsBefore && !cut.status.isUnsettled {
      let owner = Owner(enrolment: cut.enrolment, session: cut.session)
      let range = (cut.turns.first ?? 0)...(cut.turns.last ?? 0)
      if withdrawals[owner]?.keys.contains(where: range.contains) ?? false { continue }
      cuts[cut.id] = nil
    }
    for input in inputs.values where input.received < time {
      guard input.status == .done || input.status == .interrupted else { continue }
      inputs[input.id] = nil
      let name = MessageName(input)
      if accepted[name] == input.id { accepted[name] = nil }
    }
    for reply in replies.values where reply.queued < time {
      if reply.status == .sent || reply.status == .failed { replies[reply.id] = nil }
    }
  }
}

extension JournalModel.MessageName {
  init(_ input: InputRecord) {
    self.init(channel: input.channel, account: input.account, messageID: input.messageID)
  }
}
