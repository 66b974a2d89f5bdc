internal import HoldfastCore
internal import HoldfastThreads

/// The last events of diagnostics, of which the oldest make room for new ones.
final class FlightRecorder: @unchecked Sendable {
  // Safe: `ring` and `next` are used under the monitor's lock.
  /// So many are kept.
  static let capacity = 4096
  private let monitor = Monitor()
  private var ring: [DiagnosticEvent] = []
  private var next = 0

  /// Keeps an event; from any thread.
  func keep(_ event: DiagnosticEvent) {
    monitor.withLock {
      if ring.count < Self.capacity {
        ring.append(event)
      } else {
        ring[next] = event
        next = (next + 1) % Self.capacity
      }
    }
  }

  /// What is kept, oldest first.
  var events: [DiagnosticEvent] {
    monitor.withLock { Array(ring[next...] + ring[..<next]) }
  }
}
