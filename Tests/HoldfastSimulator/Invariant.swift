/// What must hold, by name.
public enum Invariant: String, Sendable, CaseIterable {
  /// A provider stores each turn at most once.
  case storedOnce = "stored at most once"
  /// A batch that was settled is not stored later.
  case settledIsOver = "a batch that is settled is over"
  /// In the end each turn is stored exactly once, parked or withdrawn.
  case nothingLost = "stored exactly once in the end, parked or withdrawn"
  /// A batch goes under its own session, document, parent, tags and scope, and holds its own turns.
  case ownIdentity = "under its own identity"
  /// Turns of a session are stored in their order, dead letters apart.
  case inOrder = "stored in order"
  /// A provider is sent only what is owed to it.
  case onlyOwed = "only what is owed"
  /// What was taken back is not stored, and not brought back.
  case staysWithdrawn = "nothing withdrawn stays stored"
  /// Nothing is taken back but what a person took back.
  case onlyWithdrawn = "only what was taken back is withdrawn"
  /// A batch waits for a person only if its provider refused it for good.
  case onlyRefusedIsParked = "parked only if refused"
  /// Sessions do not wait for each other's retries.
  case notHeldUp = "a switch waits for one attempt and no more"
  /// A withdrawal goes out behind the batch that holds its turn.
  case withdrawalBehindBatch = "a withdrawal behind its batch"
  /// A prompt holds no memory of another session, epoch or scope, nor of what was taken back.
  case recallIsOwn = "no recall of another session, epoch or scope"
  /// Nothing of a new session before the flush of the old one was attempted.
  case flushBeforeSwitch = "flush before switch"
  /// Nothing of a new session before the provider has heard of it.
  case switchBeforeTurns = "switch before turns"
  /// What anybody sees is synced.
  case syncedFirst = "synced before it is seen"
  /// One message has one turn, in the session and epoch that accepted it.
  case oneTurn = "one turn in its own session and epoch"
  /// A tool is called at most once for a message, in all lives of the host.
  case toolOnce = "a tool is called at most once"
  /// A prompt holds no result of another session or epoch.
  case resultsAreOwn = "no tool's result of another session or epoch"
  /// A turn whose session was taken away from it writes nothing.
  case fencedIsOver = "a fenced turn writes nothing"
  /// A turn's index is new in its session.
  case newIndex = "an index is never used again"
  /// A reply reaches its platform at most once.
  case repliedOnce = "delivered at most once"
  /// Replies of a place keep their order.
  case repliesInOrder = "replies in order"
  /// Who hands a message over gets one receipt, and a true one.
  case receipts = "one true receipt"
  /// A command of a person waits for the journal alone.
  case commandsDoNotWait = "no command waits for a provider"
  /// Recovery aborts no turn that something came of lately, and nothing at all without permission.
  case progressIsSafe = "no turn that makes progress is aborted"
  /// Whoever woke late blames nobody.
  case lateBeat = "a late heartbeat recovers nothing"
  /// Every queue keeps within its bound.
  case bounded = "every queue within its bound"
  /// Only a plugin that runs is asked anything.
  case onlyRunning = "only who runs is asked"
  /// The journal takes every transaction.
  case accepted = "the journal takes every transaction"
  /// Without faults everything comes to its end.
  case atRest = "all comes to its end"
}

/// What must not have happened.
public struct Violation: Sendable, Equatable, CustomStringConvertible {
  /// What does not hold.
  public let invariant: Invariant
  /// At which step that was seen.
  public let step: Int
  /// What was seen.
  public let text: String

  /// For people.
  public var description: String { "step \(step), \(invariant.rawValue): \(text)" }
}
