/// Section `[host]`.
public struct HostSettings: Sendable, Equatable {
  /// Turns that may do host-side work at a time; nil leaves it to the number of cores.
  public var maxConcurrentTurns: Int?
  /// What the orderly stop may take altogether.
  public var shutdownTimeout: Duration = .seconds(10)
  /// What one plugin's `create` may take unless its own section says otherwise.
  public var startTimeout: Duration = .seconds(10)
  /// What a message begins with to be a command.
  public var commandPrefix = "/"
  /// Turns of the past that the model is given.
  public var historyTurns = 40
  /// Answers of a model in one turn that may ask for tools.
  public var toolRounds = 8
  /// The largest inbound message that is accepted, in bytes of UTF-8.
  public var maxMessageBytes = 1_048_576
  /// Turns that may wait in one session.
  public var queueCap = 20
  /// What becomes of messages that arrive while a turn runs.
  public var queueMode = QueueMode.followup
  /// Where they are collected, how long nothing must arrive before they have their turn.
  public var queueDebounce: Duration = .milliseconds(500)
  /// What becomes of messages beyond `queueCap`.
  public var queueOverflow = QueueOverflow.merge
  /// When a conversation is over by itself.
  public var expiry = SessionExpiry()
  /// Where journal and plugin state lie; nil for the user's state folder.
  public var stateDirectory: String?
  /// Where sockets lie; nil for the user's runtime folder.
  public var runtimeDirectory: String?
  /// Folders that are searched for plugins, before the installed ones.
  public var pluginPaths: [String] = []

  /// The defaults.
  public init() {}

  /// Turns that may do host-side work at a time on a machine with so many cores, unless it is said.
  public static func turnSlots(cores: Int) -> Int { max(8, 4 * cores) }

  /// Turns that may do host-side work at a time; of a machine whose cores nobody counted, as few as
  /// of any.
  var turnSlots: Int { maxConcurrentTurns ?? Self.turnSlots(cores: 1) }
}
