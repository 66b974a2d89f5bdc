internal import HoldfastCore
internal import HoldfastThreads

/// Sends probes to one thread, and says what came of them.
struct ThreadMeter {
  /// When and how a look is made.
  struct Look {
    /// By the machine's clock.
    var now: Instant
    /// Whether there is nothing to do: probes are sparse then.
    var isIdle = false
    /// Whether a thread that sleeps may be woken by a probe.
    var mayWake = true
    /// When this process was last not let run for long, and for how long.
    var freeze: (end: Instant, length: Duration)?

    /// Time that the process lived since then.
    func lived(since instant: Instant) -> Duration {
      let age = now.since(instant)
      guard let freeze, instant < freeze.end else { return age }
      return age > freeze.length ? age - freeze.length : .zero
    }
  }

  private var lastSent: Instant?
  private var every = ProbePace.busy
  private var activity: UInt64 = 0

  /// What a probe that came back took, and how long one that is out has been out.
  mutating func collect(
    _ thread: any Probed, _ meter: inout DelayMeter, _ look: Look
  ) -> Duration? {
    if let taken = thread.probe.take(), let lastSent {
      let end = lastSent + .nanoseconds(Int64(clamping: taken))
      let delay = Look(now: end, freeze: look.freeze).lived(since: lastSent)
      meter.record(delay, every: every, at: look.now)
    }
    guard let since = thread.probe.outSince else { return nil }
    return look.lived(since: Instant(nanoseconds: since))
  }

  /// Sends the next probe if it is due. A thread that did nothing since it was looked at last
  /// sleeps, and is woken once a second at most; `isSparing`: not at all.
  mutating func send(
    to thread: any Probed, always: Bool = false, isSparing: Bool = false, _ look: Look
  ) {
    let isActive = thread.probe.activity != activity
    activity = thread.probe.activity
    let pause = lastSent.map { look.now.since($0) } ?? ProbePace.idle
    let wakes = !isSparing && look.mayWake && (look.isIdle || pause >= ProbePace.idle)
    guard always || isActive || wakes else { return }
    every = max(ProbePace.busy, pause)
    lastSent = look.now
    thread.sendProbe(at: look.now.nanoseconds)
  }

  /// How long a probe that is out has been out, and how often probes are sent.
  func outstanding(_ thread: any Probed, at now: Instant) -> (age: Duration?, every: Duration) {
    (thread.probe.outSince.map { now.since(Instant(nanoseconds: $0)) }, every)
  }
}
