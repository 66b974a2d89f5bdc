import HoldfastThreads

/// Keeps the writer from beginning a group while the last pages of the log are moved.
final class Turnstile: @unchecked Sendable {
  // Safe: both flags are used under the monitor's lock.
  private let monitor = Monitor()
  private var isHeld = false
  private var isWriting = false

  /// The writer begins a group; waits while the turnstile is held.
  func enter() {
    monitor.withLock {
      while isHeld { monitor.wait() }
      isWriting = true
    }
  }

  /// The writer's group is over.
  func leave() {
    monitor.withLock { isWriting = false }
    monitor.wakeAll()
  }

  /// Runs `body` between two groups.
  func hold(_ body: () -> Void) {
    monitor.withLock {
      isHeld = true
      while isWriting { monitor.wait() }
    }
    body()
    monitor.withLock { isHeld = false }
    monitor.wakeAll()
  }
}
