internal import Glibc
internal import HoldfastConfiguration
internal import HoldfastControl

/// `holdfast init`
enum InitCommand {
  static let command = Command(
    name: "init", summary: "write a configuration to start from, and make the folders",
    details: """
      Writes an explained holdfast.toml that works as it is, to --config or to \
      ~/.config/holdfast/holdfast.toml. A file that is there already is left alone.
      """,
    examples: [
      Example("holdfast init", "Set up for yourself."),
      Example("holdfast init --state-dir demo", "Set up a host of its own in the folder demo."),
    ],
    body: { invocation throws(CommandFailure) in
      let paths = invocation.paths
      do throws(FolderFailure) { try paths.makeFolders() } catch {
        throw CommandFailure(error.description)
      }
      let file = paths.configurationFile ?? paths.defaultConfigurationFile
      try write(ConfigurationText.example, to: file)
      if invocation.isJSON {
        invocation.printJSON(
          InitJSON(
            configurationFile: file, stateFolder: paths.stateDirectory,
            runtimeFolder: paths.runtimeDirectory))
      } else {
        invocation.terminal.print(
          "wrote \(file)\nstate: \(paths.stateDirectory)\nnext: holdfast chat")
      }
      return .ok
    })

  private struct InitJSON: Encodable {
    var configurationFile: String
    var stateFolder: String
    var runtimeFolder: String
  }

  private static func write(_ text: String, to path: String) throws(CommandFailure) {
    for end in path.indices.dropFirst() where path[end] == "/" {
      mkdir(String(path[..<end]), 0o700)
    }
    // Secrets may come to stand in it.
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      let reason = String(cString: strerror(errno))
      throw CommandFailure(
        errno == EEXIST
          ? "\(path) is there already; it stays as it is" : "cannot write \(path): \(reason)")
    }
    defer { close(file) }
    guard Terminal.write(text, to: file) else {
      throw CommandFailure("cannot write \(path): \(String(cString: strerror(errno)))")
    }
  }
}
