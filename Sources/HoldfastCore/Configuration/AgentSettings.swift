/// Section `[agents.<name>]`.
public struct AgentSettings: Sendable, Equatable {
  /// The agent that exists when none is configured.
  public static let defaultName = "main"

  /// Unique name; part of every session key.
  public var name: String
  /// The instance that writes its answers.
  public var model = InstanceID("recall")
  /// The instances it remembers with; nil for every memory provider that is loaded.
  public var memory: [InstanceID]?
  /// The instances whose tools its model may call; nil for all, of memory providers those that it
  /// remembers with.
  public var tools: [InstanceID]?
  /// Text that the model is given first.
  public var instructions = ""
  /// Whose memories it sees; nil for the rule of `[memory]`.
  public var scope: ScopeRule?
  /// What becomes of messages that arrive while a turn runs; nil for the rule of `[host]`.
  public var queueMode: QueueMode?
  /// How long nothing must arrive before collected messages have their turn; nil for the rule of
  /// `[host]`.
  public var queueDebounce: Duration?
  /// What becomes of messages when as many wait as may; nil for the rule of `[host]`.
  public var queueOverflow: QueueOverflow?
  /// After how long without a word a conversation is over; nil for the rule of `[host]`.
  public var idleExpiry: Duration?
  /// At what time of day conversations are over; nil for the rule of `[host]`.
  public var dailyExpiry: TimeOfDay?
  /// Where its section begins.
  public var position: ConfigurationPosition

  /// An agent with the defaults.
  public init(name: String, position: ConfigurationPosition) {
    self.name = name
    self.position = position
  }

  /// Whether it remembers with that instance, if that is a memory provider at all.
  public func remembers(with instance: InstanceID) -> Bool {
    memory?.contains(instance) ?? true
  }
}
