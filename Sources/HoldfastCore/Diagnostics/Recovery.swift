/// What is done about one session that does not go on by itself: one attempt at a time, a bounded
/// number of them, each with more force than one that changed nothing. The machine decides; what it
/// decides is carried out by `Host`.
public struct Recovery: Sendable {
  /// How an attempt ended.
  public enum Outcome: String, Sendable, CaseIterable {
    /// The run's calls were cancelled and its plugins returned.
    case cancelled
    /// They did not return: what the run still does is refused, and its place in the lane is free.
    case fenced
    /// The process of its plugin was ended.
    case killed
    /// Work without an owner was taken out of the books, and the next message begins.
    case released
    /// Nothing was touched.
    case skipped
    /// There was nothing to do.
    case noop
    /// It could not be carried out.
    case failed
    /// It was carried out and changed nothing.
    case ineffective
  }

  /// How much force an attempt begins with.
  public enum Step: Int, Sendable, Comparable, CaseIterable {
    /// The run's calls are cancelled, and their plugins have some time to return.
    case cancel
    /// The run is cut off at once.
    case fence
    /// The process of its plugin is ended; only for a plugin that has one of its own.
    case kill

    /// Orders by force.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  /// What is asked for.
  public struct Request: Sendable {
    /// The session, as the classifier saw it.
    public var sight: SessionSight
    /// What it was considered to be.
    public var attention: Attention
    /// Whether a run may be aborted.
    public var mayAbort: Bool
  }

  /// The session as it is when the request's turn comes.
  public struct Facts: Sendable {
    /// The lane's generation.
    public var generation: UInt64
    /// The lane's state.
    public var state: Lane.State?
    /// A turn runs.
    public var isOwnerAlive = false
    /// The host itself is at something in this lane.
    public var isLaneTaskAlive = false
    /// Tokens that belong to the session alone.
    public var orphans = 0
    /// Messages that wait.
    public var backlog = 0
    /// Whether the plugin it waits for runs in a process of its own.
    public var canKill = false
  }

  /// What is to be done.
  public enum Decision: Sendable, Equatable {
    case skip(String)
    case noop
    case release
    case cancel
    case fence
    case kill
    /// The attempts are used up.
    case giveUp
  }

  /// An attempt under way: the run's calls are cancelled and their plugins are waited for.
  struct Flight: Sendable {
    var request: Request
    var input: Int64
    var waiting: Set<OperationID>
    let began: Instant
  }

  /// So many attempts within `period`, then a person is needed.
  public static let maxAttempts = 5
  /// See `maxAttempts`.
  public static let period = Duration.seconds(3600)

  /// When the attempts of the last hour began.
  public private(set) var attempts: [Instant] = []
  /// It is left to a person.
  public private(set) var isForPerson = false
  /// With how much force the next attempt begins.
  public private(set) var force = Step.cancel
  /// What is under way.
  var flight: Flight?

  /// Where the session was when something was asked for last; a person may move it.
  public private(set) var key: SessionKey

  /// Nothing was done yet.
  public init(at key: SessionKey) { self.key = key }

  /// Decides what a request leads to. What is decided other than to skip counts as an attempt.
  public mutating func begin(
    _ request: Request, _ facts: Facts, at now: Instant
  ) -> Decision {
    if flight != nil { return .skip("in_flight") }
    key = request.sight.key
    guard request.sight.generation == facts.generation,
      request.sight.condition.state == facts.state
    else { return .skip("stale_session_state") }
    if !request.mayAbort {
      if facts.isOwnerAlive { return .skip("active_run") }
      if facts.isLaneTaskAlive { return .skip("active_lane_task") }
    }
    if isExhausted(at: now) {
      isForPerson = true
      return .giveUp
    }
    attempts.append(now)
    if !facts.isOwnerAlive { return facts.orphans + facts.backlog > 0 ? .release : .noop }
    switch force {
    case .cancel: return .cancel
    case .kill where facts.canKill: return .kill
    case .fence, .kill: return .fence
    }
  }

  /// Whether no more attempts are left at this time.
  public mutating func isExhausted(at now: Instant) -> Bool {
    attempts.removeAll { now.since($0) >= Self.period }
    return attempts.count >= Self.maxAttempts
  }

  /// An attempt came to its end.
  public mutating func ended(_ outcome: Outcome) {
    flight = nil
    switch outcome {
    case .cancelled, .fenced, .killed, .released: recovered()
    case .failed, .ineffective: force = Step(rawValue: force.rawValue + 1) ?? .kill
    case .skipped, .noop: break
    }
  }

  /// The session goes on.
  public mutating func recovered() {
    isForPerson = false
    force = .cancel
  }

  /// Whether nothing would be lost by forgetting it.
  func isOver(at now: Instant) -> Bool {
    flight == nil && !isForPerson && attempts.allSatisfy { now.since($0) >= Self.period }
  }
}

extension AttentionThresholds {
  /// A tool may be silent for so long at least before its turn may be aborted.
  public static let toolPatience = Duration.seconds(900)

  /// Whether recovery is asked for: false without permission to abort anything, true with it, nil
  /// not at all.
  func permission(for attention: Attention, _ sight: SessionSight) -> Bool? {
    if attention.isRecoverable { return false }
    return silenceLeft(for: attention, sight) == .zero ? true : nil
  }

  /// How much longer the session may go on as it is before something may be aborted; nil: for ever.
  func silenceLeft(for attention: Attention, _ sight: SessionSight) -> Duration? {
    let activity = sight.condition.activity
    switch attention.classification {
    case .stalledRun: return left(of: abortAfter, sight.age)
    case .blockedTool:
      let silence = min(activity.oldestToolAge ?? .zero, activity.progressAge ?? .zero)
      return left(of: max(abortAfter, Self.toolPatience), silence)
    case .longRunning, .staleState: return nil
    }
  }

  /// The same for one that is at work and not stalled yet.
  func silenceLeft(of sight: SessionSight) -> Duration {
    let isTool = sight.condition.activity.work == .toolCall
    return left(of: isTool ? max(abortAfter, Self.toolPatience) : abortAfter, sight.age)
  }

  private func left(of limit: Duration, _ age: Duration) -> Duration { max(.zero, limit - age) }
}
