/// A session as the heartbeat finds it: what the classifier goes by, and what people are told.
public struct SessionSight: Sendable {
  /// A call to a plugin that the session waits in.
  public struct Call: Sendable, Equatable {
    /// Whose.
    public var instance: InstanceID
    /// By the name that people know it by.
    public var name: String
    /// In the host's own words: a plugin may name what it does by anything.
    public var word: String
    /// For how long.
    public var age: Duration
  }

  /// The session.
  public let session: SessionID
  /// Where it is current.
  public let key: SessionKey
  /// The lane's, one more with each change.
  public let generation: UInt64
  /// What the classifier goes by.
  public var condition = SessionCondition()
  /// How long the lane has been as it is.
  public var stateAge = Duration.zero
  /// The message that is worked on.
  public var input: Int64?
  /// What it waits in, if that is known.
  public var call: Call?
  /// Why waiting messages may not begin; empty if nothing keeps them from it.
  public var hold = ""

  init(_ session: SessionID, at key: SessionKey, generation: UInt64) {
    self.session = session
    self.key = key
    self.generation = generation
  }

  /// How long it has made no progress if there is work, else how long it has been as it is.
  public var age: Duration {
    condition.activity.work == nil ? stateAge : condition.activity.progressAge ?? .zero
  }

  /// What it is busy with or waits for, in words for people that follow its name.
  var doing: String {
    var words: String
    if let call {
      words = "“\(call.instance)” has been in \(call.name) for \(call.age.inWords)"
    } else if condition.state == .processing {
      words = "a turn has been between its calls for \(age.inWords)"
    } else if condition.backlog > 0 {
      words = hold.isEmpty ? "nothing works on what waits" : hold
    } else {
      words = "nothing waits"
    }
    if call != nil, let progress = condition.activity.progressAge {
      words +=
        ", its last progress (\(condition.activity.progressReason ?? "unknown")) "
        + "\(progress.inWords) ago"
    }
    switch condition.backlog {
    case 0: return words
    case 1: return words + "; 1 message waits"
    default: return words + "; \(condition.backlog) messages wait"
    }
  }
}

/// Sums up all tokens of a session.
struct ActivitySum {
  private let now: Instant
  private var last: ActivityProgress?
  private var oldestTool: Instant?
  private var calling: (work: WorkKind, began: Instant)?
  private(set) var activity = SessionActivity()
  private(set) var call: SessionSight.Call?

  init(at now: Instant) { self.now = now }

  /// One token; `call` if it is a call of a plugin.
  mutating func add(
    _ work: WorkKind, began: Instant, progress: ActivityProgress,
    call name: (instance: InstanceID, name: String, word: String)? = nil
  ) {
    if activity.work.map({ work.rank < $0.rank }) ?? true { activity.work = work }
    if last.map({ progress.at >= $0.at }) ?? true { last = progress }
    if work == .toolCall { oldestTool = min(oldestTool ?? began, began) }
    activity.progressAge = last.map { now.since($0.at) }
    activity.progressReason = last?.reason
    activity.oldestToolAge = oldestTool.map { now.since($0) }
    guard let name else { return }
    // Of several calls the one that began first says most.
    if let known = calling, (known.work.rank, known.began) <= (work.rank, began) { return }
    calling = (work, began)
    call = SessionSight.Call(
      instance: name.instance, name: name.name, word: name.word, age: now.since(began))
  }
}

extension WorkKind {
  /// A tool before a model before a run.
  fileprivate var rank: Int {
    switch self {
    case .toolCall: 0
    case .modelCall: 1
    case .run: 2
    }
  }
}

extension Duration {
  /// For people: `850 ms`, `45 s`, `12 min`.
  package var inWords: String {
    switch milliseconds {
    case ..<2000: "\(milliseconds) ms"
    case ..<120_000: "\(milliseconds / 1000) s"
    default: "\(milliseconds / 60_000) min"
    }
  }
}
