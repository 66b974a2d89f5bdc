internal import HoldfastControl
internal import HoldfastCore
internal import HoldfastPorts
internal import HoldfastRuntime

/// Where plugins are looked for; the first folder wins.
struct PluginFolders {
  /// Named on the command line.
  var named: [String]
  /// Named by the configuration.
  var configured: [String] = []
  /// The user's own and those that came with the host.
  var installed: [String]

  /// The folders for this use of the program.
  init(_ invocation: Invocation, configuration: Configuration?) {
    named = invocation.pluginFolders
    configured = configuration?.host.pluginPaths ?? []
    installed = Installation.current().pluginFolders(environment: invocation.environment)
  }

  /// What is in them, losers included.
  func scan() -> [PluginCandidate] { PluginScanner.scan(folders: named + configured + installed) }
}

extension Invocation {
  /// Says of folders of `--plugins` that they are not there.
  func complainOfMissingFolders() {
    for folder in pluginFolders where !FolderListing.isFolder(folder) {
      terminal.complain("holdfast: there is no folder \(folder), which --plugins names")
    }
  }

  /// What the host would be configured with; nil if that cannot be read.
  var configuration: Configuration? {
    try? ConfigurationFile.load(paths.existingConfigurationFile, environment: environment)
  }
}
