import FoundationEssentials
import Glibc
import HoldfastControl
import HoldfastCore
import HoldfastThreads

/// A host in a process of its own, with a state of its own, and what it is started with.
final class Stage {
  let folder: TemporaryFolder
  /// Sections in front of the plugins'.
  var head = "[host]\nshutdown_timeout_ms = 1500\n"
  /// Sections of plugins, by instance.
  var sections: [String: String] = [:]
  var agent = "model = \"echo\"\n"
  /// What the next host finds in its environment beside the test's own.
  var environment: [String: String] = [:]
  /// A program in front of the next host, which runs it as the same process.
  var wrapper: [String] = []
  private var process: Spawned?
  private var logBefore = 0
  private var directors: [Director] = []
  private(set) var model: Director

  var state: String { folder.path + "/state" }
  var control: ControlClient {
    ControlClient(path: state + "/run/control.sock", timeout: .seconds(60))
  }
  private var logFile: String { folder.path + "/log" }

  /// A console and a scripted model. Nothing runs yet.
  init() throws {
    folder = try TemporaryFolder()
    model = try Director(in: folder, "echo")
    directors = [model]
    sections["console"] = "path = \"\(Clone.plugin("console"))\"\n"
    sections["echo"] = """
      plugin = "scripted-model"
      path = "\(Clone.fixture("scripted_model"))"
      config.control = "\(model.path)"

      """
  }

  /// A stage with scripted memory providers, each retaining every so many turns, that runs.
  convenience init(_ providers: KeyValuePairs<String, Int>, settings: String = "") throws {
    try self.init()
    for (name, turns) in providers { try provider(name, every: turns, settings: settings) }
  }

  deinit {
    for director in directors { director.end() }
    if let process {
      kill(process.pid, SIGKILL)
      _ = process.wait()
    }
  }

  /// Adds a scripted memory provider; with a director of its own.
  @discardableResult
  func provider(_ name: String, every turns: Int = 1, settings: String = "") throws -> Director {
    let director = try Director(in: folder, name)
    directors.append(director)
    sections[name] = """
      plugin = "scripted-memory"
      path = "\(Clone.fixture("scripted_memory"))"
      retain_every_turns = \(turns)
      config.control = "\(director.path)"
      \(settings)

      """
    return director
  }

  /// Adds a scripted plugin with tools, which the model calls from then on; with a director of its
  /// own.
  @discardableResult
  func tools(_ name: String, settings: String = "") throws -> Director {
    let director = try Director(in: folder, name)
    directors.append(director)
    sections["echo"]? += "config.tools = true\n"
    sections[name] = """
      plugin = "scripted-tools"
      path = "\(Clone.fixture("scripted_tools"))"
      config.control = "\(director.path)"
      \(settings)

      """
    return director
  }

  func director(_ name: String) throws -> Director {
    guard let found = directors.first(where: { $0.path.hasSuffix("/\(name).control") }) else {
      throw TestFailure("nobody directs \(name)")
    }
    return found
  }

  // MARK: - Life

  private func write() throws -> String {
    var text = head + "[agents.main]\n" + agent
    for (name, section) in sections.sorted(by: { $0.key < $1.key }) {
      text += "[plugins.\(name)]\n" + section
    }
    return try folder.write("holdfast.toml", text)
  }

  /// Starts the host and waits until its plugins have loaded or failed. It may log elsewhere than
  /// where `log` reads, and is not waited for then.
  func start(_ arguments: [String] = [], isAwaited: Bool = true, log other: String? = nil) throws {
    let file = try write()
    logBefore = log.utf8.count
    let process = try Spawned(
      wrapper + [Clone.holdfast, "run", "--state-dir", state, "--config", file, "--log", "debug"]
        + arguments,
      stderr: other ?? logFile, environment: environment)
    self.process = process
    if isAwaited, other == nil { try ready() }
  }

  /// Waits until the plugins of the host that was started last have loaded or failed.
  func ready() throws {
    guard let process else { return }
    try Patience.until("the host is ready") {
      if isReady { return true }
      if process.hasEnded { throw TestFailure("the host ended at once: \(lastLog)") }
      return false
    }
  }

  /// What the host that was started last has logged.
  var lastLog: String { String(log.utf8.dropFirst(logBefore)) ?? "" }

  /// Whether its plugins have loaded or failed.
  var isReady: Bool { lastLog.contains("is ready, pid") }

  /// Whether it has ended by itself, or was never started.
  var hasEnded: Bool { process?.hasEnded ?? true }

