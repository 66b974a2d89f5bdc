/// What kind of work a session is busy with.
public enum WorkKind: String, Sendable, CaseIterable {
  /// A tool runs.
  case toolCall = "tool_call"
  /// A model writes.
  case modelCall = "model_call"
  /// A turn, between its calls.
  case run
}

/// What is known of a session's work at one moment. Ages are measured with a clock that never goes
/// back; nil stands for what is not known.
public struct SessionActivity: Sendable, Equatable {
  /// The most telling work there is: a tool before a model before a turn. Nil without any.
  public var work: WorkKind?
  /// Whether the run that this work belongs to is still there.
  public var isOwnerAlive: Bool?
  /// How long the oldest tool call has been running.
  public var oldestToolAge: Duration?
  /// How long ago the work last made progress.
  public var progressAge: Duration?
  /// What that progress was.
  public var progressReason: String?
  /// How long the model has been asked the very same thing.
  public var repeatedRequestAge: Duration?

  /// No work.
  public init() {}

  /// Whether the last progress says that the run is over.
  public var saysRunIsOver: Bool {
    guard let reason = progressReason else { return false }
    return Self.lastWords.contains(reason) || Self.lastMarks.contains { reason.contains($0) }
  }

  private static let lastWords: Set = ["run:completed", "embedded_run:ended"]
  private static let lastMarks = [
    "response.completed", "rawResponseItem/completed", "raw_response_item.completed",
    "output_item.done",
  ]
}

/// A session as the classifier sees it.
public struct SessionCondition: Sendable, Equatable {
  /// What the session's lane says, nil if it is not known.
  public var state: Lane.State?
  /// What it is busy with.
  public var activity = SessionActivity()
  /// Messages that wait, without the one that is being worked on.
  public var backlog = 0
  /// A model provider said when it wants to be asked again, and that is still to come.
  public var isProviderRetryOpen = false
  /// A person was asked something and has not answered.
  public var isPersonAwaited = false

  /// An idle session.
  public init() {}
}
