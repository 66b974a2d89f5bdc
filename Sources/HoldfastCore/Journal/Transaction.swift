/// Numbers a transaction of this run of the host.
public typealias TransactionID = UInt64

/// Rows that are written together or not at all. The journal performs them in the order in which
/// they were submitted and reports a transaction as committed once it is synced.
public struct Transaction: Sendable, Equatable {
  /// Comes back in the report.
  public var id: TransactionID
  /// What is written, in this order.
  public var operations: [JournalOperation]

  /// A transaction.
  public init(id: TransactionID, operations: [JournalOperation]) {
    self.id = id
    self.operations = operations
  }
}

/// One change to the journal. The rules are the host's; the journal only writes what it is told,
/// except for the guards, which refuse the whole transaction. The large records are boxed, so that
/// a queue that holds mostly small operations stays small.
public enum JournalOperation: Sendable, Equatable {
  /// Refuses the transaction unless the session still has this owner token, and `nextTurn` is one
  /// more than its last turn.
  case guardTurn(SessionID, token: UInt64, nextTurn: TurnIndex)
  /// Refuses the transaction unless the key is bound to the session under this epoch.
  case guardBinding(SessionKey, SessionID, Epoch)
  /// Adds a session.
  indirect case openSession(SessionRecord)
  /// Binds a key; nil unbinds it and keeps its epoch.
  case bind(SessionKey, SessionID?, Epoch, WallTime)
  /// Raises a session's owner token, and never lowers it: what began under an older one is refused
  /// from now on, also by the guards of this transaction.
  case raiseToken(SessionID, to: UInt64)
  /// Marks a session as ended, and as hidden after a reset.
  case endSession(SessionID, WallTime, isHidden: Bool)
  /// Makes an ended session a current one again, listed unless it is deleted.
  case reopenSession(SessionID)
  /// Sets how much of its parent's history a branch still shows.
  case limitShared(SessionID, TurnIndex)
  /// Hides turns up to one behind a summary; the rows stay.
  case compact(SessionID, summary: String, limit: TurnIndex)
  /// Says what becomes of messages that arrive while a turn of the session runs.
  case setQueueMode(SessionID, QueueMode)
  /// Hides a session for good; its turns are withdrawn separately.
  case deleteSession(SessionID)
  /// Removes the rows of a deleted session that nobody needs any more: turns that a branch shows
  /// stay until that is purged too, names of messages stay with their texts cleared. Does nothing
  /// to a session that is not deleted.
  case purgeSession(SessionID)
  /// Adds input. Refuses the transaction if the same channel and account gave this message before;
  /// messages without an id are never the same.
  indirect case acceptInput(InputRecord)
  /// Counts one more start of a turn for it.
  case startInput(Int64)
  /// Takes one start back: the host stopped in an orderly way before the turn came to its end.
  case returnInput(Int64)
  /// Says what became of it.
  case settleInput(Int64, InputStatus)
  /// Says that the input's turn is about to call a tool.
  indirect case startTool(ToolCallRecord)
  /// Removes these rows of an input: its turn has come to its end.
  case endTools(Int64)
  /// Adds a turn and moves the session's last turn. No two turns have the same sequence.
  case appendTurn(TurnRecord)
  /// Marks live turns as withdrawn and leaves interrupted ones as they are; their texts stay as
  /// long as a cut may need them.
  case withdrawTurns(SessionID, TurnSet)
  /// Adds an event. `turnCompleted` events are not added: the turn's own row is the event.
  indirect case emit(BusEvent)
  /// Adds a part of a reply.
  indirect case queueReply(ReplyRecord)
  /// Says what became of it.
  case settleReply(Int64, ReplyStatus, result: String)
  /// Adds an enrolment.
  case enrol(EnrolmentRecord)
  /// Says anew in which stretches turns are owed to an enrolment.
  case setSpans(EnrolmentID, [EnrolmentSpan])
  /// Writes its debt off: nothing is owing, its open and parked cuts are dropped, its withdrawals
  /// and arrears go, and its backfill ends.
  case detach(EnrolmentID)
  /// Says how far a backfill got; adds it if there is none.
  indirect case setBackfill(BackfillRecord)
  /// The backfill of an enrolment has come to its end.
  case endBackfill(EnrolmentID)
  /// Sets which turns of a session up to the watermark are owed all the same, and in no cut yet.
  case setArrears(EnrolmentID, SessionID, TurnSet)
  /// Sets the watermark of an enrolment in a session. `isOwing` is true while turns behind it are
  /// not settled, withdrawals are owed or dead letters wait; a start looks at these rows only.
  case setCursor(EnrolmentID, SessionID, watermark: TurnIndex, isOwing: Bool)
  /// Adds a cut.
  indirect case openCut(CutRecord)
  /// Says where a cut stands, unless it is acknowledged or dropped: that is over, whoever is late.
  case settleCut(Int64, CutStatus, isUnknown: Bool, attempts: Int, reason: String)
  /// Adds a withdrawal.
  case oweWithdrawal(WithdrawalRecord)
  /// Removes acknowledged withdrawals.
  case settleWithdrawals(EnrolmentID, SessionID, TurnSet)
  /// Marks withdrawals as sent once, to be sent again after a retry of their parked batch.
  case markWithdrawals(EnrolmentID, SessionID, TurnSet)
  /// All journalled events up to this one are handled by the plugin.
  case advanceEvents(InstanceID, BusSequence)
}

/// What the journal forgets: of each kind only rows that have come to their end.
public struct PruneLimits: Sendable, Equatable {
  /// Finished input that was received, replies that were queued and events that happened before.
  public var before: WallTime
  /// Acknowledged and dropped cuts that were made before. A withdrawal of what was in them names no
  /// batch any more.
  public var cutsBefore: WallTime
  /// Every plugin that is to be loaded has handled the events up to here; later ones stay.
  public var handledThrough: BusSequence

  /// Limits.
  public init(before: WallTime, cutsBefore: WallTime, handledThrough: BusSequence) {
    self.before = before
    self.cutsBefore = cutsBefore
    self.handledThrough = handledThrough
  }
}

/// What became of a transaction.
public enum TransactionOutcome: Sendable, Equatable {
  /// Synced.
  case committed
  /// A guard refused it; nothing was written.
  case refused(JournalRefusal)
}

/// Why the journal wrote nothing of a transaction.
public struct JournalRefusal: Sendable, Equatable {
  /// What the one that was refused has lost.
  public enum Cause: Sendable, Equatable {
    /// The journal: another host has begun on it.
    case host
    /// The session: it has another owner token, another last turn or another place now.
    case session(SessionID)
    /// Nothing; the message was accepted before.
    case repeated
  }

  /// What the one that was refused has lost.
  public var cause: Cause
  /// For people.
  public var reason: String

  /// A refusal.
  public init(_ cause: Cause, _ reason: String) {
    self.cause = cause
    self.reason = reason
  }
}
