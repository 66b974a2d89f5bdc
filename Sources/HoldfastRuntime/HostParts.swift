internal import Glibc
internal import HoldfastControl
internal import HoldfastCore
internal import HoldfastJournal
internal import HoldfastPorts
internal import HoldfastThreads

/// The parts of a running host, and how an effect of the rules reaches the part that performs it.
final class HostParts: @unchecked Sendable {
  // Safe: `server` is set once before anything asks, `answers` is used under the monitor's lock.
  let journal: Journal
  let house: PluginHouse
  let engine: Engine
  let liveness: LivenessProbe
  private let heartbeat: Heartbeat
  let recorder: FlightRecorder
  private let feed: EventFeed
  private let desk: SupportDesk
  /// Nil where nobody wants figures. Set once, before anything runs.
  private var metrics: MetricsService?
  private let monitor = Monitor()
  private var answers: [RequestID: @Sendable (ControlAnswer) -> Void] = [:]
  private var lastRequest: RequestID = 0
  private var server: ControlServer?
  private let bridge: JournalBridge
  private let identity: HostIdentity

  /// `noted` hears of every effect that concerns the process.
  init(
    options: HostOptions, inventory: PluginInventory, recorder: FlightRecorder,
    noted: @escaping @Sendable (HostEffect) -> Void
  ) throws(HostStartError) {
    self.recorder = recorder
    feed = EventFeed { recorder.events }
    desk = SupportDesk(paths: options.paths, inventory: inventory)
    let path = options.paths.stateDirectory + "/journal.sqlite"
    let snapshot: Snapshot
    do throws(JournalError) {
      journal = try Journal(path: path)
      snapshot = try journal.restore()
    } catch {
      throw HostStartError(error.description)
    }
    identity = HostIdentity(options: options, inventory: inventory)
    let log = options.log
    let box = EngineBox()
    let report: @Sendable (InstanceID, PluginReport) -> Void = { instance, report in
      box.engine?.submit(.plugin(instance, report))
    }
    let state = options.paths.stateDirectory
    let prefix = Installation.current().prefix
    house = PluginHouse(
      inventory: inventory,
      makeLoader: { report in
        PluginLoader(
          stateFolder: state, prefix: prefix,
          log: { log(LogLine($1, source: $0.description, $2)) }, report: report)
      }, report: report)
    var configuration = inventory.configuration
    configuration.host.maxConcurrentTurns =
      configuration.host.maxConcurrentTurns ?? HostSettings.turnSlots(cores: coreCount())
    var host = Host(
      configuration: configuration, snapshot: snapshot,
      destinations: inventory.destinations,
      seed: SystemRandomNumberGenerator.seed(),
      at: Instant(nanoseconds: monotonicNanoseconds()), wall: .now)
    host.localOffset = { $0.localOffset }
    engine = Engine(host: host) { box.parts?.perform($0, log: log, noted: noted) }
    heartbeat = Heartbeat(every: inventory.configuration.diagnostics.heartbeatInterval) {
      box.engine?.submit(.heartbeat(lateBy: $0))
    }
    bridge = JournalBridge(
      engine: engine, journal: journal, warn: { log(LogLine(.warning, $0)) },
      fail: { Self.die("the journal cannot go on: \($0)", recorder, log) })
    let (inputs, plugins) = (engine, house)
    liveness = LivenessProbe(
      workload: engine.workload, executors: [("engine", engine)] + journal.executors,
      plugged: { plugins.watched }
    ) { warning in
      log(LogLine(.warning, warning.sentence))
      inputs.submit(.liveness(warning))
    }
    box.engine = engine
    box.parts = self
    metrics = metricsService(inventory, log)
    Self.tellOfIdle(inventory, log)
  }

  private static func tellOfIdle(_ inventory: PluginInventory, _ log: (LogLine) -> Void) {
    for instance in inventory.idleMemories.sorted() {
      let level = LogLine.Level.info
      log(LogLine(level, source: instance.description, PluginInventory.idleMemory))
    }
  }

  private func metricsService(
    _ inventory: PluginInventory, _ log: @escaping @Sendable (LogLine) -> Void
  ) -> MetricsService? {
    let settings = inventory.configuration.metrics
    guard settings.isWanted else { return nil }
    let status: @Sendable () -> HostStatus? = { [weak self] in
      guard case .status(let status)? = self?.answer(to: .status, within: .seconds(1)) else {
        return nil
      }
      return status
    }
    return MetricsService(
      settings,
      MetricsService.Surroundings(status: status, plugged: { [house] in house.watched }, log: log))
  }

