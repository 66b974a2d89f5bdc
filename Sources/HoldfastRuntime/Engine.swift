internal import Glibc
internal import HoldfastCore
internal import HoldfastJournal
internal import HoldfastThreads

/// Runs the host's rules: one input after the other, each followed by its effects, in order.
///
/// Inputs come from any thread and never wait. They are handled by the engine's own thread or, for
/// what the journal reports, by the journal's: then a plugin hears of a commit one hand-off after
/// it was synced, not two. Threads of plugins only leave their inputs here.
final class Engine: Probed, @unchecked Sendable {
  // Safe: `host`, `batch` and `clock` are used only by the one thread that set `isHandling`, or by
  // one that holds the lock while nobody has; all else under the monitor's lock.
  private let monitor = Monitor()
  private var inputs: [HostInput] = []
  private var batch: [HostInput] = []
  private var isHandling = false
  /// So many of the inputs that wait came before the probe; nil while none is out.
  private var probePlace: Int?
  let probe = ThreadProbe()
  /// Whether anything is under way.
  let workload = Workload()
  private var isOver = false
  /// By the machine's clock: when the host wants to be woken at the latest, and when the engine's
  /// thread wakes by itself; `max`: not at all.
  private var nextWake = UInt64.max
  private var alarm = UInt64.max
  private var isAsleep = false
  private var clock = RunningClock()
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

  /// Leaves a probe behind the inputs that are there: whoever handles those answers it.
  func sendProbe(at nanoseconds: UInt64) {
    let mustWake = monitor.withLock {
      if probePlace != nil { return false }
      probe.send(at: nanoseconds)
      probePlace = inputs.count
      return !isHandling && inputs.isEmpty
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
    let mustWake = isAsleep && nextWake < alarm
    monitor.unlock()
    if mustWake { monitor.wake() }
  }

  private func run() {
    monitor.lock()
    while !isOver {
      if isHandling {
        // Whoever is at it wakes this thread for what is due afterwards.
        sleep(until: .max)
      } else if hasMore {
        handleAll()
      } else if nextWake <= monotonicNanoseconds() {
        // Nothing or more may be due: the clock says whether the process stood still.
        inputs.append(.tick)
        handleAll()
      } else {
        sleep(until: nextWake)
      }
    }
    monitor.unlock()
  }

  private func sleep(until time: UInt64) {
    alarm = time
    isAsleep = true
    if alarm == .max { monitor.wait() } else { monitor.wait(until: alarm) }
    isAsleep = false
  }

  private var hasMore: Bool { !inputs.isEmpty || probePlace != nil }

  /// Handles what is there and what comes meanwhile. Called with the lock, returns with it.
  private func handleAll() {
    isHandling = true
    while hasMore, !isOver {
      swap(&inputs, &batch)
      let place = probePlace
      probePlace = nil
      monitor.unlock()
      for input in batch.prefix(place ?? batch.count) { handle(input) }
      if let place {
        // Whoever wakes looks at the clock, or it would not see that the process stood still.
        _ = look()
        probe.answer()
        for input in batch.dropFirst(place) { handle(input) }
      }
      workload.note(isBusy: host.isBusy())
      batch.removeAll(keepingCapacity: batch.capacity <= 4096)
      monitor.lock()
    }
    nextWake = clock.rest(until: host.wake(), from: monotonicNanoseconds()) ?? .max
    isHandling = false
  }

  private func handle(_ input: HostInput) {
    let now = look()
    host.handle(input, at: now, wall: .now, perform: perform)
  }

  private func look() -> Instant {
    let before = clock.lost
    let now = clock.look(at: monotonicNanoseconds())
    let stood = (clock.lost - before) / 1_000_000
    if stood >= 1000 {
      perform(
        .log(.warning, "the host stood still for \(stood) ms; nobody is blamed for that time"))
    }
    return now
  }
}

extension Engine {
  /// What the machine's clock shows at an instant of the rules; only while an effect is performed.
  func machineTime(of instant: Instant) -> Instant {
    Instant(nanoseconds: clock.machineTime(of: instant))
  }
}

/// Mutating, so that the whole host is not copied for it.
extension Host {
  fileprivate mutating func isBusy() -> Bool { hasWork }
  fileprivate mutating func wake() -> Instant? { nextWake }
}

extension WallTime {
  /// By how many milliseconds the local time is ahead of UTC then.
  var localOffset: Int64 {
    var (seconds, parts) = (time_t(milliseconds / 1000), tm())
    guard localtime_r(&seconds, &parts) != nil else { return 0 }
    return Int64(parts.tm_gmtoff) * 1000
  }

  /// The system's time of day.
  static var now: WallTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return WallTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }
}
