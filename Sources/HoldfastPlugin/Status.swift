internal import CHoldfast

/// Outcome of a call between host and plugin. Open: a newer host may answer with codes that this
/// file does not name.
public struct Status: RawRepresentable, Hashable, Sendable {
  /// The code as the header has it; negative ones are failures.
  public let rawValue: Int32

  /// Wraps a code of the header.
  public init(rawValue: Int32) { self.rawValue = rawValue }

  /// Done.
  public static let ok = Status(rawValue: HF_OK)
  /// The answer follows.
  public static let pending = Status(rawValue: HF_PENDING)
  /// The plugin cannot do this at all.
  public static let unsupported = Status(rawValue: HF_E_UNSUPPORTED)
  /// The operation is over: answered before, cancelled or past its deadline.
  public static let stale = Status(rawValue: HF_E_STALE)
  /// Not now; the same call may succeed later.
  public static let busy = Status(rawValue: HF_E_BUSY)
  /// The operation was given up.
  public static let cancelled = Status(rawValue: HF_E_CANCELLED)
  /// A parameter that makes no sense.
  public static let argument = Status(rawValue: HF_E_ARGUMENT)
  /// Over a limit.
  public static let tooLarge = Status(rawValue: HF_E_TOO_LARGE)
  /// There is no such thing.
  public static let notFound = Status(rawValue: HF_E_NOT_FOUND)
  /// Failed for now; the host may repeat the call unchanged.
  public static let failed = Status(rawValue: HF_E_FAILED)
  /// Failed for good; repeating this very call cannot succeed.
  public static let refused = Status(rawValue: HF_E_REFUSED)
  /// May or may not have taken effect.
  public static let unknown = Status(rawValue: HF_E_UNKNOWN)
}

/// A failure that the host is told, with its reason in words for people. Any other error that a
/// plugin throws reaches the host as `.failed`.
public struct PluginError: Error, CustomStringConvertible {
  /// What the host makes of it.
  public let status: Status
  /// Why, and what a person can do about it; never message texts or secrets.
  public let reason: String

  /// A failure with a status of one's own choice.
  public init(_ status: Status, _ reason: String) {
    self.status = status
    self.reason = reason
  }

  /// The reason.
  public var description: String { reason }

  /// Failed for now; the host repeats the call later, unchanged.
  public static func failed(_ reason: String) -> PluginError { PluginError(.failed, reason) }
  /// Failed for good; the host does not repeat the call.
  public static func refused(_ reason: String) -> PluginError { PluginError(.refused, reason) }
  /// May have taken effect; the host assumes neither.
  public static func unknown(_ reason: String) -> PluginError { PluginError(.unknown, reason) }
  /// The arguments of a tool make no sense; the model may try again with others.
  public static func argument(_ reason: String) -> PluginError { PluginError(.argument, reason) }
  /// Over a limit.
  public static func tooLarge(_ reason: String) -> PluginError { PluginError(.tooLarge, reason) }
  /// The plugin cannot do this at all.
  public static func unsupported(_ reason: String) -> PluginError {
    PluginError(.unsupported, reason)
  }
}
