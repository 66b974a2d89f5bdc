internal import HoldfastConfiguration
internal import HoldfastCore
internal import HoldfastPorts

/// What the configuration says, to be shown to others: without secrets, whether they were taken
/// from elsewhere, are called so by the plugin's note, or stand in the file under a name that
/// sounds like one.
enum RedactedConfiguration {
  static let hidden = "…"

  /// Settings of the host's own sections that are none of anybody's business.
  private static let personal: Set<String> = ["instructions"]
  private static let secretive = [
    "key", "token", "secret", "password", "passwd", "passphrase", "credential", "auth", "cookie",
    "header",
  ]

  /// Sections by name.
  static func json(_ inventory: PluginInventory) -> JSON {
    let configuration = inventory.configuration
    var sections: [String: JSON] = [:]
    for section in ConfigurationReference.effective(configuration) {
      var settings: [String: JSON] = [:]
      for setting in section.settings where !setting.key.hasPrefix("config.") && setting.isSet {
        settings[setting.key] = .string(
          isPersonal(setting.key) ? hidden : withoutCredentials(setting.text))
      }
      sections[section.name] = .object(settings)
    }
    for plugin in configuration.plugins {
      let name = "plugins.\(ConfigurationValue.dottedName(plugin.instance.description))"
      let note = PluginInventory.candidate(for: plugin, in: inventory.candidates)?.inspection?.note
      let whole = note?.schema.complete(plugin) ?? .table(plugin.config)
      guard case .object(var settings)? = sections[name], case .table(let values) = whole else {
        continue
      }
      settings["config"] = .object(Dictionary(uniqueKeysWithValues: values.map(shown)))
      sections[name] = .object(settings)
    }
    return .object(sections)
  }

  private static func isPersonal(_ key: String) -> Bool {
    personal.contains(key) || key.hasPrefix("otlp_headers.")
  }

  private static func shown(_ name: String, _ value: ConfigurationValue) -> (String, JSON) {
    (name, json(value, isSecret: secretive.contains { name.lowercased().contains($0) }))
  }

  private static func json(_ value: ConfigurationValue, isSecret: Bool) -> JSON {
    switch value {
    case .secret: .string(hidden)
    case .string(let text): .string(isSecret ? hidden : withoutCredentials(text))
    case .integer(let number): .number("\(number)")
    case .number(let number): .number("\(number)")
    case .boolean(let flag): .boolean(flag)
    case .list(let values): .array(values.map { json($0, isSecret: isSecret) })
    case .table(let values):
      isSecret
        ? .string(hidden) : .object(Dictionary(uniqueKeysWithValues: values.map(shown)))
    }
  }

  /// An address without who logs in there, and without what is asked of it.
  static func withoutCredentials(_ text: String) -> String {
    guard let scheme = text.firstRange(of: "://") else { return text }
    var rest = text[scheme.upperBound...]
    var tail = ""
    if let question = rest.firstIndex(of: "?") {
      rest = rest[..<question]
      tail = "?" + hidden
    }
    let end = rest.firstIndex(of: "/") ?? rest.endIndex
    if let at = rest[..<end].lastIndex(of: "@") {
      return text[..<scheme.upperBound] + hidden + rest[at...] + tail
    }
    return text[..<scheme.upperBound] + rest + tail
  }
}
