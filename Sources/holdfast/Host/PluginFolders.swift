internal import FoundationEssentials
internal import HoldfastConfiguration
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
  /// Plugins below it came with the host; nil: none did.
  var prefix: String?

  /// The folders for this use of the program.
  init(_ invocation: Invocation, configuration: Configuration?) {
    named = invocation.pluginFolders
    configured = configuration?.host.pluginPaths ?? []
    let environment = invocation.environment
    let data = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    installed = [(data ?? environment["HOME", default: ""] + "/.local/share") + "/holdfast/plugins"]
    // <prefix>/bin/holdfast brings <prefix>/lib/holdfast/plugins.
    let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let parts = (program ?? "").split(separator: "/").dropLast(2)
    let own = "/" + parts.joined(separator: "/") + "/lib/holdfast/plugins"
    if FileManager.default.fileExists(atPath: own) {
      installed.append(own)
      prefix = own
    }
  }

  /// What is in them, losers included.
  func scan() -> [PluginCandidate] { PluginScanner.scan(folders: named + configured + installed) }
}

extension Invocation {
  /// What the host would be configured with; nil if that cannot be read.
  var configuration: Configuration? {
    try? ConfigurationFile.load(paths.existingConfigurationFile, environment: environment)
  }
}
