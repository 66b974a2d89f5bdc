internal import Glibc
internal import HoldfastCore
internal import HoldfastPorts

/// The plugin files that are there, and which of them each configured instance means.
final class PluginInventory: Sendable {
  /// What the host runs with: the configuration, and instances for plugins that were named by the
  /// folder they lie in.
  let configuration: Configuration
  /// What was found, losers included.
  let candidates: [PluginCandidate]
  private let folders: [String]
  /// Folders that were asked for by name and are not there.
  private let missing: [String]
  private let stateFolder: String
  private let runtimeFolder: String

  /// Looks at the files. `named` are folders that the person who starts the host has named: a
  /// plugin in one of them needs no section to be used, since naming its folder is asking for it.
  init(
    configuration: Configuration, named: [String], others: [String], stateFolder: String,
    runtimeFolder: String
  ) {
    folders = named + others
    missing = named.filter { !FolderListing.isFolder($0) }
    candidates = PluginScanner.scan(folders: folders)
    self.stateFolder = stateFolder
    self.runtimeFolder = runtimeFolder
    var configuration = configuration
    let known = Set(configuration.plugins.map(\.plugin))
    for candidate in candidates where candidate.isChosen && candidate.faults.isEmpty {
      guard let id = candidate.id, !known.contains(id),
        named.contains(where: { candidate.path.hasPrefix($0 + "/") })
      else { continue }
      let position = ConfigurationPosition(file: candidate.path)
      configuration.plugins.append(
        PluginSettings(instance: InstanceID(id), position: position))
    }
    let pins = PluginPins(stateFolder: stateFolder)
    for position in configuration.plugins.indices {
      // A list of pins that cannot be read is reported by whatever is loaded.
      let isDisabled = try? pins.isDisabled(configuration.plugins[position].instance)
      if isDisabled ?? false { configuration.plugins[position].enabled = false }
    }
    for plugin in configuration.plugins where plugin.enabled {
      let note = Self.candidate(for: plugin, in: candidates)?.inspection?.note
      configuration.problems += note?.schema.check(plugin) ?? []
    }
    self.configuration = configuration
  }

  /// The file of every instance that has one, by its name.
  var files: [String: String] {
    var files: [String: String] = [:]
    for plugin in configuration.plugins {
      files[plugin.instance.description] = Self.candidate(for: plugin, in: candidates)?.path
    }
    return files
  }

  /// Memory providers that no agent remembers with, such as those of a folder that was named while
  /// the agents name theirs.
  var idleMemories: Set<InstanceID> {
    let agents = configuration.agents
    guard !agents.contains(where: { $0.memory == nil }) else { return [] }
    return Set(destinations.keys).subtracting(agents.flatMap { $0.memory ?? [] })
  }

  /// What to do about one of them.
  static let idleMemory =
    "no agent remembers with it, as none has it in its `memory`"

  /// The memory providers among the enabled instances, with where their memories go: what the note
  /// calls the destination's settings, as they are set.
  var destinations: [InstanceID: String] {
    var destinations: [InstanceID: String] = [:]
    for plugin in configuration.plugins where plugin.enabled {
      let candidate = Self.candidate(for: plugin, in: candidates)
      destinations[plugin.instance] = Self.destination(of: plugin, in: candidate)
    }
    return destinations
  }

  /// Where the memories of an instance go; nil if it is no memory provider, or there is no file.
  private static func destination(
    of plugin: PluginSettings, in candidate: PluginCandidate?
  ) -> String? {
    guard let note = candidate?.inspection?.note, note.kinds.contains("memory") else { return nil }
    let pairs = note.schema.complete(plugin).pairs
    return note.destination.map { name in pairs.first { $0.key == name }?.text ?? "" }
      .joined(separator: " ")
  }

  /// Problems of the configuration, but for those that the log tells of as the reason why a plugin
  /// is not loaded.
  var otherProblems: [ConfigurationProblem] {
    var told: Set<InstanceID> = []
    return configuration.problems.filter { problem in
      guard problem.severity == .error, let instance = problem.instance,
        configuration.plugin(instance)?.enabled == true
      else { return true }
      return !told.insert(instance).inserted
    }
  }

  /// Faults of folders, and of files that nobody asked for by name, for the log.
  var faults: [PluginFault] {
    missing.map(Self.missing)
      + candidates.filter { $0.id == nil || !$0.isChosen }.flatMap(\.faults)
  }

  /// That a folder of the command line is not there.
  static func missing(_ folder: String) -> PluginFault {
    PluginFault(.missing, "there is no folder \(folder), which --plugins names; correct the name")
  }

  /// That no folder has a plugin, with where it was looked for.
  func noFile(_ id: String) -> String {
    let places = folders.isEmpty ? "nowhere" : folders.joined(separator: ", ")
    return "no file with the id “\(id)” in any plugin folder (looked in: \(places)); name another "
      + "folder with --plugins, `holdfast plugin list` shows what is there"
  }

  /// What is needed to start an instance.
  func start(of instance: InstanceID) throws(PluginFault) -> PluginStart {
    guard let settings = configuration.plugin(instance) else {
      throw PluginFault(.missing, "There is no plugin “\(instance)” in the configuration.")
    }
    if let loop = CrashFolder(stateFolder: stateFolder).loop(of: instance, at: .now) {
      throw PluginFault(.crashes, loop)
    }
    // A file that was not there when the host started may be there by now.
    guard
      let candidate = Self.candidate(for: settings, in: candidates)
        ?? Self.candidate(for: settings, in: PluginScanner.scan(folders: folders))
    else {
      throw PluginFault(.missing, "plugin \(instance): \(noFile(settings.plugin))")
    }
    if let fault = candidate.faults.first(where: { $0.code != .duplicate }) { throw fault }
    var start = PluginStart(
      instance: instance, file: candidate.path,
      stateFolder: stateFolder + "/plugins/" + percentEncoded(instance.description),
      runtimeFolder: runtimeFolder)
    start.destination = Self.destination(of: settings, in: candidate)
    start.id = settings.path == nil ? settings.plugin : nil
    start.sha256 = settings.sha256
    start.autoReload = settings.autoReload
    start.configuration =
      candidate.inspection?.note?.schema.complete(settings) ?? .table(settings.config)
    return start
  }

  static func candidate(
    for settings: PluginSettings, in candidates: [PluginCandidate]
  ) -> PluginCandidate? {
    if let path = settings.path {
      return candidates.first { $0.path == path } ?? PluginScanner.examine(path: path)
    }
    return candidates.first { $0.id == settings.plugin && $0.isChosen }
      ?? candidates.first { $0.path.hasSuffix("/\(settings.plugin).so") }
  }
}
