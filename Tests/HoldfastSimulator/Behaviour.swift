import HoldfastCore

/// What a plugin makes of one call.
public enum Behaviour: String, Sendable, CaseIterable {
  /// Done and answered.
  case ok
  /// The same, after seconds or minutes.
  case slow
  /// Neither done nor answered.
  case hung
  /// The same, and the callback holds its thread for long.
  case stuck
  /// Not done, for now.
  case failed
  /// Not done, for good.
  case refused
  /// Done long after everybody has given up.
  case late
  /// Done, and the answer is lost.
  case lost
  /// Done, and answered twice.
  case double
  /// Done, and then the plugin ended.
  case crashed
  /// May be done; the plugin says that it does not know.
  case unknown
}

/// How often something goes wrong, in a thousand.
public struct Faults: Sendable {
  /// A call to a memory provider.
  public var memory = 0
  /// A call to a model.
  public var model = 0
  /// A call to a channel.
  public var channel = 0
  /// A host dies before an input's effects are all performed.
  public var crash = 0
  /// Hosts that die at most.
  public var crashes = 0

  /// Nothing goes wrong.
  public init() {}
}
