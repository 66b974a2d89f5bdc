/// A thread that does not come to its work, or a call that holds one for long.
public struct LivenessWarning: Sendable, Equatable {
  /// `engine`, `journal`, …, or the plugin's instance.
  public var name = ""
  /// The plugin, nil for a thread of the host's own.
  public var instance: InstanceID?
  /// The call that holds the thread, empty if it is in none.
  public var call = ""
  /// The session that call is about.
  public var session: SessionID?
  /// How long the call has held the thread, or how long work has waited where it is in none.
  public var age = Duration.zero
  /// What the thread does meanwhile.
  public var activity = CallActivity.unknown
  /// How much waits behind it.
  public var waiting = 0

  /// Of a thread of that name.
  public init(_ name: String) { self.name = name }

  /// One line for the log.
  public var sentence: String {
    let seconds = "\(age.milliseconds / 1000).\(age.milliseconds / 100 % 10) s"
    guard let instance else {
      return "the host's own thread \(name) has not come to its work for \(seconds)"
    }
    if call.isEmpty {
      return "plugin \(instance) has not come to what waits for it for \(seconds), though it is in "
        + "no call: it is being loaded, or the machine is overloaded"
    }
    let subject = session.map { " for session \($0)" } ?? ""
    let doing = activity == .unknown ? "" : ", \(activity.rawValue)"
    let behind = waiting > 0 ? "; waiting behind it: \(waiting)" : ""
    return "plugin \(instance) has been in \(call)\(subject) for \(seconds)\(doing)\(behind)"
  }
}

/// When to warn of one thread or plugin.
public struct LivenessWatch: Sendable, Equatable {
  /// Between two warnings while nothing waits.
  public static let quiet = Duration.seconds(120)
  /// Between two warnings while something waits.
  public static let loud = Duration.seconds(30)

  private var warned: Instant?

  /// Of something that nothing was said of.
  public init() {}

  /// Whether to warn now of something of that age, behind which something waits or not.
  public mutating func isDue(
    _ age: Duration, after limit: Duration, isAwaited: Bool, at now: Instant
  ) -> Bool {
    guard age >= limit else { return false }
    if let warned, now.since(warned) < (isAwaited ? Self.loud : Self.quiet) { return false }
    warned = now
    return true
  }
}
