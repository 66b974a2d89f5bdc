import HoldfastCore
import HoldfastThreads

/// The loader works for one thread at a time, as long as the constructors of a library take. The
/// line before it is kept here, so that it is known who is at it and who only waits.
final class LoaderTurn: @unchecked Sendable {
  // Safe: used under the monitor's lock.

  /// There is one loader in a process.
  static let shared = LoaderTurn()

  private let monitor = Monitor()
  private var holder: InstanceID?
  private var line: [InstanceID] = []

  /// Runs `body` when it is this instance's turn.
  func take<Value, Failure: Error>(
    _ instance: InstanceID, _ body: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    monitor.withLock {
      line.append(instance)
      while holder != nil { monitor.wait() }
      if let place = line.firstIndex(of: instance) { line.remove(at: place) }
      holder = instance
    }
    defer {
      monitor.withLock { holder = nil }
      monitor.wakeAll()
    }
    return try body()
  }

  /// Who is at it while this instance waits; nil if it does not.
  func holder(before instance: InstanceID) -> InstanceID? {
    monitor.withLock { line.contains(instance) ? holder : nil }
  }

  /// How many wait.
  var waiting: Int { monitor.withLock { line.count } }
}