  /// Tells it to stop, and does not wait.
  func tellToStop() { if let process { kill(process.pid, SIGTERM) } }

  /// Ends it in an orderly way; its exit status.
  @discardableResult
  func stop() -> Int32 { end(with: SIGTERM) }

  /// Ends it as a power cut would, but for the page cache.
  @discardableResult
  func kill9() -> Int32 { end(with: SIGKILL) }

  private func end(with signal: Int32) -> Int32 {
    guard let process else { return -1 }
    kill(process.pid, signal)
    self.process = nil
    return process.wait()
  }

  /// Waits for an end that a plugin brings about.
  func waitForEnd() -> Int32 {
    defer { process = nil }
    return process?.wait() ?? -1
  }

  var pid: pid_t { process?.pid ?? 0 }

  static var isARM: Bool {
    #if arch(arm64)
      true
    #else
      false
    #endif
  }

  /// How many threads the host has.
  func threads() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task").count
  }

  /// All that was logged, by every host of this stage.
  var log: String { (try? String(contentsOfFile: logFile, encoding: .utf8)) ?? "" }

  /// Waits for a line of the log.
  func logged(_ text: String) throws {
    do { try Patience.until(text) { log.contains(text) } } catch {
      throw TestFailure("\(text) was not logged, but\n\(log.suffix(2000))")
    }
  }

  // MARK: - Asking

  func chat(
    _ name: String = "home", user: String = "ana", acknowledges: Bool = false
  ) throws -> Chat {
    try Chat(
      state + "/run/console.sock", chat: name, user: user, acknowledges: acknowledges)
  }

  /// Runs a command of the command line against the host.
  func run(_ arguments: String..., input: String = "") throws -> Finished {
    try Finished([Clone.holdfast] + arguments + ["--state-dir", state], input: input)
  }

  /// The batches of a provider that wait for a person.
  func parked(_ provider: String) throws -> [CutRecord] {
    let question = ControlRequest.batches(InstanceID(provider), .parked, limit: 100)
    guard case .batches(let cuts) = try control.ask(question) else {
      throw TestFailure("the host does not list batches")
    }
    return cuts
  }

  /// What the host says to the operator; it must not refuse.
  @discardableResult
  func done(_ request: ControlRequest) throws -> String {
    switch try control.ask(request) {
    case .done(let text): return text
    case let other: throw TestFailure("\(request) was answered with \(other)")
    }
  }

  func status() throws -> HostStatus {
    guard case .status(let status) = try control.ask(.status) else {
      throw TestFailure("the host does not say how it is")
    }
    return status
  }

  func load() throws -> HostLoad {
    guard case .load(let load) = try control.ask(.load) else {
      throw TestFailure("the host does not say what plugins take")
    }
    return load
  }

  func locks() throws -> LockReport {
    guard case .locks(let report) = try control.ask(.locks) else {
      throw TestFailure("the host shows no locks")
    }
    return report
  }

  func row(_ provider: String) throws -> ProviderStatusRow {
    guard let row = try status().providers.first(where: { $0.instance == provider }) else {
      throw TestFailure("status does not know \(provider)")
    }
    return row
  }

  func plugin(_ name: String) throws -> PluginStatusRow {
    guard let row = try status().plugins.first(where: { $0.instance == name }) else {
      throw TestFailure("status does not know \(name)")
    }
    return row
  }

  /// Waits until a provider owes nothing more.
  func settled(_ provider: String) throws {
    do {
      try Patience.until("\(provider) owes nothing") {
        let row = try row(provider)
        return row.backlogTurns == 0 && row.owedWithdrawals == 0
      }
    } catch { throw TestFailure("\(error): \(try row(provider))") }
  }

  /// Has everything that is buffered sent, and waits until nothing is owed.
  func flushed(_ provider: String) throws {
    for row in try sessions() where row.boundKey != nil {
      try done(.command(.session(row.session.id), .new(title: "")))
    }
    try settled(provider)
  }

  /// Sessions, newest first, hidden ones included.
  func sessions() throws -> [SessionListing] {
    guard
      case .sessions(let rows) = try control.ask(
        .sessions(before: nil, limit: 1000, includeHidden: true))
    else { throw TestFailure("the host does not list sessions") }
    return rows
  }

  /// The session that a chat is in.
  func current(_ chat: String = "home") throws -> String {
    guard let row = try sessions().first(where: { $0.boundKey?.chat == chat }) else {
      throw TestFailure("\(chat) is in no session")
    }
    return row.session.id.description
  }
}
