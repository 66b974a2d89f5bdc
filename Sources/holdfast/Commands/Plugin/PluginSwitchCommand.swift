internal import HoldfastControl
internal import HoldfastCore
internal import HoldfastPorts
internal import HoldfastRuntime

/// `holdfast plugin enable` and `holdfast plugin disable`
enum PluginSwitchCommand {
  private static let instance = Positional(
    name: "instance", help: "its name in the configuration")

  static let enable = Command(
    name: "enable", summary: "allow a plugin's file as it is now, and start it",
    details: """
      The host loads only the content that was enabled; this is how a file that has changed is let \
      in again, and one that was left out since it had ended the host three times. What the plugin \
      is owed is sent from where it stopped.
      """,
    positionals: [instance],
    examples: [Example("holdfast plugin enable notes", "Let `notes` run.")],
    body: { invocation throws(CommandFailure) in
      let instance = try known(invocation)
      let row = try row(of: instance, invocation)
      let settings = invocation.configuration?.plugin(instance)
      let file = try file(of: instance, settings, row, invocation)
      let hasChanged: Bool
      do throws(PluginFault) {
        let pins = PluginPins(stateFolder: invocation.paths.stateDirectory)
        let pin = try PluginLoader.pin(for: instance, file: file)
        hasChanged = try pins.load().contains { $0.instance == instance && $0.sha256 != pin.sha256 }
        try pins.enable(pin)
      } catch {
        throw CommandFailure(error.description)
      }
      pardonCrashes(of: instance, stateFolder: invocation.paths.stateDirectory)
      var done = "enabled \(instance): \(file)"
      if settings?.enabled == false {
        done += "; its section says enabled = false, so it starts when that is changed"
      } else if row?.state == "running", hasChanged {
        done +=
          "; what was loaded before runs on until the host starts again, or until "
          + "`holdfast plugin disable \(instance)` and `enable`"
      } else if row != nil {
        return try invocation.perform(.startPlugin(instance))
      }
      invocation.tell(done)
      return .ok
    })

  /// What the running host says of the instance, nil without one.
  private static func row(
    of instance: InstanceID, _ invocation: Invocation
  ) throws(CommandFailure) -> PluginStatusRow? {
    guard invocation.isHostRunning, case .status(let status) = try invocation.ask(.status) else {
      return nil
    }
    return status.plugins.first { $0.instance == instance.description }
  }

  /// The file that a host would load: a running one has folders that only its own command line
  /// names.
  private static func file(
    of instance: InstanceID, _ settings: PluginSettings?, _ row: PluginStatusRow?,
    _ invocation: Invocation
  ) throws(CommandFailure) -> String {
    if let row, !row.file.isEmpty { return row.file }
    if let path = settings?.path { return path }
    let id = settings?.plugin ?? instance.description
    let files = PluginFolders(invocation, configuration: invocation.configuration).scan()
    if let file = files.first(where: { $0.id == id && $0.isChosen }) { return file.path }
    invocation.complainOfMissingFolders()
    throw CommandFailure(
      "no file with the id \"\(id)\" in any plugin folder; name its folder with --plugins")
  }

  static let disable = Command(
    name: "disable", summary: "stop a plugin, and keep it from starting",
    details: "A memory provider loses nothing: what it is owed waits until it is enabled again.",
    positionals: [instance],
    examples: [Example("holdfast plugin disable notes", "Do without `notes` for now.")],
    body: { invocation throws(CommandFailure) in
      let instance = try known(invocation)
      do throws(PluginFault) {
        try PluginPins(stateFolder: invocation.paths.stateDirectory).disable(instance)
      } catch {
        throw CommandFailure(error.description)
      }
      if invocation.isHostRunning { return try invocation.perform(.stopPlugin(instance)) }
      invocation.tell("disabled \(instance)")
      return .ok
    })

  /// The instance that is meant, if there can be one; makes the state folder for what is noted of
  /// it.
  private static func known(_ invocation: Invocation) throws(CommandFailure) -> InstanceID {
    let instance = InstanceID(invocation.positional(0) ?? "")
    var names = invocation.configuration?.plugins.map(\.instance.description) ?? []
    if invocation.isHostRunning, case .status(let status) = try invocation.ask(.status) {
      names = status.plugins.map(\.instance)
    }
    guard names.contains(instance.description) else {
      let question = Suggestion.question(for: instance.description, among: names)
      throw CommandFailure("there is no instance \"\(instance)\"\(question)")
    }
    do throws(FolderFailure) { try invocation.paths.makeStateFolder() } catch {
      throw CommandFailure(error.description)
    }
    return instance
  }
}
