/// A session as the journal keeps it.
public struct SessionRecord: Sendable, Equatable {
  /// The session.
  public var id: SessionID
  /// The key it was made under; a resumed session may be bound to another by now.
  public var key: SessionKey
  /// Where it came from; never itself.
  public var parent: SessionID?
  /// The session whose turns up to `sharedLimit` are this one's history too, after a branch.
  public var branchOf: SessionID?
  /// Last shared turn still visible here; an undo in the child lowers it.
  public var sharedLimit: TurnIndex = 0
  /// Whose memories its turns are.
  public var scope: Scope
  /// Who spoke first, as the channel names them.
  public var user: String = ""
  /// For people; may be empty.
  public var title: String = ""
  /// When it was made.
  public var created: WallTime
  /// When it ended; nil while it may go on.
  public var ended: WallTime?
  /// Left out of default listings, after a reset or a deletion.
  public var isHidden = false
  /// Deleted: rows go as soon as nothing is owed.
  public var isDeleted = false
  /// The highest index ever used here.
  public var lastTurn: TurnIndex = 0
  /// Raised when the session is taken from a holder that is not trusted any more.
  public var token: UInt64 = 1
  /// Stands for the turns up to `summaryLimit`; empty without compaction.
  public var summary: String = ""
  /// Last turn hidden behind the summary.
  public var summaryLimit: TurnIndex = 0
  /// What becomes of messages that arrive while a turn runs; nil for what its agent says.
  public var queueMode: QueueMode?

  /// Whose memories its turns are, for a provider that files them by person: the same for what is
  /// stored and what is asked for, whoever writes. Empty in a group that has no session for each.
  var rememberedUser: String { key.kind == .group ? key.user : user }

  /// A session with nothing said in it yet.
  public init(id: SessionID, key: SessionKey, scope: Scope, created: WallTime) {
    self.id = id
    self.key = key
    self.scope = scope
    self.created = created
  }
}

/// What became of a turn.
public enum TurnStatus: Int, Sendable {
  /// Finished, part of the transcript, owed to every memory provider.
  case live = 0
  /// Cut short; shown, never retained.
  case interrupted = 1
  /// Taken back by its author.
  case withdrawn = 2
}

/// One user message and its answer.
public struct TurnRecord: Sendable, Equatable {
  /// Where it was said.
  public var session: SessionID
  /// Its index in that session.
  public var index: TurnIndex
  /// What became of it.
  public var status: TurnStatus
  /// What the person wrote.
  public var userText: String
  /// Who wrote it, for people.
  public var userName: String
  /// What the agent answered.
  public var answerText: String
  /// When the message was accepted.
  public var started: WallTime
  /// When the answer was complete.
  public var finished: WallTime
  /// Its place in the order of the bus.
  public var sequence: BusSequence
  /// The epoch of the key when it was committed; 0 of one that an older host wrote.
  public var epoch: Epoch = 0
  /// The inbox row it answers.
  public var input: Int64
  /// What the model called before it answered, in order.
  public var tools: [ToolUse] = []

  /// What was said in it: by the person, by tools, by the agent.
  public var messageCount: Int { 2 + tools.count }

  /// A turn.
  public init(
    session: SessionID, index: TurnIndex, status: TurnStatus, userText: String, answerText: String,
    sequence: BusSequence
  ) {
    self.session = session
    self.index = index
    self.status = status
    self.userText = userText
    self.answerText = answerText
    self.sequence = sequence
    userName = ""
    started = WallTime(milliseconds: 0)
    finished = WallTime(milliseconds: 0)
    input = 0
  }
}

/// What became of accepted input.
public enum InputStatus: Int, Sendable {
  /// To be run; survives a restart.
  case waiting = 0
  /// Its turn or command is committed.
  case done = 1
  /// A switch, an undo or a stop came first.
  case interrupted = 2
  /// Started too often without coming to an end; kept for a person to look at.
  case setAside = 3
}

