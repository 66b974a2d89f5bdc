internal import CShims
internal import Glibc
internal import HoldfastControl
package import HoldfastCore
internal import HoldfastJournal
internal import HoldfastPorts
internal import HoldfastThreads

/// A host within this process.
public final class HostProcess: @unchecked Sendable {
  // Safe: what changes after `start` is used under the monitor's lock.

  /// What it was made with.
  public let options: HostOptions
  private let inventory: PluginInventory
  private let lock: HostLock
  private let socketLock: HostLock
  private let monitor = Monitor()
  private var isReady = false
  private var report: StopReport?
  private var isStopping = false
  private var isStopped = false
  private var parts: HostParts?
  private var crashes: CrashRecord?

  /// Makes the folders, takes the locks on state and sockets and reads the configuration. Blocks as
  /// long as another host has the state, and for moments while one has the sockets, if
  /// `options.standby` is there; else that is an error. From any thread.
  public init(options: HostOptions) throws(HostStartError) {
    self.options = options
    do throws(FolderFailure) { try options.paths.makeFolders() } catch {
      throw HostStartError(error.description)
    }
    // A host that stands by tells of a bad configuration at once, and reads it again when it is
    // needed.
    if options.standby != nil { _ = try Self.configuration(options) }
    lock = try HostLock(stateFolder: options.paths.stateDirectory, waits: options.standby)
    socketLock = try HostLock(
      runtimeFolder: options.paths.runtimeDirectory, waits: options.standby)
    let configuration = try Self.configuration(options)
    let installed = Installation.current().pluginFolders(environment: options.environment)
    inventory = PluginInventory(
      configuration: configuration, named: options.pluginFolders,
      others: configuration.host.pluginPaths + installed,
      stateFolder: options.paths.stateDirectory, runtimeFolder: options.paths.runtimeDirectory)
  }

  private static func configuration(
    _ options: HostOptions
  ) throws(HostStartError) -> Configuration {
    do {
      return try ConfigurationFile.load(
        options.paths.existingConfigurationFile, environment: options.environment)
    } catch {
      throw HostStartError(error.description, isConfiguration: true)
    }
  }

  /// Opens the journal and the sockets, and begins to load plugins.
  public func start() throws(HostStartError) {
    recordCrashes()
    for problem in inventory.otherProblems {
      let level: LogLine.Level = problem.severity == .error ? .error : .warning
      options.log(LogLine(level, problem.description))
    }
    for fault in inventory.faults { options.log(LogLine(.warning, fault.description)) }
    let recorder = makeRecorder()
    do throws(HostStartError) {
      let parts = try HostParts(options: options, inventory: inventory, recorder: recorder) {
        [weak self] effect in self?.noted(effect)
      }
      monitor.withLock { self.parts = parts }
      parts.start()
      try parts.listen(options: options)
    } catch {
      // Whoever started it is told why; no bundle has to say it again.
      recorder.end(.told)
      throw error
    }
    tellOfFormer()
  }

  /// From now on what happens is known after a crash.
  private func makeRecorder() -> FlightRecorder {
    let files = FlightFiles(stateFolder: options.paths.stateDirectory)
    files.putAside()
    let recorder = FlightRecorder(path: files.path)
    if let problem = recorder.problem { options.log(LogLine(.warning, problem)) }
    return recorder
  }

  private var desk: SupportDesk { SupportDesk(paths: options.paths, inventory: inventory) }

  /// What the last host left becomes a bundle, on a thread of its own: nobody waits for that.
  private func tellOfFormer() {
    let (desk, log) = (desk, options.log)
    guard FlightFiles(stateFolder: options.paths.stateDirectory).isAnyAside else { return }
    NamedThread("hf-support") {
      do throws(SupportFault) {
        guard let told = try desk.tellOfFormer() else { return }
        log(
          LogLine(
            .warning, "the last host did not stop in an orderly way; \(told.file) tells of it"))
      } catch {
        log(LogLine(.warning, "no bundle tells of the last host: \(error)"))
      }
    }.detach()
  }

