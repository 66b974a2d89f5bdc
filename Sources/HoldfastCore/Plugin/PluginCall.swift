/// What the host asks of a plugin. Location-transparent: values only, so that the same call reaches
/// a plugin in this process or in another one.
public enum PluginCall: Sendable {
  /// Store a batch.
  case retain(RetainRequest)
  /// Take turns back.
  case withdraw(WithdrawRequest)
  /// Find memories.
  case recall(RecallRequest)
  /// Give standing text for the model's instructions.
  case instructions(CallContext)
  /// Begin to receive.
  case startChannel(CallContext)
  /// Stop receiving.
  case stopChannel(CallContext)
  /// Deliver one part of a reply.
  case send(SendRequest)
  /// Write an answer.
  case respond(ModelRequest)
  /// Name its tools.
  case listTools(CallContext)
  /// Run one of its tools.
  case callTool(ToolCall)

  /// Whether the call only reads, and so may run beside one that writes where the plugin allows it.
  public var isReading: Bool {
    switch self {
    case .recall, .instructions, .respond, .listTools, .callTool: true
    case .retain, .withdraw, .startChannel, .stopChannel, .send: false
    }
  }

  /// The name people know the call by.
  public var name: String {
    switch self {
    case .retain: "retain"
    case .withdraw: "withdraw"
    case .recall: "recall"
    case .instructions: "instructions"
    case .startChannel: "start"
    case .stopChannel: "stop"
    case .send: "send"
    case .respond: "respond"
    case .listTools: "tools"
    case .callTool: "tool"
    }
  }
}

/// A batch with its turns' texts.
public struct RetainRequest: Sendable {
  /// What it is about; the range is the outer bounds.
  public var context: CallContext
  /// The journalled cut.
  public var cut: CutRecord
  /// UUIDv5 of the cut, in text.
  public var key: String
  /// Its turns, ascending.
  public var turns: [TurnRecord]
  /// From 1.
  public var attempt: Int
  /// Strings for the provider to file.
  public var metadata: [(key: String, value: String)]

  /// A batch.
  public init(context: CallContext, cut: CutRecord, key: String, turns: [TurnRecord], attempt: Int)
  {
    self.context = context
    self.cut = cut
    self.key = key
    self.turns = turns
    self.attempt = attempt
    metadata = []
  }
}

/// Turns to take back.
public struct WithdrawRequest: Sendable {
  /// What it is about.
  public var context: CallContext
  /// UUIDv5 of the withdrawal, in text.
  public var key: String
  /// Where the provider filed them.
  public var document: String
  /// Each turn with the batch it went out with.
  public var turns: [(turn: TurnIndex, cut: CutRecord?, key: String)]

  /// A withdrawal.
  public init(
    context: CallContext, key: String, document: String,
    turns: [(turn: TurnIndex, cut: CutRecord?, key: String)]
  ) {
    self.context = context
    self.key = key
    self.document = document
    self.turns = turns
  }
}

/// A question to a memory provider.
public struct RecallRequest: Sendable, Equatable {
  /// What it is about; nothing outside its scope may be answered.
  public var context: CallContext
  /// The question.
  public var query: String
  /// At most so many items.
  public var maxItems: Int
  /// At most so many characters in all.
  public var maxCharacters: Int

  /// A question.
  public init(context: CallContext, query: String, maxItems: Int, maxCharacters: Int) {
    self.context = context
    self.query = query
    self.maxItems = maxItems
    self.maxCharacters = maxCharacters
  }
}

/// One part of a reply, for its channel.
public struct SendRequest: Sendable {
  /// What it is about.
  public var context: CallContext
  /// The part.
  public var reply: ReplyRecord
  /// UUIDv5 of the part; the same part always has the same key.
  public var key: String
  /// An earlier attempt may have been delivered.
  public var isRepeated: Bool

  /// A part.
  public init(context: CallContext, reply: ReplyRecord, key: String, isRepeated: Bool) {
    self.context = context
    self.reply = reply
    self.key = key
    self.isRepeated = isRepeated
  }
}

/// What a model is to write.
public struct ModelRequest: Sendable {
  /// What for.
  public enum Purpose: UInt32, Sendable {
    /// Answer the last message.
    case answer = 1
    /// Summarise the messages.
    case summarise = 2
  }

  /// What it is about.
  public var context: CallContext
  /// What for.
  public var purpose: Purpose
  /// At most so many characters, 0: no limit.
  public var maxCharacters = 0
  /// The agent's standing instructions.
  public var instructions = ""
  /// What was recalled, worded for a language model.
  public var recallBlock = ""
  /// What was recalled, typed.
  public var recalled: [RecallItem] = []
  /// History, oldest first; the last is to be answered.
  public var messages: [PromptMessage] = []
  /// What it may call, under the names to be called by.
  public var tools: [Tool] = []
  /// What it called in this turn so far.
  public var uses: [ToolUse] = []
  /// How many more answers may ask for calls.
  public var roundsLeft = 0

  /// A request without any text yet.
  public init(context: CallContext, purpose: Purpose) {
    self.context = context
    self.purpose = purpose
  }
}
