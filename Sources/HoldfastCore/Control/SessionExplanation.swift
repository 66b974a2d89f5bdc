/// Why a session is considered to be what it is: what `holdfast sessions explain` shows. Ages are
/// in milliseconds of the monotonic clock; texts are empty where there is nothing to say.
public struct SessionExplanation: Codable, Sendable, Equatable {
  /// The session.
  public var session = ""
  /// Where it is current, or was.
  public var place = ""
  /// `idle`, `waiting` or `processing`.
  public var state = ""
  /// How long it has been so; nil for a session that is not in memory.
  public var stateAgeMilliseconds: UInt64?
  /// One more with each change of its lane.
  public var generation: UInt64 = 0
  /// Messages that wait, without the one that is worked on.
  public var backlog = 0
  /// Why they may not begin.
  public var hold = ""
  /// `tool_call`, `model_call` or `run`.
  public var work = ""
  /// Whether the run that the work belongs to is there; nil without work.
  public var isOwnerAlive: Bool?
  /// How long ago there was progress; nil without work.
  public var progressAgeMilliseconds: UInt64?
  /// What that progress was.
  public var progressReason = ""
  /// The plugin that it waits for.
  public var plugin = ""
  /// The call that it waits in.
  public var call = ""
  /// For how long; nil if it waits in none.
  public var callAgeMilliseconds: UInt64?
  /// It is busy for so long that it is looked at.
  public var needsAttention = false
  /// The row of the table that it matches.
  public var row = ""
  /// `session.long_running`, `session.stalled` or `session.stuck`, if it is looked at.
  public var event = ""
  /// The reason of that row.
  public var reason = ""
  /// What recovery goes by.
  public var classification = ""
  /// Attempts to recover it within the last hour.
  public var attempts = 0
  /// They are used up, and a person is needed.
  public var isLeftToPerson = false
  /// What will be done, and when.
  public var next = ""
  /// All of it in one sentence for people.
  public var sentence = ""

  /// An explanation of nothing.
  public init() {}

  init(_ sight: SessionSight) {
    let activity = sight.condition.activity
    session = sight.session.description
    place = sight.key.description
    state = (sight.condition.state ?? .idle).rawValue
    stateAgeMilliseconds = sight.stateAge.milliseconds
    generation = sight.generation
    backlog = sight.condition.backlog
    hold = sight.hold
    work = activity.work?.rawValue ?? ""
    isOwnerAlive = activity.isOwnerAlive
    progressAgeMilliseconds = activity.work == nil ? nil : activity.progressAge?.milliseconds
    progressReason = activity.progressReason ?? ""
    plugin = sight.call?.instance.description ?? ""
    call = sight.call?.name ?? ""
    callAgeMilliseconds = sight.call?.age.milliseconds
  }
}

/// A session that needs attention, in `status`.
public struct AttentionStatusRow: Codable, Sendable, Equatable {
  /// The session.
  public var session = ""
  /// Where it is current.
  public var place = ""
  /// `idle`, `waiting` or `processing`.
  public var state = ""
  /// `session.long_running`, `session.stalled` or `session.stuck`.
  public var event = ""
  /// What recovery goes by.
  public var classification = ""
  /// Why.
  public var reason = ""
  /// The plugin that it waits for, empty if that is not known.
  public var plugin = ""
  /// The call that it waits in.
  public var call = ""
  /// How long it has made no progress or, without work, has been as it is.
  public var ageMilliseconds: UInt64 = 0
  /// Messages that wait.
  public var backlog = 0
  /// Attempts to recover it within the last hour.
  public var attempts = 0
  /// They are used up, and a person is needed.
  public var isLeftToPerson = false

  /// A row.
  public init() {}

  init(_ sight: SessionSight, _ attention: Attention) {
    session = sight.session.description
    place = sight.key.description
    state = (sight.condition.state ?? .idle).rawValue
    event = attention.event.rawValue
    classification = attention.classification.rawValue
    reason = attention.reason
    plugin = sight.call?.instance.description ?? ""
    call = sight.call?.name ?? ""
    ageMilliseconds = sight.age.milliseconds
    backlog = sight.condition.backlog
  }
}
