/// A message as a channel hands it over. Texts are valid UTF-8; the port refuses others.
public struct InboundMessage: Sendable, Equatable {
  /// The channel's own mark; comes back in the receipt.
  public var token: UInt64 = 0
  /// Account of the channel.
  public var account = ""
  /// The platform's id; with `account` it tells a duplicate.
  public var messageID = ""
  /// Between two or among many.
  public var kind = ChatKind.direct
  /// Id of the conversation.
  public var chat = ""
  /// Id of the thread, or empty.
  public var thread = ""
  /// Of the conversation, for people.
  public var title = ""
  /// Id of the sender.
  public var user = ""
  /// Name of the sender, for people.
  public var userName = ""
  /// The sender is a program.
  public var isFromBot = false
  /// The agent was addressed; of use in groups.
  public var isMention = false
  /// What was said.
  public var text = ""
  /// Id of the message it replies to, or empty.
  public var replyTo = ""
  /// When it was sent, as the channel says.
  public var sent = WallTime(milliseconds: 0)

  /// An empty message.
  public init() {}
}

/// The host's answer to an inbound message.
public enum Receipt: Sendable, Equatable {
  /// It is in the journal.
  case accepted
  /// It was accepted before.
  case duplicate
  /// Not now; nothing of it is remembered.
  case busy(retryAfter: Duration)
  /// Not at all, with the reason for people; nothing of it is remembered.
  case rejected(PluginStatus, String)
}

/// Status of a call over the boundary: an open set, since a plugin may answer anything.
public struct PluginStatus: RawRepresentable, Hashable, Sendable {
  /// As in the header.
  public let rawValue: Int32

  /// Any status.
  public init(rawValue: Int32) { self.rawValue = rawValue }

  /// Done.
  public static let ok = PluginStatus(rawValue: 0)
  /// The answer follows.
  public static let pending = PluginStatus(rawValue: 1)
  /// A parameter breaks its rule.
  public static let argument = PluginStatus(rawValue: -1)
  /// Not offered.
  public static let unsupported = PluginStatus(rawValue: -2)
  /// Over: answered before, cancelled or too late.
  public static let stale = PluginStatus(rawValue: -3)
  /// Not now.
  public static let busy = PluginStatus(rawValue: -4)
  /// The deadline passed first.
  public static let timeout = PluginStatus(rawValue: -5)
  /// Not wanted any more.
  public static let cancelled = PluginStatus(rawValue: -6)
  /// For now.
  public static let failed = PluginStatus(rawValue: -7)
  /// For good.
  public static let refused = PluginStatus(rawValue: -8)
  /// The plugin ended while it held the operation.
  public static let crashed = PluginStatus(rawValue: -9)
  /// Over a limit.
  public static let tooLarge = PluginStatus(rawValue: -10)
  /// Not of the form that was asked for.
  public static let malformed = PluginStatus(rawValue: -11)
  /// Known already.
  public static let duplicate = PluginStatus(rawValue: -12)
  /// Not permitted.
  public static let denied = PluginStatus(rawValue: -13)
  /// The host stops.
  public static let stopping = PluginStatus(rawValue: -14)
  /// Nothing by that name.
  public static let notFound = PluginStatus(rawValue: -15)
  /// May or may not have taken effect.
  public static let unknown = PluginStatus(rawValue: -16)

  /// Whether the call failed.
  public var isFailure: Bool { rawValue < 0 }
}

/// Who said something in a prompt.
public enum Role: UInt32, Sendable {
  /// A person.
  case user = 1
  /// The agent.
  case assistant = 2
  /// The host.
  case system = 3
  /// What a tool answered.
  case tool = 4
}

/// One message of a prompt.
public struct PromptMessage: Sendable, Equatable {
  /// Who said it.
  public var role: Role
  /// What was said.
  public var text: String
  /// Name of the sender, may be empty.
  public var name: String
  /// When.
  public var time: WallTime

  /// A message.
  public init(role: Role, text: String, name: String = "", time: WallTime) {
    self.role = role
    self.text = text
    self.name = name
    self.time = time
  }

  /// The same, with marks of recalled blocks made harmless: nobody but the host opens or closes
  /// one.
  public var neutralised: PromptMessage {
    var message = self
    message.text = RecallBlock.neutralised(text)
    message.name = RecallBlock.neutralised(name)
    return message
  }
}

/// One thing a provider remembered.
public struct RecallItem: Sendable, Equatable {
  /// What it remembered.
  public var text: String
  /// Higher is nearer; comparable within one answer only.
  public var score: Double
  /// When the memory was made; nil: unknown.
  public var time: WallTime?
  /// Where it stems from; nil: unknown.
  public var session: SessionID?
  /// Whose it is.
  public var scope: Scope
  /// First turn it stems from, 0: unknown.
  public var firstTurn: TurnIndex = 0
  /// Last turn it stems from, 0: unknown.
  public var lastTurn: TurnIndex = 0

  /// Who remembered it; nil while nobody has put it together with what others did.
  public var provider: InstanceID?

  /// A memory.
  public init(text: String, score: Double, scope: Scope) {
    self.text = text
    self.score = score
    self.scope = scope
  }
}
