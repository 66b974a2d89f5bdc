/// The recalls for one message: started when the message is accepted, used when its prompt is put
/// together. A result counts only if its session and epoch are still current at that moment.
public struct RecallSlot: Sendable {
  /// A turn that a recall waits for, because it was committed earlier in the same scope.
  public struct Awaited: Sendable, Equatable {
    /// Whose turn.
    public var session: SessionID
    /// Which one.
    public var turn: TurnIndex
  }

  /// One provider's part.
  public enum State: Sendable, Equatable {
    /// Not asked yet: these are to be settled first.
    case waiting([Awaited])
    /// Asked.
    case asked(OperationID, since: Instant)
    /// Answered.
    case answered([RecallItem])
    /// Nothing will come.
    case missing
  }

  /// Under which session the message was accepted.
  public let session: SessionID
  /// Under which epoch the message was accepted.
  public let epoch: Epoch
  /// What is asked.
  public let request: RecallRequest
  /// Each provider's part.
  public internal(set) var parts: [EnrolmentID: State] = [:]
  /// When waiting recalls go out whatever they wait for.
  public internal(set) var impatientAt: Instant?
  /// When the prompt is put together without what is missing; nil until the turn begins.
  public internal(set) var deadline: Instant?

  /// A slot in which nobody was asked yet.
  public init(request: RecallRequest, session: SessionID, epoch: Epoch) {
    self.request = request
    self.session = session
    self.epoch = epoch
  }

  /// Whether every part has come to its end.
  public var isComplete: Bool {
    parts.values.allSatisfy { state in
      switch state {
      case .answered, .missing: true
      case .waiting, .asked: false
      }
    }
  }

  /// Operations that are under way.
  public var operations: [OperationID] {
    parts.sorted { $0.key < $1.key }.compactMap { part in
      if case .asked(let operation, _) = part.value { operation } else { nil }
    }
  }

  /// What may go into a prompt of this session and epoch now; nil if the slot belongs to another.
  public func items(
    for session: SessionID, epoch: Epoch
  ) -> [(provider: EnrolmentID, items: [RecallItem])]? {
    guard session == self.session, epoch == self.epoch else { return nil }
    return parts.sorted { $0.key < $1.key }.compactMap { part in
      if case .answered(let items) = part.value { (part.key, items) } else { nil }
    }
  }
}

/// What the prefetch after a turn left for the next one, in case its own recall is late.
public struct WarmRecall: Sendable, Equatable {
  /// Of which session.
  public var session: SessionID
  /// Of which epoch.
  public var epoch: Epoch
  /// What each provider found.
  public var items: [EnrolmentID: [RecallItem]]
}
