import Glibc
import HoldfastCore

/// Private copies of plugins, named by their content: what was checked is what is loaded, and a
/// file that is written anew changes nothing under a running host.
struct PluginStore: Sendable {
  /// `<state>/store`.
  let folder: String

  init(stateFolder: String) { folder = stateFolder + "/store" }

  /// A plugin with the libraries that lie beside it and that it needs.
  struct Bundle {
    let plugin: TrustedFile
    let companions: [TrustedFile]

    /// The plugin's own hash if it needs nothing beside it, else one of all of it: a companion that
    /// changes is as good as a plugin that changes.
    let digest: String

    init(plugin: TrustedFile, pluginDigest: String, companions: [TrustedFile]) {
      self.plugin = plugin
      self.companions = companions
      let lines = companions.map { "\(sha256($0.content))  \(fileName($0.path))\n" }
      digest =
        lines.isEmpty
        ? pluginDigest : sha256(Array(([pluginDigest] + lines.sorted()).joined().utf8))
    }
  }

  /// Reads what the plugin needs from its own folder, and what that needs in turn.
  static func bundle(
    _ plugin: TrustedFile, _ inspection: PluginInspection
  ) throws(PluginFault) -> Bundle {
    let folder = folderName(plugin.path)
    var companions: [TrustedFile] = []
    var names: Set<String> = [fileName(plugin.path)]
    var waiting = inspection.needed
    while let name = waiting.popLast() {
      let path = "\(folder)/\(name)"
      guard !name.contains("/"), names.insert(name).inserted, access(path, F_OK) == 0 else {
        continue
      }
      let file = try TrustedFile(path: path)
      companions.append(file)
      waiting += PluginInspector.inspect(file.content, file: name).needed
    }
    return Bundle(
      plugin: plugin, pluginDigest: inspection.sha256,
      companions: companions.sorted { $0.path < $1.path })
  }

  /// Copies what is not there yet and answers the path of the plugin's copy.
  func add(_ bundle: Bundle) throws(PluginFault) -> String {
    let place = "\(folder)/\(bundle.digest)"
    guard makePrivateFolder(place) else { throw fault(place) }
    for file in bundle.companions + [bundle.plugin] {
      let path = "\(place)/\(fileName(file.path))"
      if isPresent(path, file.content) { continue }
      guard replaceFile(path, with: file.content, mode: 0o500) else { throw fault(path) }
    }
    return "\(place)/\(fileName(bundle.plugin.path))"
  }

  private func isPresent(_ path: String, _ content: [UInt8]) -> Bool {
    guard let file = Descriptor(path: path, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK),
      let status = file.status(), status.st_mode & S_IFMT == S_IFREG,
      status.st_uid == geteuid(), status.st_mode & 0o022 == 0,
      Int(status.st_size) == content.count
    else { return false }
    return file.contents(size: content.count, limit: content.count) == content
  }

  private func fault(_ path: String) -> PluginFault {
    PluginFault(
      .missing,
      "the host cannot write its copy \(path): \(systemReason()); make the folder writable for it")
  }
}
