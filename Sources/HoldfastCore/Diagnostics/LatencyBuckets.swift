/// How often something took how long, by limits that are the same everywhere, so that the figures
/// of several hosts can be added.
public struct LatencyBuckets: Codable, Sendable, Equatable {
  /// The limits in milliseconds; what took longer than the last one is counted as well.
  public static let limits: [Double] = [
    1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 120_000,
  ]
  /// The same in nanoseconds, since this is asked with every call.
  private static let bounds = limits.map { UInt64($0 * 1e6) }

  /// How often it took at most each limit and longer than the one before; the last one is for what
  /// took longer than all. Empty until something is counted.
  public private(set) var counts: [UInt64] = []
  /// How long all of it took together.
  public private(set) var sumMilliseconds: Double = 0

  /// Nothing counted yet.
  public init() {}

  /// Counts one.
  public mutating func add(_ duration: Duration) {
    if counts.isEmpty { counts = Array(repeating: 0, count: Self.limits.count + 1) }
    let nanoseconds = duration.nanoseconds
    let place = Self.bounds.firstIndex { nanoseconds <= $0 } ?? Self.limits.count
    counts[place] += 1
    sumMilliseconds += Double(nanoseconds) / 1e6
  }

  /// Counts what others have counted.
  public mutating func add(_ others: LatencyBuckets) {
    guard !others.counts.isEmpty else { return }
    if counts.isEmpty { counts = Array(repeating: 0, count: Self.limits.count + 1) }
    for place in counts.indices where place < others.counts.count {
      counts[place] += others.counts[place]
    }
    sumMilliseconds += others.sumMilliseconds
  }

  /// How many were counted.
  public var count: UInt64 { counts.reduce(0, +) }
}

extension PluginStatus {
  /// One word for what a call came to.
  var word: String {
    switch self {
    case .ok: "ok"
    case .pending: "pending"
    case .argument: "argument"
    case .unsupported: "unsupported"
    case .stale: "stale"
    case .busy: "busy"
    case .timeout: "timeout"
    case .cancelled: "cancelled"
    case .failed: "failed"
    case .refused: "refused"
    case .crashed: "crashed"
    case .tooLarge: "too_large"
    case .malformed: "malformed"
    case .duplicate: "duplicate"
    case .denied: "denied"
    case .stopping: "stopping"
    case .notFound: "not_found"
    case .unknown: "unknown"
    default: "status_\(rawValue.magnitude)"
    }
  }
}
