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

  /// Whether its model may be asked.
  public enum Permit: Sendable, Equatable {
    /// Not asked for.
    case none
    /// As many calls are under way as may be.
    case waiting(TurnPool.Ticket)
    /// It may, and counts as one that is.
    case held
  }

  /// What names it: the last message that it was begun with.
  public var input: InputRecord
  /// What it answers, in order.
  public var inputs: [InputRecord]
  /// The session it was accepted in.
  public var session: SessionRecord
  /// When it began.
  public var began: Instant
  /// How far it has come.
  public var stage = Stage.gathering
  /// Whether its model may be asked.
  public var permit = Permit.none
  /// Calls of tools that wait until their plugin may be asked, by their numbers in the turn.
  public var callsWaiting: [Int: InstanceID] = [:]
  /// The history, nil until it was read.
  public var history: [TurnRecord]?
  /// The question for the history.
  public var historyRead: ReadID?
  /// What it has to do with tools, nil until its prompt was put together for a model that calls
  /// them.
  public var tools: TurnTools?
  /// Its last progress apart from that of its calls.
  public var progress: ActivityProgress?

  /// A turn that begins. `earlier` are messages that it answers as well.
  public init(
    input: InputRecord, after earlier: [InputRecord] = [], session: SessionRecord, began: Instant
  ) {
    self.input = input
    self.session = session
    self.began = began
    inputs = earlier + [input]
  }

  /// The message that its reply answers.
  public var last: InputRecord { inputs.last ?? input }

  /// What was said, message by message.
  public var text: String {
    inputs.count == 1 ? input.text : inputs.map(\.text).joined(separator: "\n")
  }

  /// Who said it, for people.
  public var userName: String {
    if inputs.count == 1 { return input.userName }
    var names: [String] = []
    for name in inputs.map(\.userName) where !name.isEmpty && !names.contains(name) {
      names.append(name)
    }
    return names.joined(separator: ", ")
  }

  /// Its place among turns that wait for the same: no person waits for it, and how old it is.
  func ticket(at key: SessionKey, number: Int = 0) -> TurnPool.Ticket {
    TurnPool.Ticket(
      key: key, age: inputs.first?.id ?? input.id, number: number,
      isBackground: inputs.allSatisfy(\.isFromBot))
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
