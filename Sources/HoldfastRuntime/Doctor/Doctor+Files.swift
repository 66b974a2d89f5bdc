internal import Glibc
internal import HoldfastControl
internal import HoldfastCore
internal import HoldfastPorts

extension Doctor {
  /// The plugins' files: whether they are there, can be trusted, and are those that were enabled.
  /// A host that runs may know folders from its command line alone.
  mutating func examinePlugins(_ configuration: Configuration, _ host: HostSeen) {
    let installed = Installation.current().pluginFolders(environment: environment)
    let inventory = PluginInventory(
      configuration: configuration, named: pluginFolders,
      others: configuration.host.pluginPaths + installed, stateFolder: paths.stateDirectory,
      runtimeFolder: paths.runtimeDirectory)
    let known = configuration.problems
    for problem in inventory.configuration.problems where !known.contains(problem) {
      add(
        "configuration", problem.severity == .error ? .error : .warning, problem.description)
    }
    let pins: [PluginPins.Pin]
    do throws(PluginFault) {
      pins = try PluginPins(stateFolder: paths.stateDirectory).load()
    } catch {
      return add("plugins", .error, error.description)
    }
    for folder in pluginFolders where !FolderListing.isFolder(folder) {
      add("plugins", .error, PluginInventory.missing(folder).description)
    }
    for settings in inventory.configuration.plugins {
      let check = "plugin \(settings.instance)"
      guard settings.enabled else {
        add(check, .ok, "switched off")
        continue
      }
      let pin = pins.first { $0.instance == settings.instance }
      guard let file = PluginInventory.candidate(for: settings, in: inventory.candidates) else {
        noFile(inventory.noFile(settings.plugin), settings, check, host)
        continue
      }
      examine(settings, check, file, pin)
      if inventory.idleMemories.contains(settings.instance) {
        add(check, .ok, PluginInventory.idleMemory)
      }
    }
  }

  private mutating func examine(
    _ settings: PluginSettings, _ check: String, _ file: PluginCandidate, _ pin: PluginPins.Pin?
  ) {
    let found: PluginPins.Pin
    do throws(PluginFault) {
      found = try PluginLoader.pin(for: settings.instance, file: file.path)
    } catch {
      return add(check, .error, error.description)
    }
    guard let pin, settings.sha256 == nil, found.sha256 != pin.sha256 || found.id != pin.id else {
      return add(check, .ok, "\(found.id) \(found.version), \(file.path)")
    }
    let isInstalled = Installation.current().prefix.map { file.path.hasPrefix($0 + "/") } ?? false
    if settings.autoReload || isInstalled {
      add(check, .ok, "\(found.id) \(found.version), \(file.path), changed since it was pinned")
    } else {
      add(
        check, .error,
        "\(file.path) is not the file that was enabled; if you changed it, run "
          + "`holdfast plugin enable \(settings.instance)`")
    }
  }

  private mutating func noFile(
    _ text: String, _ settings: PluginSettings, _ check: String, _ host: HostSeen
  ) {
    let used = host.status?.plugins.first { $0.instance == settings.instance.description }
    if let used, !used.plugin.isEmpty, used.state == "running" {
      return add(
        check, .ok,
        "\(used.plugin), in use by the host that runs; its folder is on that host's command line "
          + "alone, name it with --plugins to have its file looked at"
          + (used.detail == PluginInventory.idleMemory ? "; \(used.detail)" : ""))
    }
    if host.isThere, host.status == nil {
      return add(check, .warning, "\(text); the host that does not answer may have it from there")
    }
    add(check, .error, text)
  }

  /// Crashes that were written down.
  mutating func examineCrashes() {
    let crashes = CrashFolder(stateFolder: paths.stateDirectory).all()
    guard let last = crashes.first else { return add("crashes", .ok, "none is recorded") }
    let text =
      "\(crashes.count) recorded, the last one \(last.kind) in \(last.blame) at "
      + utcText(last.timeMilliseconds)
    let week: Int64 = 7 * 86_400_000
    if WallTime.now.milliseconds - last.timeMilliseconds > week {
      add("crashes", .ok, text)
    } else {
      add(
        "crashes", .warning,
        text + "; tell the plugin's author, the newest bundle in support/ has the rest")
    }
  }

  /// Support bundles, and what waits to become one.
  mutating func examineBundles() {
    let folder = SupportFolder(stateFolder: paths.stateDirectory)
    let bundles = folder.bundles
    if bundles.count > SupportFolder.kept {
      if fixes {
        fixed("bundles", "removed the oldest \(folder.prune())")
      } else {
        add(
          "bundles", .warning,
          "\(bundles.count) lie in \(folder.path), more than \(SupportFolder.kept); "
            + "`holdfast doctor --fix` removes the oldest")
      }
      return
    }
    let newest = bundles.last.map { ", the newest \(folder.path)/\($0)" } ?? ""
    add("bundles", .ok, "\(bundles.count)\(newest)")
  }
}