  func start() {
    journal.start(bridge)
    house.start()
    engine.start()
    engine.submit(.start)
    liveness.start()
    heartbeat.start()
  }

  /// Answers the command line from now on.
  func listen(options: HostOptions) throws(HostStartError) {
    let stop = options.stopRequested
    do throws(ControlFailure) {
      server = try ControlServer(
        asking: { [weak self] request, reply in
          switch request {
          case .stop:
            reply(.done("The host stops."))
            stop()
          case .exportDiagnostics: self?.export(reply)
          default:
            guard let id = self?.ask(request, reply), let engine = self?.engine else { break }
            return { engine.submit(.withdrawn(id)) }
          }
          return nil
        }, path: options.paths.controlSocket, feed: feed)
    } catch {
      throw HostStartError(error.description)
    }
    metrics?.begin()
  }

  /// Ends every part; true if everything that was submitted is in the journal. What cannot be
  /// written is tried for so long; a disk that hangs is waited for without limit.
  func end(patience: Duration) -> Bool {
    metrics?.end()
    liveness.end()
    heartbeat.end()
    engine.end()
    house.end()
    let unwritten = journal.stop(limit: patience)
    server?.stop()
    return unwritten == 0
  }

  /// Puts a bundle together on a thread of its own, since the host may be what is at fault.
  private func export(_ reply: @escaping @Sendable (ControlAnswer) -> Void) {
    NamedThread("hf-support") { [self] in
      var bundle = desk.bundle(.request, recorder.contents)
      bundle.process = ProcessFigures.row()
      if case .status(let status)? = answer(to: .status) { bundle.status = status }
      if case .sessions(let rows)? = answer(
        to: .sessions(before: nil, limit: 200, includeHidden: true))
      {
        bundle.sessions = rows.map(\.session.id)
      }
      if case .locks(let report)? = answer(to: .locks) {
        bundle.reports["locks"] = RedactedStatus.json(report)
      }
      do throws(SupportFault) { reply(.done(try desk.keep(bundle))) } catch {
        reply(.refused(error.description))
      }
    }.detach()
  }

  /// The rules' answer to a question, nil if there is none soon. Blocks; not on the host's threads.
  func answer(to request: ControlRequest, within limit: Duration = .seconds(2)) -> ControlAnswer? {
    let awaited = AwaitedAnswer()
    ask(request) { awaited.set($0) }
    return awaited.get(within: limit)
  }

  @discardableResult
  private func ask(
    _ request: ControlRequest, _ reply: @escaping @Sendable (ControlAnswer) -> Void
  ) -> RequestID {
    let reply = identity.completing(
      request, liveness.completing(request, reply), token: { [journal] in journal.ownerToken })
    let id = monitor.withLock { () -> RequestID in
      lastRequest += 1
      answers[lastRequest] = reply
      return lastRequest
    }
    engine.submit(.control(id, request))
    return id
  }

  private func answer(_ request: RequestID, _ answer: ControlAnswer) {
    let reply = monitor.withLock { answers.removeValue(forKey: request) }
    switch answer {
    case .status(var status):
      identity.fill(&status)
      reply?(.status(status))
    default: reply?(answer)
    }
  }

  /// Carries out one effect. On the thread that handles inputs; never waits.
  private func perform(
    _ effect: HostEffect, log: @Sendable (LogLine) -> Void,
    noted: @Sendable (HostEffect) -> Void
  ) {
    switch effect {
    case .commit(let transaction): journal.submit(transaction)
    case .ask(let id, let query): journal.ask(query, id: id)
    case .prune(let limits): journal.prune(limits)
    case .load(let instance): house.load(instance)
    case .destroy(let instance): house.destroy(instance)
    case .call(let instance, let id, let call, let deadline):
      // Plugins know the machine's clock alone.
      let limit = deadline.map { engine.machineTime(of: $0) }
      house.port(of: instance)?.submit(call, as: id, deadline: limit)
    case .deliver(let instance, var event, let number):
      event.deadline = event.deadline.map { engine.machineTime(of: $0) }
      house.port(of: instance)?.deliver(event, number: number)
      if journal.backlog == 0 { sched_yield() }
    case .receipt(let instance, let receipt, let token, let messageID):
      house.port(of: instance)?.receipt(receipt, token: token, messageID: messageID)
    case .cancel(let instance, let id): house.port(of: instance)?.cancel(id)
    case .answer(let request, let body): answer(request, body)
    case .log(let level, let text): log(LogLine(LogLine.Level(level), text))
    case .diagnostic(let event):
      recorder.keep(event)
      feed.publish(event)
      metrics?.take(event)
    case .published(let event): feed.publish(event)
    case .ready, .stopped: noted(effect)
    case .fenced(let reason): Self.die(reason, recorder, log)
    }
  }

