internal import HoldfastCore

/// The plugin's own settings, and the secrets among them.
extension Loading {
  mutating func readConfig(
    _ entry: TomlEntry, into plugin: inout PluginSettings, _ place: SectionPlace
  ) {
    let inner = SectionPlace(path: place.key("config"), instance: place.instance)
    guard let entries = entries(of: entry, inner) else { return }
    plugin.config = table(entries, prefix: "", &plugin.configPositions, inner)
  }

  mutating func table(
    _ entries: [TomlEntry], prefix: String, _ positions: inout [String: ConfigurationPosition],
    _ place: SectionPlace
  ) -> [String: ConfigurationValue] {
    var values: [String: ConfigurationValue] = [:]
    for entry in entries {
      let key = prefix + ConfigurationValue.dottedName(entry.name)
      positions[key] = entry.position
      values[entry.name] = value(entry.node, key, &positions, place)
    }
    return values
  }

  /// Nil if there was a problem.
  private mutating func value(
    _ node: TomlNode, _ key: String, _ positions: inout [String: ConfigurationPosition],
    _ place: SectionPlace
  ) -> ConfigurationValue? {
    switch node.value {
    case .string(let text): return .string(text)
    case .integer(let value): return .integer(value)
    case .boolean(let value): return .boolean(value)
    case .number(let value):
      if value.isFinite { return .number(value) }
      refuse(node, key, place, "is not a finite number; write one such as 0.5")
      return nil
    case .date:
      refuse(node, key, place, "a date is not known here; put it in quotes")
      return nil
    case .list(let nodes):
      return .list(nodes.compactMap { value($0, key, &positions, place) })
    case .table(let entries):
      if entries.count == 1, let only = entries.first, case .string(let source) = only.node.value {
        if only.name == "env" { return secret(fromVariable: source, node, key, place) }
        if only.name == "file" { return secret(fromFile: source, node, key, place) }
      }
      return .table(table(entries, prefix: key + ".", &positions, place))
    }
  }

  private mutating func secret(
    fromVariable name: String, _ node: TomlNode, _ key: String, _ place: SectionPlace
  ) -> ConfigurationValue? {
    guard let text = environment[name], !text.isEmpty else {
      refuse(
        node, key, place,
        "environment variable \(quoted(name)) is not set; set it where the host is started",
        isOfEnvironment: true)
      return nil
    }
    return .secret(text)
  }

  private mutating func secret(
    fromFile name: String, _ node: TomlNode, _ key: String, _ place: SectionPlace
  ) -> ConfigurationValue? {
    let path = paths.resolve(name)
    do throws(ConfigurationFileFailure) {
      return .secret(try secretText(try readFile(path)))
    } catch {
      refuse(
        node, key, place,
        "cannot take the secret from \(quoted(path)): \(error.reason); correct the file or its name"
      )
      return nil
    }
  }

  /// Editors end a file with a newline that is not part of the secret.
  private func secretText(_ bytes: [UInt8]) throws(ConfigurationFileFailure) -> String {
    if bytes.count > ConfigurationLoader.maxSecretBytes {
      throw ConfigurationFileFailure(
        "it is larger than \(ConfigurationLoader.maxSecretBytes) bytes")
    }
    guard var text = String(validating: bytes, as: UTF8.self) else {
      throw ConfigurationFileFailure("it is not UTF-8")
    }
    if text.last?.isNewline == true { text.removeLast() }
    if text.isEmpty { throw ConfigurationFileFailure("it is empty") }
    return text
  }

  private mutating func refuse(
    _ node: TomlNode, _ key: String, _ place: SectionPlace, _ message: String,
    isOfEnvironment: Bool = false
  ) {
    report(
      at: node.position, "\(place.path).\(key)", instance: place.instance, message,
      isOfEnvironment: isOfEnvironment)
  }
}
