/// What a plugin says of work that it has taken up for a session.
public enum ActivityKind: UInt32, Sendable, CaseIterable {
  /// A model writes.
  case modelCall = 1
  /// A tool runs.
  case toolCall = 2
  /// A run of several steps.
  case run = 3
  /// A provider said when it wants to be asked again.
  case providerWait = 4
  /// A person was asked something.
  case personWait = 5

  /// The kind of work; nil for a wait, which is none.
  public var work: WorkKind? {
    switch self {
    case .modelCall: .modelCall
    case .toolCall: .toolCall
    case .run: .run
    case .providerWait, .personWait: nil
    }
  }
}

/// What becomes of a plugin's token of activity.
public enum ActivityReport: Sendable, Equatable {
  /// Work was taken up.
  case began(ActivityStart)
  /// It made progress; `reason` says of what kind.
  case progressed(UInt64, reason: String)
  /// It came to its end.
  case ended(UInt64)
}

/// Work that is taken up.
public struct ActivityStart: Sendable, Equatable {
  /// The plugin's token, new with each of them.
  public var token: UInt64
  /// The operation that it belongs to and ends with; nil: it belongs to a session alone.
  public var operation: OperationID?
  /// The session, if there is no operation.
  public var session: SessionID?
  /// What kind of work.
  public var kind: ActivityKind
  /// What people know it by.
  public var name: String
  /// When it means to be over at the latest; nil if it does not say.
  public var limit: Duration?

  /// Work that is taken up.
  public init(token: UInt64, kind: ActivityKind, name: String) {
    self.token = token
    self.kind = kind
    self.name = name
  }
}

/// Bounds on activities of plugins.
public enum ActivityLimits {
  /// Tokens of one instance that are open at a time.
  public static let tokens = 256
  /// Longest name or reason, in bytes.
  public static let text = 128
}

/// The last progress of some work.
public struct ActivityProgress: Sendable, Equatable {
  /// When, by the clock of ages.
  public var at: Instant
  /// What it was.
  public var reason: String

  /// Some progress.
  public init(at: Instant, _ reason: String) {
    self.at = at
    self.reason = reason
  }
}
