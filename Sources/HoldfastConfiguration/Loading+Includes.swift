internal import HoldfastCore

extension Loading {
  /// `include = ["…"]`: a file that cannot be used is a problem, and the others go on.
  mutating func include(_ entry: TomlEntry) {
    let names: [TomlNode]
    switch entry.node.value {
    case .list(let nodes): names = nodes
    default: names = [entry.node]
    }
    for node in names {
      guard case .string(let name) = node.value else {
        report(
          at: node.position, "include",
          "expected a file name, found \(node.kind); write include = [\"more.toml\"]")
        continue
      }
      include(paths.resolve(name), at: node.position)
    }
  }

  private mutating func include(_ path: String, at position: ConfigurationPosition) {
    if let obstacle = obstacle(to: path) {
      return report(at: position, "include", obstacle)
    }
    do throws(ConfigurationFileFailure) {
      let bytes = try readFile(path)
      do throws(ConfigurationError) {
        add(try TomlDocument.parse(bytes, file: path), file: path)
      } catch {
        configuration.files.append(path)
        report(
          at: error.position, "", "\(error.message); the file is ignored until it is corrected")
      }
    } catch {
      report(
        at: position, "include",
        "cannot read \(quoted(path)): \(error.reason); correct the file or its name")
    }
  }

  private func obstacle(to path: String) -> String? {
    let name = quoted(path)
    if open.contains(path) {
      return "\(name) includes itself, by way of \(open.joined(separator: ", ")); remove it"
    }
    if configuration.files.contains(path) {
      return "\(name) is included already; remove it here or there"
    }
    if open.count > ConfigurationLoader.maxIncludeDepth {
      return "\(name) is more than \(ConfigurationLoader.maxIncludeDepth) files deep; "
        + "include it from a file further out"
    }
    if configuration.files.count >= ConfigurationLoader.maxFiles {
      return "more than \(ConfigurationLoader.maxFiles) files; join some"
    }
    return nil
  }
}
