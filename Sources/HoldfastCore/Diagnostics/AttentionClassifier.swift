/// Which rows of the table count: those of a known gateway at two points of its history, or all.
public enum AttentionProfile: String, Sendable, CaseIterable, Comparable {
  /// The rules that first recovered sessions whose work had lost its owner.
  case pr87028 = "pr_87028"
  /// The same, with more patience for models that are silent.
  case june2026 = "june_2026"
  /// All rows.
  case current

  /// Orders by age, the oldest first.
  public static func < (left: Self, right: Self) -> Bool { left.order < right.order }

  private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// Says of a session whether it needs attention, and why. A function of what it is given alone.
public struct AttentionClassifier: Sendable {
  /// Which rows count.
  public var profile: AttentionProfile
  /// From which age on.
  public var thresholds: AttentionThresholds

  /// A classifier.
  public init(
    profile: AttentionProfile = .current, thresholds: AttentionThresholds = AttentionThresholds()
  ) {
    self.profile = profile
    self.thresholds = thresholds
  }

  /// The first row that the session matches; the last one matches all.
  public func classify(_ session: SessionCondition) -> Attention { match(session).attention }

  /// The same with the name of that row: `a` to `c` and `1` to `8`, with `3a` and `3b`.
  public func match(_ session: SessionCondition) -> (row: String, attention: Attention) {
    let facts = Facts(session, thresholds)
    let row = Self.rows.first { $0.since <= profile && $0.matches(facts) } ?? Self.last
    var attention = row.attention
    if !attention.isRecoverable { attention.work = session.activity.work }
    return (row.name, attention)
  }

  /// A row of the table.
  private struct Row: Sendable {
    let name: String
    var since = AttentionProfile.pr87028
    var attention: Attention
    var matches: @Sendable (Facts) -> Bool

    init(
      _ name: String, since: AttentionProfile = .pr87028, _ event: Attention.Event,
      _ reason: String,
      _ classification: Attention.Classification, when matches: @escaping @Sendable (Facts) -> Bool
    ) {
      self.name = name
      self.since = since
      self.matches = matches
      attention = Attention(
        event: event, reason: reason, classification: classification,
        isRecoverable: classification == .staleState)
    }
  }

  /// What the rows ask for.
  private struct Facts {
    let session: SessionCondition
    let work: WorkKind?
    let hasOwner: Bool
    let isQueued: Bool
    /// Without progress for longer than the first threshold.
    let isSilent: Bool
    /// Without progress for as long as the second.
    let mayAbort: Bool
    let isToolOld: Bool
    let repeatsItself: Bool

    init(_ session: SessionCondition, _ thresholds: AttentionThresholds) {
      let activity = session.activity
      let silence = activity.progressAge ?? .zero
      self.session = session
      work = activity.work
      hasOwner = activity.isOwnerAlive ?? false
      isQueued = session.backlog > 0
      isSilent = silence > thresholds.stuckAfter
      mayAbort = silence >= thresholds.abortAfter
      isToolOld = (activity.oldestToolAge ?? .zero) > thresholds.stuckAfter
      repeatsItself = activity.repeatedRequestAge.map { $0 >= thresholds.abortAfter } ?? false
    }
  }

  private static let last = Row("8", .stuck, "stale_session_state", .staleState) { _ in true }

  // The first that matches wins.
  private static let rows: [Row] = [
    Row("a", since: .current, .longRunning, "provider_retry_wait", .longRunning) {
      $0.session.isProviderRetryOpen
    },
    Row("b", since: .current, .longRunning, "runtime_owned_wait", .longRunning) {
      $0.session.isPersonAwaited
    },
    Row("c", since: .current, .stalled, "repeated_model_requests_without_progress", .stalledRun) {
      $0.work != nil && $0.hasOwner && $0.repeatsItself
    },
    Row("1", .stuck, "queued_work_without_active_run", .staleState) {
      $0.work != nil && $0.session.state == .idle && $0.isQueued && !$0.hasOwner && $0.isSilent
    },
    Row("2", .stalled, "blocked_tool_call", .blockedTool) {
      $0.work == .toolCall && $0.isToolOld && $0.isSilent
    },
    Row("3", .stalled, "queued_behind_terminal_active_work", .stalledRun) {
      $0.work == .run && $0.isQueued && $0.session.activity.saysRunIsOver
    },
    Row("3a", since: .june2026, .stalled, "active_work_without_progress", .stalledRun) {
      $0.work == .modelCall && $0.hasOwner && $0.isSilent && $0.mayAbort
    },
    Row("3b", since: .june2026, .longRunning, "active_model_call_without_progress", .longRunning) {
      $0.work == .modelCall && $0.hasOwner && $0.isSilent
    },
    Row("4", .stalled, "active_work_without_progress", .stalledRun) {
      $0.work != nil && $0.isSilent
    },
    Row("5", .longRunning, "queued_behind_active_work", .longRunning) {
      $0.work != nil && $0.isQueued
    },
    Row("6", .longRunning, "active_work", .longRunning) { $0.work != nil },
    Row("7", .stuck, "queued_work_without_active_run", .staleState) { $0.isQueued },
    last,
  ]
}
