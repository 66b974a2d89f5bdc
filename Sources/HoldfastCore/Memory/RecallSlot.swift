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
  /// What was taken back from a provider after it was asked, which may be in its answer.
  private var forgotten: [EnrolmentID: [Forgotten]] = [:]
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

  /// The provider has forgotten these turns: what it answered, or answers still, may hold them.
  mutating func forget(_ forgotten: Forgotten, at id: EnrolmentID) {
    switch parts[id] {
    case .answered(let items): parts[id] = .answered(items.filter { !forgotten.concerns($0) })
    case .asked: self.forgotten[id, default: []].append(forgotten)
    case .waiting, .missing, nil: break
    }
  }

  /// A provider has answered.
  mutating func answered(_ id: EnrolmentID, _ items: [RecallItem]) {
    let gone = forgotten.removeValue(forKey: id) ?? []
    parts[id] = .answered(items.filter { item in !gone.contains { $0.concerns(item) } })
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

/// Turns of a session that were taken back from a provider.
struct Forgotten: Sendable {
  /// Whose turns.
  var session: SessionID
  /// Which.
  var turns: TurnSet

  /// Whether a memory stems from one of them, as far as is known.
  func concerns(_ item: RecallItem) -> Bool {
    guard item.session == session else { return false }
    if item.firstTurn == 0 { return true }
    let range = item.firstTurn...max(item.firstTurn, item.lastTurn)
    return turns.ranges.contains { $0.overlaps(range) }
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

  /// The provider has forgotten these turns.
  mutating func forget(_ forgotten: Forgotten, at id: EnrolmentID) {
    items[id]?.removeAll { forgotten.concerns($0) }
  }
}
