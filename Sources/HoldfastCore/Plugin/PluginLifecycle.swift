/// One configured plugin from its loading to its end. The machine decides; loading and calling are
/// the runtime's.
public struct PluginLifecycle: Sendable {
  /// Where it stands.
  public enum State: Sendable, Equatable {
    /// Switched off in the configuration or by the operator.
    case disabled
    /// Being loaded and created, on a thread of its own.
    case loading(since: Instant)
    /// In use.
    case running
    /// Cannot be used.
    case failed(PluginFault)
    /// A call holds its thread for longer than can be waited for. Nothing more is asked of it until
    /// that call returns.
    case wedged(call: String, since: Instant)
    /// Being destroyed.
    case stopping
    /// Destroyed.
    case stopped

    /// One word for people.
    public var name: String {
      switch self {
      case .disabled: "disabled"
      case .loading: "loading"
      case .running: "running"
      case .failed: "failed"
      case .wedged: "wedged"
      case .stopping: "stopping"
      case .stopped: "stopped"
      }
    }
  }

  /// How long a call may hold its thread beyond its deadline before the plugin counts as wedged.
  public static let grace = Duration.seconds(5)

  /// Stands for the event callback, which is no operation.
  static let eventCall = OperationID(0)

  /// Where it stands.
  public private(set) var state = State.disabled
  /// What it offers, once it is created.
  public private(set) var traits = PluginTraits()
  /// Calls made.
  public private(set) var calls: UInt64 = 0
  /// Calls that failed.
  public private(set) var failures: UInt64 = 0
  /// Calls that passed their deadline.
  public private(set) var timeouts: UInt64 = 0
  /// Answers that came late or twice.
  public private(set) var staleAnswers: UInt64 = 0
  /// How long answers took.
  public private(set) var latency = LatencyBuckets()
  private var overdue: [OperationID: (call: String, since: Instant)] = [:]

  /// A plugin that is switched off.
  public init() {}

  /// Whether it can be called.
  public var isRunning: Bool { state == .running }

  /// Whether its loading has come to an end, one way or the other.
  public var isSettled: Bool {
    if case .loading = state { false } else { true }
  }

  /// Loading begins; false if it is under way or done already.
  public mutating func load(at now: Instant) -> Bool {
    switch state {
    case .disabled, .failed, .stopped:
      overdue = [:]
      state = .loading(since: now)
      overdue = [:]
      return true
    case .loading, .running, .wedged, .stopping: return false
    }
  }

  /// `create` succeeded; false if nobody waits for it any more.
  public mutating func created(_ traits: PluginTraits) -> Bool {
    guard case .loading = state else { return false }
    self.traits = traits
    state = .running
    return true
  }

  /// It takes batches of so many sessions at once, as its answers show.
  public mutating func takes(sessions count: Int) { traits.concurrentSessions = count }

  /// It cannot be used.
  public mutating func failed(_ fault: PluginFault) {
    if state != .stopping, state != .stopped { state = .failed(fault) }
  }

  /// Its destruction begins; false if there is nothing to destroy.
  public mutating func stop() -> Bool {
    switch state {
    case .running, .loading, .wedged:
      state = .stopping
      return true
    case .disabled, .failed, .stopping, .stopped: return false
    }
  }

  /// It is destroyed.
  public mutating func destroyed() {
    state = .stopped
    overdue = [:]
  }

  /// A call goes out.
  public mutating func called() { calls += 1 }

  /// A call was answered after that time.
  public mutating func answered(isFailure: Bool, in time: Duration = .zero) {
    if isFailure { failures += 1 }
    latency.add(time)
  }

  /// Events were handled, some of them with a failure.
  public mutating func handledEvents(failures count: Int) { failures += UInt64(max(0, count)) }

  /// An answer was refused.
  public mutating func answeredStale() { staleAnswers += 1 }

  /// A call passed its deadline and was cancelled.
  public mutating func timedOut(_ operation: OperationID, call: String, at now: Instant) {
    timeouts += 1
    overdue[operation] = (call, now)
  }

  /// A call was answered, but its callback has not returned yet.
  public mutating func holds(_ operation: OperationID, call: String, at now: Instant) {
    overdue[operation] = (call, now)
  }

  /// A cancelled call does not hold its thread, or no longer.
  public mutating func returned(_ operation: OperationID) {
    overdue[operation] = nil
    if case .wedged = state, overdue.isEmpty { state = .running }
  }

  /// Since when a cancelled call has held its thread, nil if none does: the longest.
  public var overdueSince: Instant? { overdue.values.map(\.since).min() }

  /// Looks whether a cancelled call has held its thread for too long; true if that is new.
  public mutating func checkOverdue(at now: Instant) -> Bool {
    guard state == .running,
      let worst = overdue.values.min(by: { $0.since < $1.since }),
      now.since(worst.since) >= Self.grace
    else { return false }
    state = .wedged(call: worst.call, since: worst.since)
    return true
  }
}
