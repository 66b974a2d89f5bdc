/// Stores what batches say and finds it again. The host buffers, orders, repeats and withdraws.
///
/// Everything is synchronous, on the thread that the host calls from. An error is thrown:
/// `PluginError.refused` parks a batch for a person, `.unknown` says that it may have been stored,
/// anything else makes the host send the same batch again, for ever.
public protocol MemoryProvider: Plugin {
  /// Stores the batch, durably, all or nothing. A key that was stored before stores nothing.
  func retain(_ batch: RetainBatch) throws

  /// Removes turns and whatever was derived from them alone; one that is not there counts as
  /// removed.
  func withdraw(_ withdrawal: Withdrawal) throws

  /// Finds memories of the request's scope, best first.
  func recall(_ request: RecallRequest) throws -> [RecalledItem]

  /// The same for what is likely to be asked next. An event to the host: with
  /// `Concurrency.readWrite` it may run beside a recall, and not beside a retain.
  func prefetch(_ request: RecallRequest) throws -> [RecalledItem]

  /// Standing text for the model's instructions, or nil.
  func instructions(_ head: Head) throws -> String?

  /// Older turns of the session are about to be hidden behind a summary: text of at most 4096 bytes
  /// that is to stand in it, or nil. For plugins that ask for `sessionCompacting`.
  func textToKeep(_ head: Head) throws -> String?
}

extension MemoryProvider {
  /// For stores that cannot remove anything.
  public func withdraw(_ withdrawal: Withdrawal) throws {
    throw PluginError.unsupported("this memory provider cannot remove turns")
  }
  /// Recalls.
  public func prefetch(_ request: RecallRequest) throws -> [RecalledItem] { try recall(request) }
  /// None.
  public func instructions(_ head: Head) throws -> String? { nil }
  /// None.
  public func textToKeep(_ head: Head) throws -> String? { nil }
}

/// A message of a turn.
public struct Message: Sendable {
  /// Who speaks. Open: a newer host may know more.
  public struct Role: RawRepresentable, Hashable, Sendable {
    /// The number, as the header has it.
    public let rawValue: UInt32
    /// Wraps a number of the header.
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// The person.
    public static let user = Role(rawValue: 1)
    /// The agent.
    public static let assistant = Role(rawValue: 2)
    /// The host.
    public static let system = Role(rawValue: 3)
    /// A tool's result.
    public static let tool = Role(rawValue: 4)
  }

  /// Who speaks.
  public var role: Role
  /// What is said.
  public var text: String
  /// Wall clock, Unix time.
  public var timeMilliseconds: Int64
  /// Of the sender or the tool; may be empty.
  public var name: String

  /// A message made by hand, for tests.
  public init(role: Role, text: String, timeMilliseconds: Int64, name: String = "") {
    self.role = role
    self.text = text
    self.timeMilliseconds = timeMilliseconds
    self.name = name
  }
}

/// One user message and its answer.
public struct Turn: Sendable {
  /// Counts from 1 in its session, never used twice.
  public var index: UInt64
  /// In their order.
  public var messages: [Message]

  /// A turn made by hand, for tests.
  public init(index: UInt64, messages: [Message]) {
    self.index = index
    self.messages = messages
  }
}

/// A batch of turns of one session. It carries its own identity, whatever is current by now.
public struct RetainBatch: Sendable {
  /// Session, scope and outer bounds of the turns.
  public var head: Head
  /// UUID; the same key always comes with the same content.
  public var key: String
  /// What the turns are stored under.
  public var documentID: String
  /// Withdrawn turns are absent.
  public var turns: [Turn]
  /// As configured.
  public var tags: [String] = []
  /// In the host's order.
  public var metadata: [(key: String, value: String)] = []
  /// 1 for the first.
  public var attempt: UInt32 = 1
  /// True if an earlier attempt may have been stored.
  public var isRepeated = false

  /// A batch made by hand, for tests.
  public init(head: Head, key: String, documentID: String, turns: [Turn]) {
    self.head = head
    self.key = key
    self.documentID = documentID
    self.turns = turns
  }
}

/// Turns of one session that a person took back.
public struct Withdrawal: Sendable {
  /// One turn, and the batch that it had gone out with.
  public struct Entry: Sendable {
    /// Index of the turn.
    public var turn: UInt64
    /// Outer bounds of the batch.
    public var batch: (first: UInt64, last: UInt64)
    /// Key of the batch.
    public var batchKey: String
  }

  /// Session and scope.
  public var head: Head
  /// UUID of this withdrawal.
  public var key: String
  /// What the turns were stored under.
  public var documentID: String
  /// The turns.
  public var entries: [Entry]
}

/// A question to memory.
public struct RecallRequest: Sendable {
  /// The scope: nothing outside of it may be answered.
  public var head: Head
  /// In the person's words.
  public var query: String
  /// At most so many items.
  public var maximumItems: Int
  /// At most so many characters in all.
  public var maximumCharacters: Int

  /// A request made by hand, for tests.
  public init(head: Head, query: String, maximumItems: Int, maximumCharacters: Int) {
    self.head = head
    self.query = query
    self.maximumItems = maximumItems
    self.maximumCharacters = maximumCharacters
  }
}

/// One memory that was found.
public struct RecalledItem: Sendable {
  /// What is remembered.
  public var text: String
  /// Higher is nearer; comparable within one answer only.
  public var score: Double
  /// When the memory was made, wall clock; 0 if unknown.
  public var timeMilliseconds: Int64
  /// Where it stems from; empty if unknown.
  public var sessionID: String
  /// Must equal the request's, or the host drops the item.
  public var scope: String
  /// Where it stems from; 0 if unknown.
  public var turns: (first: UInt64, last: UInt64)

  /// A memory of one session and turn range.
  public init(
    text: String, score: Double, timeMilliseconds: Int64, sessionID: String, scope: String,
    turns: (first: UInt64, last: UInt64)
  ) {
    self.text = text
    self.score = score
    self.timeMilliseconds = timeMilliseconds
    self.sessionID = sessionID
    self.scope = scope
    self.turns = turns
  }
}
