import HoldfastCore
import HoldfastThreads

/// The tokens of activity that one instance has open. What it says of them is bounded here, in
/// number and in pace, so that no plugin can flood the host with signs of life.
final class ActivityTable: @unchecked Sendable {
  // Safe to share: `open` and `last` are touched only with the lock held. Reports are made without
  // it.
  private struct Token {
    let operation: OperationID?
    var reported: UInt64 = 0
    var reason = ""
  }

  /// Reports of the same kind of progress within this time count as one.
  static let pace = Duration.milliseconds(100)
  /// Reports of another kind within this time are refused.
  static let least = Duration.milliseconds(10)

  private let lock = Monitor()
  private var open: [UInt64: Token] = [:]
  private var last: UInt64 = 0

  /// Opens a token, nil if there are too many. Those whose operation is over count no more.
  func begin(_ operation: OperationID?, isOver: (OperationID) -> Bool) -> UInt64? {
    let isFull = lock.withLock { open.count >= ActivityLimits.tokens }
    if isFull { sweep(isOver) }
    return lock.withLock {
      guard open.count < ActivityLimits.tokens else { return nil }
      last += 1
      open[last] = Token(operation: operation)
      return last
    }
  }

  private func sweep(_ isOver: (OperationID) -> Bool) {
    let bound = lock.withLock { open.compactMapValues(\.operation) }
    let over = bound.filter { isOver($0.value) }.keys
    lock.withLock { for token in over { open[token] = nil } }
  }

  /// The operation of an open token; nil if the token is over.
  func operation(of token: UInt64) -> OperationID?? {
    lock.withLock { open[token].map(\.operation) }
  }

  /// Whether progress is to be reported now: `.ok` if so, `.duplicate` if it counts with what was
  /// reported before, `.busy` if it is refused.
  func progress(_ token: UInt64, _ reason: String, at now: UInt64) -> PluginStatus {
    lock.withLock {
      guard let known = open[token] else { return .stale }
      let passed = now - known.reported
      if known.reason == reason, passed < Self.pace.nanoseconds { return .duplicate }
      if passed < Self.least.nanoseconds { return .busy }
      open[token]?.reported = now
      open[token]?.reason = reason
      return .ok
    }
  }

  /// Closes a token; false if it was over.
  func end(_ token: UInt64) -> Bool { lock.withLock { open.removeValue(forKey: token) != nil } }
}
