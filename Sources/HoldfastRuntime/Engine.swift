internal import Glibc
internal import HoldfastCore
internal import HoldfastJournal
internal import HoldfastThreads

/// Runs the host's rules: one input after the other, each followed by its effects, in order.
///
/// Inputs come from any thread and never wait. They are handled by the engine's own thread or, for
/// what the journal reports, by the journal's: then a plugin hears of a commit one hand-off after
/// it was synced, not two. Threads of plugins only leave their inputs here.
final class Engine: @unchecked Sendable {
  // Safe: `host` and `batch` are used only by the one thread that set `isHandling`, all else under
  // the monitor's lock.
  private let monitor = Monitor()
  private var inputs: [HostInput] = []
  private var batch: [HostInput] = []
  private var isHandling = false
  private var isOver = false
  private var nextWake: Instant?
  private var isAsleep = false
  private var alarm = Instant(nanoseconds: UInt64(Int64.max))
  private var host: Host
  private let perform: (HostEffect) -> Void
  private var thread: NamedThread?

  /// `perform` carries out an effect; it never waits, and never calls the engine back but to leave
  /// an input.
  init(host: Host, perform: @escaping (HostEffect) -> Void) {
    self.host = host
    self.perform = perform
  }

  /// Begins to handle inputs.
  func start() {
    thread = NamedThread("hf-host") { [self] in run() }
  }

  /// Handles nothing more; returns when the input in progress is handled.
  func end() {
    monitor.withLock { isOver = true }
    monitor.wakeAll()
    thread?.join()
    thread = nil
  }

  /// Leaves an input for the engine's thread.
  func submit(_ input: HostInput) {
    let mustWake = monitor.withLock {
      inputs.append(input)
      return !isHandling && inputs.count == 1
    }
    if mustWake { monitor.wake() }
  }

  /// Leaves an input, and handles it on this thread unless another is at it.
  func submitAndHandle(_ input: HostInput) {
    monitor.lock()
    inputs.append(input)
    if isHandling || isOver {
      monitor.unlock()
      return
    }
    handleAll()
    // The engine's thread sleeps by an alarm that this input may have moved ahead.
    let mustWake = nextWake.map { next in isAsleep && next < alarm } ?? false
    monitor.unlock()
    if mustWake { monitor.wake() }
  }

  private func run() {
    monitor.lock()
    while !isOver {
      let isDue = nextWake.map { $0.nanoseconds <= monotonicNanoseconds() } ?? false
      if isHandling || inputs.isEmpty && !isDue {
        sleep()
        continue
      }
      if inputs.isEmpty { inputs.append(.tick) }
      handleAll()
    }
    monitor.unlock()
  }

  private func sleep() {
    alarm = nextWake ?? Instant(nanoseconds: UInt64(Int64.max))
    isAsleep = true
    if let nextWake { monitor.wait(until: nextWake.nanoseconds) } else { monitor.wait() }
    isAsleep = false
  }

  /// Handles what is there and what comes meanwhile. Called with the lock, returns with it.
  private func handleAll() {
    isHandling = true
    while !inputs.isEmpty, !isOver {
      swap(&inputs, &batch)
      monitor.unlock()
      for input in batch { handle(input) }
      batch.removeAll(keepingCapacity: batch.capacity <= 4096)
      monitor.lock()
    }
    nextWake = host.nextWake
    isHandling = false
  }

  private func handle(_ input: HostInput) {
    let now = Instant(nanoseconds: monotonicNanoseconds())
    host.handle(input, at: now, wall: .now, perform: perform)
  }
}

extension WallTime {
  /// The system's time of day.
  static var now: WallTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return WallTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }
}