  /// There is nothing that could be done and nothing that may be written.
  private static func die(
    _ text: String, _ recorder: FlightRecorder, _ log: @Sendable (LogLine) -> Void
  ) -> Never {
    recorder.end(.gaveUp, words: text)
    log(LogLine(.error, text))
    _exit(1)
  }
}

/// Ties the knot between the engine and what its effects and the plugins' reports need. Set once,
/// before anything runs.
private final class EngineBox: @unchecked Sendable {
  // Safe: written by one thread before any other exists.
  weak var parts: HostParts?
  var engine: Engine?
}

/// What `status` says of the process.
struct HostIdentity: Sendable {
  private let stateFolder: String
  private let configurationFile: String
  private let since: Int64
  private let lastCrash: CrashReport?
  private let files: [String: String]
  private let idleMemories: Set<String>
  private let configuration: ConfigurationWatch

  init(options: HostOptions, inventory: PluginInventory) {
    files = inventory.files
    idleMemories = Set(inventory.idleMemories.map(\.description))
    configuration = ConfigurationWatch(
      files: inventory.configuration.files, current: { options.paths.existingConfigurationFile })
    stateFolder = options.paths.stateDirectory
    configurationFile = options.paths.existingConfigurationFile ?? ""
    since = WallTime.now.milliseconds
    lastCrash = CrashFolder(stateFolder: stateFolder).last()
  }

  func fill(_ status: inout HostStatus) {
    status.version = Holdfast.version
    status.pid = getpid()
    status.readySinceMilliseconds = since
    status.stateFolder = stateFolder
    status.configurationFile = configurationFile
    status.lastCrash = lastCrash
    for place in status.plugins.indices {
      let row = status.plugins[place]
      status.plugins[place].file = files[row.instance] ?? ""
      if row.detail.isEmpty, idleMemories.contains(row.instance) {
        status.plugins[place].detail = PluginInventory.idleMemory
      }
    }
  }

  /// Adds to an answer what files say; they are read on the calling thread now, and not where the
  /// rules run.
  func completing(
    _ request: ControlRequest, _ reply: @escaping @Sendable (ControlAnswer) -> Void,
    token: () -> UInt64
  ) -> @Sendable (ControlAnswer) -> Void {
    if request == .status {
      let notice = configuration.notice
      return { answer in
        guard case .status(var status) = answer else { return reply(answer) }
        status.configurationNotice = notice
        reply(.status(status))
      }
    }
    guard request == .locks else { return reply }
    var row = HostLockRow()
    fill(&row, token: token())
    return { [row] answer in
      guard case .locks(var report) = answer else { return reply(answer) }
      report.host = row
      reply(.locks(report))
    }
  }

  private func fill(_ row: inout HostLockRow, token: UInt64) {
    let file = stateFolder + "/host.lock"
    let content = HostLockContent(file: file)
    row.pid = content.pid
    row.hostName = content.hostName
    row.bootID = content.bootID
    row.sinceMilliseconds = content.sinceMilliseconds
    row.version = content.version
    row.stateFolder = stateFolder
    row.standbys = LockWaiters.count(for: file)
    row.token = token
  }
}

extension LogLine.Level {
  init(_ level: LogLevel) {
    switch level {
    case .error: self = .error
    case .warning: self = .warning
    case .info: self = .info
    case .debug: self = .debug
    }
  }
}

extension LogLine {
  /// A line of a plugin.
  init(_ level: PluginLogLevel, source: String, _ text: String) {
    let own: Level =
      switch level {
      case .error: .error
      case .warning: .warning
      case .info: .info
      case .debug: .debug
      }
    self.init(own, source: source, text)
  }
}

extension SystemRandomNumberGenerator {
  static func seed() -> UInt64 {
    var generator = SystemRandomNumberGenerator()
    return generator.next()
  }
}

/// Cores that are there now.
private func coreCount() -> Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
