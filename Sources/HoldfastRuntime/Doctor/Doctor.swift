internal import CShims
internal import Glibc
public import HoldfastControl
internal import HoldfastCore

/// Looks at an installation as a person would who wonders what is wrong. Writes nothing unless it
/// is told to put right what is harmless. Blocks; any thread.
public struct Doctor {
  let paths: HostPaths
  let environment: [String: String]
  let pluginFolders: [String]
  /// Whether to put right what is harmless.
  let fixes: Bool
  private var findings: [Finding] = []

  /// Of the installation at these paths.
  public init(
    paths: HostPaths, environment: [String: String], pluginFolders: [String], fixes: Bool
  ) {
    self.paths = paths
    self.environment = environment
    self.pluginFolders = pluginFolders
    self.fixes = fixes
  }

  /// All looks, in the order in which a person would take them. `progress` hears of one that may
  /// take long.
  public mutating func examine(progress: (String) -> Void) -> [Finding] {
    findings = []
    let configuration = examineConfiguration()
    examineClock()
    guard examineState() else {
      if let configuration { examineVariables(configuration, nil) }
      return findings
    }
    examineRuntimeFolder()
    let host = examineHost()
    if let configuration { examineVariables(configuration, host.status) }
    if let notice = host.status?.configurationNotice, !notice.isEmpty {
      add("configuration", .warning, notice)
    }
    examineSockets(host)
    if let status = host.status {
      examineStatus(status)
      examineWork(status)
    }
    if let locks = host.locks { examineLocks(locks) }
    examineDisk()
    progress("reading the whole journal")
    examineJournal(isRunning: host.isThere)
    if let configuration { examinePlugins(configuration, host) }
    examineCrashes()
    examineBundles()
    return findings
  }

  mutating func add(_ check: String, _ level: Finding.Level, _ text: String) {
    findings.append(Finding(check, level, text))
  }

  mutating func fixed(_ check: String, _ text: String) {
    findings.append(Finding(check, .ok, text, wasFixed: true))
  }

  // MARK: - Configuration and clock

  private mutating func examineConfiguration() -> Configuration? {
    let file = paths.existingConfigurationFile
    let configuration: Configuration
    do throws(ConfigurationError) {
      configuration = try ConfigurationFile.load(file, environment: environment)
    } catch {
      add("configuration", .error, "\(error); correct it, `holdfast config check` shows more")
      return nil
    }
    for problem in configuration.problems where !problem.isOfEnvironment {
      add("configuration", problem.severity == .error ? .error : .warning, problem.description)
    }
    if configuration.problems.isEmpty {
      add("configuration", .ok, "\(file ?? "built-in configuration"): no problems")
    }
    return configuration
  }

  /// Secrets of the environment that are missing here. Where a host runs with them, it was started
  /// with another environment.
  private mutating func examineVariables(_ configuration: Configuration, _ status: HostStatus?) {
    let running = (status?.plugins ?? []).filter { $0.state == "running" }.map(\.instance)
    for problem in configuration.problems where problem.isOfEnvironment {
      let isKnownThere =
        problem.instance.map { running.contains($0.description) } ?? (status != nil)
      add(
        "configuration", isKnownThere ? .warning : .error,
        isKnownThere
          ? "\(problem.position): \(problem.key): not set here, but the host that runs has it"
          : problem.description)
    }
  }

  private mutating func examineClock() {
    let now = WallTime.now.milliseconds
    // The year of this version's first line.
    let least: Int64 = 1_735_689_600_000
    let newest = ["host.lock", "journal.sqlite", "recorder"].compactMap {
      FileFacts("\(paths.stateDirectory)/\($0)")?.changedMilliseconds
    }.max()
    if now < least {
      add("clock", .error, "the time of day is \(utcText(now)), which cannot be; set the clock")
    } else if let newest, newest > now + 3_600_000 {
      add(
        "clock", .warning,
        "the state was written at \(utcText(newest)), and it is \(utcText(now)); see whether the "
          + "clock was set back")
    } else {
      add("clock", .ok, "\(utcText(now))")
    }
  }

  // MARK: - Folders

  private mutating func examineState() -> Bool {
    let folder = paths.stateDirectory
    guard let facts = FileFacts(folder) else {
      add(
        "state", .warning,
        "there is no state in \(folder); `holdfast run` makes it, or name another with --state-dir")
      return false
    }
    guard facts.isFolder else {
      add("state", .error, "\(folder) is not a folder; move it away or name another")
      return false
    }
    guard examineRights(of: folder, facts, "state", allowed: 0o755) else { return true }
    if access(folder, W_OK | X_OK) != 0 {
      add("state", .error, "\(folder) is not writable; run `chmod u+rwx '\(folder)'`")
    } else {
      add("state", .ok, folder)
    }
    return true
  }

  private mutating func examineRuntimeFolder() {
    let folder = paths.runtimeDirectory
    guard let facts = FileFacts(folder) else {
      return add("sockets", .ok, "\(folder) is made when a host starts")
    }
    if examineRights(of: folder, facts, "sockets", allowed: 0o700) { add("sockets", .ok, folder) }
  }

  /// Whether owner and rights are as they should be.
  private mutating func examineRights(
    of folder: String, _ facts: FileFacts, _ check: String, allowed: mode_t
  ) -> Bool {
    guard facts.isFolder else {
      add(check, .error, "\(folder) is not a folder; move it away or name another")
      return false
    }
    guard facts.isOwn else {
      add(check, .error, "\(folder) belongs to user \(facts.owner), not to you; name another")
      return false
    }
    guard facts.mode & 0o777 & ~allowed != 0 else { return true }
    let mode = String(facts.mode & 0o777, radix: 8)
    if fixes, chmod(folder, 0o700) == 0 {
      fixed(check, "\(folder) was open to others (mode \(mode)) and is so no more")
    } else {
      add(
        check, .error, "\(folder) is open to others (mode \(mode)); run `chmod 700 '\(folder)'`")
    }
    return false
  }

  private mutating func examineDisk() {
    var status = statvfs()
    guard statvfs(paths.stateDirectory, &status) == 0 else {
      return add("disk", .warning, "cannot tell how much room is left: \(systemText(errno))")
    }
    let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
    let text = "\(FileFacts.size(free)) are free for the state"
    if free < 64 << 20 {
      add("disk", .error, "\(text); make room before nothing more can be accepted")
    } else {
      add("disk", free < 512 << 20 ? .warning : .ok, free < 512 << 20 ? text + "; make room" : text)
    }
  }
}
