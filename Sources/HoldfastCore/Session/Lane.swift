/// The messages of one place: first in, first out, one turn at a time. The lane decides what runs;
/// it never runs anything.
public struct Lane: Sendable {
  /// A message that waits for its turn.
  public struct Waiting: Sendable, Equatable {
    /// The journal's row.
    public var input: InputRecord
    /// The row is synced; only then the turn may begin.
    public var isDurable: Bool
  }

  /// What may be said of the lane from outside.
  public enum State: String, Sendable, CaseIterable {
    /// Nothing to do.
    case idle
    /// A turn is running.
    case processing
    /// A message waits to be synced or to be let in.
    case waiting
  }

  /// Messages that wait, oldest first.
  public private(set) var waiting = Queue<Waiting>()
  /// The turn that runs.
  public var running: Turn?
  /// One more on every change.
  public private(set) var generation: UInt64 = 0

  /// An idle lane.
  public init() {}

  /// What may be said of the lane from outside.
  public var state: State {
    if running != nil { return .processing }
    return waiting.isEmpty ? .idle : .waiting
  }

  /// A message was accepted, in the transaction that is being written.
  public mutating func enqueue(_ input: InputRecord, isDurable: Bool = false) {
    generation += 1
    waiting.append(Waiting(input: input, isDurable: isDurable))
  }

  /// The message's row is synced; false if it waits no more.
  public mutating func becameDurable(_ input: Int64) -> Bool {
    var found = false
    var rest = Queue<Waiting>()
    for var entry in waiting.elements {
      if entry.input.id == input {
        entry.isDurable = true
        found = true
      }
      rest.append(entry)
    }
    if found { waiting = rest }
    return found
  }

  /// The message whose turn may begin now, nil if none may.
  public mutating func next() -> InputRecord? {
    guard running == nil, let first = waiting.first, first.isDurable else { return nil }
    generation += 1
    waiting.popFirst()
    return first.input
  }

  /// The running turn came to its end or was interrupted.
  @discardableResult
  public mutating func end() -> Turn? {
    generation += 1
    defer { running = nil }
    return running
  }

  /// Takes every waiting message out.
  public mutating func dropWaiting() -> [InputRecord] {
    generation += 1
    return waiting.removeAll { _ in true }.map(\.input)
  }
}

/// A turn that runs.
public struct Turn: Sendable {
  /// How far it has come.
  public enum Stage: Sendable, Equatable {
    /// History and recall are gathered.
    case gathering
    /// The model writes.
    case responding(OperationID)
    /// The model has written; a command that is being decided comes first.
    case written(PluginAnswer)
    /// Rows of tools that are about to be called are being written.
    case marking
    /// Tools are called; by the number of each call in the turn.
    case calling([Int: OperationID])
  }

  /// What is answered.
  public var input: InputRecord
  /// The session it was accepted in.
  public var session: SessionRecord
  /// When it began.
  public var began: Instant
  /// How far it has come.
  public var stage = Stage.gathering
  /// The history, nil until it was read.
  public var history: [TurnRecord]?
  /// The question for the history.
  public var historyRead: ReadID?
  /// What it has to do with tools, nil until its prompt was put together for a model that calls
  /// them.
  public var tools: TurnTools?

  /// Its last progress apart from that of its calls.
  public var progress: ActivityProgress?

  /// A turn that begins.
  public init(input: InputRecord, session: SessionRecord, began: Instant) {
    self.input = input
    self.session = session
    self.began = began
  }

  /// Calls that it waits for.
  var operations: [OperationID] {
    switch stage {
    case .responding(let operation): [operation]
    case .calling(let calls): calls.sorted { $0.key < $1.key }.map(\.value)
    case .gathering, .written, .marking: []
    }
  }

  /// Tools were begun, so that it must not be run a second time.
  var isMarked: Bool { tools?.isMarked ?? false }
}
