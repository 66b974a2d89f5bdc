/// What becomes of a message that arrives while a turn of its session runs.
public enum QueueMode: String, Sendable, CaseIterable {
  /// It has the next turn.
  case followup
  /// What waits has one turn together, once nothing more arrives for a while.
  case collect
  /// It is given to the turn that runs, before its model is asked the next time.
  case steer
  /// The turn that runs is interrupted, and so is what waits.
  case interrupt
}

/// What becomes of a message that arrives when as many wait as may.
public enum QueueOverflow: String, Sendable, CaseIterable {
  /// It is joined to the last one that waits; one turn answers both.
  case merge
  /// It is not taken, and its sender is told.
  case refuse
}

/// How the messages of one session wait.
public struct QueueRules: Sendable, Equatable {
  /// What becomes of messages that arrive while a turn runs.
  public var mode = QueueMode.followup
  /// With `collect`, how long nothing must arrive before what waits has its turn.
  public var debounce = Duration.milliseconds(500)
  /// Turns that may wait.
  public var cap = 20
  /// What becomes of messages beyond them.
  public var overflow = QueueOverflow.merge
  /// Text that one turn may answer, in bytes of UTF-8, line breaks between messages included.
  public var maxBytes = 1_048_576

  /// The defaults.
  public init() {}

  /// Messages that one turn may answer.
  public static let maxMessages = 64

  /// Whether messages of so many bytes in all, breaks not counted, go into one turn.
  func allow(messages: Int, bytes: Int) -> Bool {
    messages <= Self.maxMessages && bytes + messages - 1 <= maxBytes
  }
}