  /// How the host ended is written down; a stop that failed becomes a bundle.
  private func concludeRecorder(_ recorder: FlightRecorder, isGood: Bool) {
    if isGood { return recorder.end(.orderly) }
    recorder.end(.gaveUp, words: "a stop that failed")
    do throws(SupportFault) {
      let file = try desk.keep(desk.bundle(.failedStop, recorder.contents))
      recorder.end(.told, words: "a stop that failed")
      options.log(LogLine(.warning, "the stop failed; \(file) tells of it"))
    } catch {
      options.log(LogLine(.warning, "no bundle tells of the failed stop: \(error)"))
    }
  }

  /// From now on a crash is written down.
  private func recordCrashes() {
    let record = CrashRecord(in: CrashFolder(stateFolder: options.paths.stateDirectory))
    if let problem = record.problem { options.log(LogLine(.warning, problem)) }
    monitor.withLock { crashes = record }
  }

  /// Returns when every plugin has loaded or failed, or the host stops.
  public func waitUntilReady() {
    monitor.withLock {
      while !isReady, report == nil, !isStopping { monitor.wait() }
    }
    cshims_release_start_pages()
  }

  /// Gives the rules an input of this process's own; from any thread.
  package func take(_ input: HostInput) {
    monitor.withLock { parts }?.engine.submit(input)
  }

  /// Ends in an orderly way, within `shutdown_timeout_ms`. Blocks; from any thread but the host's
  /// own. A second call waits for the first and gives the same report. Where that does not come to
  /// its end, as on a disk that hangs, the process ends with status 1 instead.
  public func stop() -> StopReport {
    let parts = monitor.withLock { () -> HostParts? in
      defer { isStopping = true }
      return isStopping ? nil : self.parts
    }
    monitor.wakeAll()
    if let parts {
      conclude(parts)
      monitor.withLock { isStopped = true }
      monitor.wakeAll()
    }
    return monitor.withLock {
      while !isStopped, self.parts != nil { monitor.wait() }
      return report ?? StopReport()
    }
  }

  /// First the rules come to their end, then the parts do.
  private func conclude(_ parts: HostParts) {
    let budget = inventory.configuration.host.shutdownTimeout
    parts.engine.submit(.stop)
    let end = monotonicNanoseconds() + (budget + .seconds(2)).nanoseconds
    monitor.withLock {
      while report == nil, monotonicNanoseconds() < end { monitor.wait(until: end) }
    }
    let patience = min(budget, .seconds(5))
    let limit = patience + .seconds(5)
    let written = BoundedWork.result(on: "hf-stop", within: limit.nanoseconds) {
      parts.end(patience: patience)
    }
    guard let isSafe = written else { giveUp(parts.recorder) }
    let isHung = monitor.withLock {
      defer { if !isSafe { report?.isSafe = false } }
      if report != nil { return false }
      report = StopReport(isSafe: isSafe, problems: ["The host hung."])
      return true
    }
    concludeRecorder(parts.recorder, isGood: isSafe && !isHung)
  }

  /// A part does not end. What keeps it may keep the log and a bundle too, so neither is waited for
  /// beyond a moment.
  private func giveUp(_ recorder: FlightRecorder) -> Never {
    let second: UInt64 = 1_000_000_000
    let log = options.log
    _ = BoundedWork.result(on: "hf-log", within: second) {
      log(
        LogLine(
          .error,
          "the host does not come to its end, as happens where a disk hangs; it ends without "
            + "that, and what was accepted is in the journal"))
    }
    _ = BoundedWork.result(on: "hf-support", within: 2 * second) { [self] in
      concludeRecorder(recorder, isGood: false)
    }
    _exit(1)
  }

  /// Effects that the owner of the process has to hear of.
  private func noted(_ effect: HostEffect) {
    monitor.withLock {
      switch effect {
      case .ready: isReady = true
      case .stopped(let summary): report = StopReport(summary)
      default: break
      }
    }
    monitor.wakeAll()
  }
}

extension StopReport {
  init(_ summary: StopSummary) {
    self.init(
      providers: summary.rows.map { row in
        Provider(
          instance: row.instance.description, acknowledgedTurns: row.acknowledged,
          deferredTurns: UInt64(row.deferred), parkedBatches: row.parked)
      },
      problems: summary.unresponsive.map { "Plugin \($0) did not return in time." })
    if summary.waitingMessages > 0 {
      problems.append("\(summary.waitingMessages) messages wait for the next start.")
    }
    if summary.pendingReplies > 0 {
      problems.append("\(summary.pendingReplies) replies wait for the next start.")
    }
  }
}