/// A message or a command that a channel handed over, bound for good to the session and the epoch
/// under which it was accepted.
public struct InputRecord: Sendable, Equatable {
  /// The journal's number, increasing.
  public var id: Int64
  /// Instance of the channel.
  public var channel: InstanceID
  /// Account of the channel; with `messageID` it tells a duplicate.
  public var account: String
  /// The platform's id.
  public var messageID: String
  /// Where it was said.
  public var key: SessionKey
  /// Session of that key when it was accepted.
  public var session: SessionID
  /// Epoch of that key when it was accepted.
  public var epoch: Epoch
  /// A command is kept for its duplicates; it is done in the transaction that accepts it.
  public var isCommand: Bool
  /// What was said.
  public var text: String
  /// Sender's id.
  public var user: String
  /// Sender's name, for people.
  public var userName: String
  /// The sender is a program.
  public var isFromBot: Bool
  /// The agent was addressed; of use in groups.
  public var isMention: Bool
  /// When it was accepted.
  public var received: WallTime
  /// What became of it.
  public var status: InputStatus
  /// How often a turn was started for it.
  public var starts: Int

  /// Accepted input that waits.
  public init(
    id: Int64, message: InboundMessage, channel: InstanceID, key: SessionKey, session: SessionID,
    epoch: Epoch
  ) {
    self.id = id
    self.channel = channel
    self.key = key
    self.session = session
    self.epoch = epoch
    account = message.account
    messageID = message.messageID
    isCommand = false
    text = message.text
    user = message.user
    userName = message.userName
    isFromBot = message.isFromBot
    isMention = message.isMention
    received = WallTime(milliseconds: 0)
    status = .waiting
    starts = 0
  }
}

/// A tool that a turn is about to call. As long as the turn has not come to its end such a row says
/// that it must not be run again.
public struct ToolCallRecord: Sendable, Equatable {
  /// The inbox row whose turn it is.
  public var input: Int64
  /// Which call of the turn, from 1.
  public var number: Int
  /// Full name of the tool.
  public var name: String
  /// What it is called with.
  public var arguments: String
  /// It changes nothing.
  public var isReadOnly: Bool
  /// When it was begun.
  public var started: WallTime

  /// A call that is about to be made.
  public init(
    input: Int64, number: Int, name: String, arguments: String, isReadOnly: Bool, started: WallTime
  ) {
    self.input = input
    self.number = number
    self.name = name
    self.arguments = arguments
    self.isReadOnly = isReadOnly
    self.started = started
  }
}

/// What became of a part of a reply.
public enum ReplyStatus: Int, Sendable {
  /// To be sent.
  case pending = 0
  /// Handed to the channel, or about to be.
  case sending = 1
  /// The platform has it.
  case sent = 2
  /// The platform will never take it.
  case failed = 3
  /// May have been delivered; shown to people, not repeated blindly.
  case unknown = 4
}

/// One part of a reply.
public struct ReplyRecord: Sendable, Equatable {
  /// The journal's number, increasing; the order within a conversation.
  public var id: Int64
  /// Instance of the channel it goes to.
  public var channel: InstanceID
  /// Account of the channel.
  public var account: String
  /// Where it goes.
  public var key: SessionKey
  /// The session it belongs to.
  public var session: SessionID
  /// The turn it answers, 0 for what the host itself says.
  public var turn: TurnIndex
  /// The platform's id of the message it answers, or empty.
  public var replyTo: String
  /// Which part, from 1.
  public var part: Int
  /// Of how many.
  public var partCount: Int
  /// What is to be said.
  public var text: String
  /// The host speaks, not the agent.
  public var isNotice: Bool
  /// What became of it.
  public var status: ReplyStatus
  /// The platform's id once sent, or why it failed.
  public var result: String
  /// When it was queued; the journal forgets replies that reached their end long after.
  public var queued: WallTime

  /// A part that waits to be sent.
  public init(
    id: Int64, channel: InstanceID, account: String, key: SessionKey, session: SessionID,
    text: String
  ) {
    self.id = id
    self.channel = channel
    self.account = account
    self.key = key
    self.session = session
    self.text = text
    turn = 0
    replyTo = ""
    part = 1
    partCount = 1
    isNotice = false
    status = .pending
    result = ""
    queued = WallTime(milliseconds: 0)
  }
}
