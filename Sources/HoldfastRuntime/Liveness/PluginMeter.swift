internal import HoldfastCore
internal import HoldfastPorts
internal import HoldfastThreads

/// Watches the threads of one plugin.
struct PluginMeter {
  /// One thread.
  private struct Lane {
    var probes = ThreadMeter()
    var watch = CallWatch()
    var since: Instant?
    var activity = CallActivity.unknown
  }

  private let instance: InstanceID
  private var port: (any PluginPort)?
  private var lanes: [Lane] = []
  private var delay = DelayMeter()
  private var usage = UsageWindow()
  private var warnings = LivenessWatch()
  private var former = Duration.zero

  init(_ instance: InstanceID) { self.instance = instance }

  /// Looks at every thread. Returns what is to be warned of.
  mutating func look(
    _ watched: WatchedPlugin, _ look: ThreadMeter.Look
  ) -> LivenessWarning? {
    if port !== watched.port {
      port = watched.port
      lanes = []
    }
    former = watched.former
    let threads = watched.port.threads
    while lanes.count < threads.count { lanes.append(Lane()) }
    var worst: LivenessWarning?
    for (index, thread) in threads.enumerated() where thread.isAlive {
      let found = examine(thread, at: index, look)
      if let found, found.age > worst?.age ?? .zero { worst = found }
    }
    usage.look(cpu: former + watched.port.processorTime, at: look.now)
    guard let worst, warnings.isDue(worst, at: look.now) else { return nil }
    return worst
  }

  private mutating func examine(
    _ thread: any PortThread, at index: Int, _ look: ThreadMeter.Look
  ) -> LivenessWarning? {
    let out = lanes[index].probes.collect(thread, &delay, look)
    guard let occupancy = thread.occupancy else {
      lanes[index].since = nil
      if let out {
        // Whoever is in front is warned of, and nobody for waiting behind it.
        if let before = thread.predecessor, before != instance { return nil }
        return warning(age: out, waiting: thread.waiting?.count ?? 0)
      }
      lanes[index].probes.send(to: thread, isSparing: index > 0, look)
      return nil
    }
    // Nobody but the probe would wait here: what counts is what does.
    if out != nil { thread.probe.withdraw() }
    let waiting = thread.waiting
    if let waiting { delay.record(waiting: look.lived(since: waiting.since), at: look.now) }
    lanes[index].since = occupancy.since
    lanes[index].activity = lanes[index].watch.look(
      callSince: occupancy.since, cpu: thread.processorTime, at: look.now)
    if lanes[index].activity == .unknown { return nil }
    var found = warning(
      age: look.lived(since: occupancy.since), waiting: (waiting?.count ?? 0) + occupancy.behind)
    found.call = occupancy.call
    found.session = occupancy.session
    found.activity = lanes[index].activity
    return found
  }

  private func warning(age: Duration, waiting: Int) -> LivenessWarning {
    var warning = LivenessWarning(instance.description)
    warning.instance = instance
    warning.age = age
    warning.waiting = waiting
    return warning
  }

  /// What is known of its threads; the rules know the rest.
  func row(at now: Instant, wall: WallTime) -> PluginLoadRow {
    var row = PluginLoadRow()
    guard let port else { return row }
    let threads = port.threads.filter(\.isAlive)
    let cpu = former + port.processorTime
    row.cpuMilliseconds = cpu.milliseconds
    row.cpuPercent = usage.percent(cpu: cpu, at: now)
    row.waiting = threads.reduce(0) { $0 + ($1.waiting?.count ?? 0) }
    let oldest = threads.compactMap { thread in
      thread.occupancy == nil ? thread.probe.outSince : thread.waiting?.since.nanoseconds
    }.min()
    let age = oldest.map { now.since(Instant(nanoseconds: $0)) }
    row.delay = delay.lastMinute(at: now, outstanding: age)
    row.delaySinceStart = delay.sinceStart(outstanding: age)
    row.inProgress = calls(at: now, wall: wall)
    return row
  }

  /// What its threads are in, the longest first.
  private func calls(at now: Instant, wall: WallTime) -> [CallInProgress] {
    let threads = port?.threads ?? []
    let calls = threads.enumerated().compactMap { index, thread -> CallInProgress? in
      guard let occupancy = thread.occupancy else { return nil }
      var call = CallInProgress()
      call.plugin = instance.description
      call.call = occupancy.call
      call.session = occupancy.session?.description ?? ""
      call.ageMilliseconds = now.since(occupancy.since).milliseconds
      call.sinceMilliseconds = wall.milliseconds - Int64(clamping: call.ageMilliseconds)
      if lanes.indices.contains(index), lanes[index].since == occupancy.since {
        call.activity = lanes[index].activity
      }
      return call
    }
    return calls.sorted { $0.ageMilliseconds > $1.ageMilliseconds }
  }
}

extension PluginLoadRow {
  /// Takes over what was measured of threads.
  mutating func adopt(_ measured: PluginLoadRow) {
    cpuMilliseconds = measured.cpuMilliseconds
    cpuPercent = measured.cpuPercent
    waiting = measured.waiting
    delay = measured.delay
    delaySinceStart = measured.delaySinceStart
    inProgress = measured.inProgress
  }
}

extension LivenessWatch {
  /// From that age on people are told.
  static let limit = Duration.seconds(1)

  /// Whether to warn of it now.
  mutating func isDue(_ warning: LivenessWarning, at now: Instant) -> Bool {
    isDue(warning.age, after: Self.limit, isAwaited: warning.waiting > 0, at: now)
  }
}
