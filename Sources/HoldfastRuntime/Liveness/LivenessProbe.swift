internal import HoldfastCore
internal import HoldfastPorts
internal import HoldfastThreads

/// The thread `hf-probe`: measures how long the host's threads and the plugins' take to come to
/// what is handed to them, and warns of those that do not.
///
/// While the host has work it looks every 10 ms, at some of the plugins if there are many; else
/// once a second, and then wakes the engine and one of the other threads.
final class LivenessProbe: @unchecked Sendable {
  // Safe: everything that changes is used under the monitor's lock, and `thread` only by whoever
  // starts and ends it.

  /// A thread of the host's own.
  private struct Executor {
    let name: String
    let thread: any Probed
    var probes = ThreadMeter()
    var delay = DelayMeter()
    var warnings = LivenessWatch()
  }

  private let monitor = Monitor()
  private var executors: [Executor]
  private var plugins: [InstanceID: PluginMeter] = [:]
  private var usage = UsageWindow()
  /// How late this thread itself is let run, and how often it wakes.
  private var lateness = DelayMeter()
  private var freeze: (end: Instant, length: Duration)?
  private var rota = ProbeRota()
  private var share = ProbeShare()
  private var thread: NamedThread?
  private let workload: Workload
  private let plugged: Plugged
  private let warn: @Sendable (LivenessWarning) -> Void

  /// Being late by so much counts as not having been let run, for which nobody is blamed.
  private static let frozen = Duration.seconds(1)

  /// Gives every plugin's port, always in the same order.
  typealias Plugged = @Sendable () -> [WatchedPlugin]

  /// The first executor is probed at every look. `plugged` and `warn` are called on the thread of
  /// its own, and must not wait.
  init(
    workload: Workload, executors: [(name: String, thread: any Probed)],
    plugged: @escaping Plugged, warn: @escaping @Sendable (LivenessWarning) -> Void
  ) {
    self.workload = workload
    self.executors = executors.map { Executor(name: $0.name, thread: $0.thread) }
    self.plugged = plugged
    self.warn = warn
  }

  /// Begins to look.
  func start() {
    thread = NamedThread("hf-probe", stackBytes: 128 * 1024) { [self] in run() }
  }

  /// Looks no more; returns within a look's time.
  func end() {
    workload.end()
    thread?.join()
    thread = nil
  }

  private func run() {
    var pace = ProbePace()
    var now = Instant(nanoseconds: monotonicNanoseconds())
    while true {
      let wait = pace.wait(isBusy: workload.isBusy, at: now)
      let due = now + wait
      let isIdle = wait == ProbePace.idle
      guard workload.rest(until: due.nanoseconds, untilBusy: isIdle) else { return }
      now = Instant(nanoseconds: monotonicNanoseconds())
      let late = now.since(due)
      for warning in look(at: now, late: late, every: wait) { warn(warning) }
    }
  }

  /// Looks at everything once. Returns what is to be warned of.
  private func look(at now: Instant, late: Duration, every: Duration) -> [LivenessWarning] {
    let watched = plugged()
    return monitor.withLock {
      if late >= Self.frozen { freeze = (now, late) }
      lateness.record(late, every: every, at: now)
      let isIdle = every == ProbePace.idle && !workload.isBusy
      var look = ThreadMeter.Look(now: now, isIdle: isIdle, freeze: freeze)
      usage.look(cpu: ProcessFigures.processorTime, at: now)
      let turn = isIdle ? rota.next(of: executors.count - 1 + watched.count) : nil
      var warnings: [LivenessWarning] = []
      for index in executors.indices {
        look.mayWake = !isIdle || index == 0 || index - 1 == turn
        let warning = probe(&executors[index], isFirst: index == 0, look)
        if let warning { warnings.append(warning) }
      }
      for index in isIdle ? Array(watched.indices) : share.next(of: watched.count) {
        look.mayWake = !isIdle || index + executors.count - 1 == turn
        let instance = watched[index].instance
        let warning = plugins[instance, default: PluginMeter(instance)].look(watched[index], look)
        if let warning { warnings.append(warning) }
      }
      return warnings
    }
  }

  private func probe(
    _ executor: inout Executor, isFirst: Bool, _ look: ThreadMeter.Look
  ) -> LivenessWarning? {
    let out = executor.probes.collect(executor.thread, &executor.delay, look)
    guard let out else {
      executor.probes.send(to: executor.thread, always: isFirst, look)
      return nil
    }
    var warning = LivenessWarning(executor.name)
    warning.age = out
    warning.waiting = 1
    return executor.warnings.isDue(warning, at: look.now) ? warning : nil
  }
}

extension LivenessProbe {
  /// Adds to an answer what is measured here; the measures are taken on the calling thread now, and
  /// not where the rules run.
  func completing(
    _ request: ControlRequest, _ reply: @escaping @Sendable (ControlAnswer) -> Void
  ) -> @Sendable (ControlAnswer) -> Void {
    guard request == .status || request == .load else { return reply }
    let now = Instant(nanoseconds: monotonicNanoseconds())
    let (rows, process, meters) = measures(at: now)
    let wall = WallTime.now
    let plugins = meters.mapValues { $0.row(at: now, wall: wall) }
    let calls = plugins.values.flatMap(\.inProgress)
      .filter { $0.ageMilliseconds >= LivenessWatch.limit.milliseconds }
      .sorted { $0.ageMilliseconds > $1.ageMilliseconds }
    return { answer in
      switch answer {
      case .status(var status):
        status.executors = rows
        status.process = process
        status.longCalls = calls
        reply(.status(status))
      case .load(var load):
        load.executors = rows
        load.process = process
        for index in load.plugins.indices {
          let measured = plugins[InstanceID(load.plugins[index].instance)]
          if let measured { load.plugins[index].adopt(measured) }
        }
        reply(.load(load))
      default: reply(answer)
      }
    }
  }

  private func measures(
    at now: Instant
  ) -> ([ExecutorRow], ProcessRow, [InstanceID: PluginMeter]) {
    var process = ProcessFigures.row()
    return monitor.withLock {
      process.cpuPercent = usage.percent(
        cpu: .milliseconds(Int64(process.cpuMilliseconds)), at: now)
      var rows = executors.map { executor in
        let (age, every) = executor.probes.outstanding(executor.thread, at: now)
        var row = ExecutorRow(
          executor.name, executor.delay.lastMinute(at: now, outstanding: age, every: every),
          sinceStart: executor.delay.sinceStart(outstanding: age, every: every))
        row.outstandingMilliseconds = age.map { Double($0.nanoseconds / 1000) / 1000 } ?? 0
        return row
      }
      rows.append(
        ExecutorRow("probe", lateness.lastMinute(at: now), sinceStart: lateness.sinceStart()))
      return (rows, process, plugins)
    }
  }
}
