internal import Glibc

/// Where a host keeps its state and its sockets. Everything that talks to a host finds it by these
/// rules, and by nothing else.
public struct HostPaths: Sendable, Equatable {
  /// Journal, plugin state, chat history. Absolute.
  public let stateDirectory: String
  /// Sockets. Absolute, private to the user, and short enough for a socket's address.
  public let runtimeDirectory: String
  /// The configuration file that was named.
  public let configurationFile: String?
  /// Where a configuration is looked for when none was named.
  public let defaultConfigurationFile: String

  /// A socket's address holds 107 bytes; the longest name in the folder is `control.sock`.
  private static let longestRuntimeDirectory = 107 - "/control.sock".utf8.count

  /// Where the command line reaches the host.
  public var controlSocket: String { runtimeDirectory + "/control.sock" }
  /// Where conversations on the console reach it.
  public var consoleSocket: String { runtimeDirectory + "/console.sock" }
  /// What was typed into `holdfast chat`.
  public var chatHistory: String { stateDirectory + "/chat-history" }

  /// Finds the folders.
  ///
  /// State: `choice`, `$HOLDFAST_STATE`, the configuration's, `$XDG_STATE_HOME/holdfast`,
  /// `~/.local/state/holdfast`.
  ///
  /// Sockets: `choice`; `<state>/run` for a state that was named, so that two states never meet;
  /// the configuration's; `$XDG_RUNTIME_DIR/holdfast`; `<state>/run`. For a path too long for a
  /// socket a folder in `/tmp` that is named after it.
  ///
  /// Configuration: `choice`; else, if there is one, `<state>/holdfast.toml` for a state that was
  /// named, or `$XDG_CONFIG_HOME/holdfast/holdfast.toml`.
  public init(
    _ choice: PathChoice, configured: PathChoice = PathChoice(), in around: PathSurroundings
  ) {
    let home = around.folder("HOME") ?? around.workingDirectory
    let named = choice.stateDirectory ?? around.text("HOLDFAST_STATE")
    let standard = (around.folder("XDG_STATE_HOME") ?? home + "/.local/state") + "/holdfast"
    let state = around.absolute(named ?? configured.stateDirectory ?? standard)
    stateDirectory = state

    let runtime =
      if let chosen = choice.runtimeDirectory { chosen } else if named != nil {
        state + "/run"
      } else if let set = configured.runtimeDirectory {
        set
      } else if configured.stateDirectory == nil, let user = around.folder("XDG_RUNTIME_DIR") {
        user + "/holdfast"
      } else { state + "/run" }
    runtimeDirectory = Self.shortened(around.absolute(runtime), user: around.user)

    configurationFile = choice.configurationFile.map(around.absolute)
    let settings = (around.folder("XDG_CONFIG_HOME") ?? home + "/.config") + "/holdfast"
    defaultConfigurationFile = (named == nil ? settings : state) + "/holdfast.toml"
  }

  /// The configuration file to be read now; nil: there is none, and the built-in one is in force.
  public var existingConfigurationFile: String? {
    if let configurationFile { return configurationFile }
    return access(defaultConfigurationFile, F_OK) == 0 ? defaultConfigurationFile : nil
  }

  private static func shortened(_ path: String, user: UInt32) -> String {
    if path.utf8.count <= longestRuntimeDirectory { return path }
    return "/tmp/holdfast-\(user)-" + fingerprint(path)
  }

  /// FNV-1a by Fowler, Noll and Vo, 64 bits: the same path gives the same folder in every process.
  private static func fingerprint(_ text: String) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0100_0000_01B3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
