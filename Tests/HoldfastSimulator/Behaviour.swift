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
  /// Not done: too much else to do.
  case busy
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
  /// May be done; the plugin says that it does not know, or something that nobody understands.
  case unknown
  /// Done and answered, and the callback holds its thread for a while.
  case holding
}
