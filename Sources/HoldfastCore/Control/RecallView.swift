/// What providers would remember of a question, and which of it a prompt would hold.
public struct RecallView: Codable, Sendable, Equatable {
  /// One memory.
  public struct Item: Codable, Sendable, Equatable {
    /// What it says.
    public var text = ""
    /// Higher is nearer, among those of one provider.
    public var score: Double = 0
    /// The session it stems from, empty if that is unknown.
    public var session = ""
    /// First turn it stems from, 0 if that is unknown.
    public var firstTurn: UInt64 = 0
    /// Last turn it stems from.
    public var lastTurn: UInt64 = 0
    /// Unix time in milliseconds at which the memory was made, nil if that is unknown.
    public var timeMilliseconds: Int64?
    /// Its place in the prompt from 1, nil if it is left out.
    public var place: Int?
    /// Why it is left out.
    public var reason = ""

    /// A memory.
    public init() {}
  }

  /// One provider.
  public struct Provider: Codable, Sendable, Equatable {
    /// Name in the configuration.
    public var instance = ""
    /// Larger comes first.
    public var priority = 0
    /// `answered`, or why there is no answer.
    public var state = ""
    /// How long it took.
    public var latencyMilliseconds: Double = 0
    /// A turn would have gone on without it.
    public var isLate = false
    /// Memories of another scope, which were refused on arrival.
    public var foreignItems = 0
    /// What it remembered, in its own order.
    public var items: [Item] = []

    /// A provider that was not asked.
    public init() {}
  }

  /// The question.
  public var query = ""
  /// Whose memories.
  public var scope = ""
  /// The session for which it was asked, empty for none.
  public var session = ""
  /// Bounds of one prompt.
  public var maxItems = 0
  /// The same, in characters.
  public var maxCharacters = 0
  /// How long a turn waits.
  public var budgetMilliseconds: UInt64 = 0
  /// By priority.
  public var providers: [Provider] = []

  /// A view of nothing.
  public init() {}
}

/// For whom the command line asks what is remembered.
public enum RecallTarget: Sendable, Equatable {
  /// As a turn of that session would.
  case session(SessionTarget)
  /// As nobody in particular, of this scope.
  case scope(Scope)
  /// As a turn of the newest session would.
  case newest
}
