extension PluginSchema {
  /// Compares an instance's own settings with what its plugin takes: unknown settings, wrong types,
  /// required ones that are missing (errors, each of which keeps the instance from being loaded),
  /// and secrets in plain text (warnings). In the order of the settings' names.
  public func check(_ plugin: PluginSettings) -> [ConfigurationProblem] {
    var check = SchemaCheck(schema: self, plugin: plugin)
    check.table(plugin.config, prefix: "")
    check.missing()
    return check.problems
  }

  /// The settings with defaults filled in, for `ConfigurationValue.json` and `.pairs`. Values of
  /// secret settings come out as secrets, so that showing them gives nothing away.
  public func complete(_ plugin: PluginSettings) -> ConfigurationValue {
    var values = plugin.config
    for (name, setting) in settings {
      Self.fill(name.split(separator: ".").map(String.init), setting, in: &values)
    }
    return .table(values)
  }

  private static func fill(
    _ path: [String], _ setting: Setting, in values: inout [String: ConfigurationValue]
  ) {
    guard let first = path.first else { return }
    if path.count == 1 {
      let value = values[first] ?? setting.defaultValue
      if setting.secret, case .string(let text)? = value {
        values[first] = .secret(text)
      } else if let value {
        values[first] = value
      }
      return
    }
    var inner: [String: ConfigurationValue] = [:]
    switch values[first] {
    case .table(let existing): inner = existing
    case nil: break
    default: return
    }
    fill(Array(path.dropFirst()), setting, in: &inner)
    if !inner.isEmpty { values[first] = .table(inner) }
  }
}

private struct SchemaCheck {
  let schema: PluginSchema
  let plugin: PluginSettings
  var problems: [ConfigurationProblem] = []
  var seen: Set<String> = []

  init(schema: PluginSchema, plugin: PluginSettings) {
    self.schema = schema
    self.plugin = plugin
  }

  mutating func table(_ values: [String: ConfigurationValue], prefix: String) {
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      let key = prefix + ConfigurationValue.dottedName(name)
      if let setting = schema.settings[key] {
        seen.insert(key)
        compare(value, with: setting, key: key)
      } else if case .table(let inner) = value,
        schema.settings.keys.contains(where: { $0.hasPrefix(key + ".") })
      {
        table(inner, prefix: key + ".")
      } else {
        unknown(key)
      }
    }
  }

  mutating func missing() {
    for (key, setting) in schema.settings.sorted(by: { $0.key < $1.key })
    where setting.required && setting.defaultValue == nil && !seen.contains(key) {
      let help = setting.help.isEmpty ? "" : " (\(setting.help))"
      add(.error, key, "is missing; plugin \"\(plugin.plugin)\" needs \(setting.type.kind)\(help)")
    }
  }

  private mutating func compare(
    _ value: ConfigurationValue, with setting: PluginSchema.Setting, key: String
  ) {
    if !setting.type.accepts(value) {
      add(.error, key, "expected \(setting.type.kind), found \(value.kind)")
    } else if setting.secret, case .string = value {
      add(
        .warning, key,
        "is a secret in plain text; better { env = \"NAME\" } or { file = \"path\" }")
    }
  }

  private mutating func unknown(_ key: String) {
    guard !schema.settings.isEmpty else {
      return add(.error, key, "plugin \"\(plugin.plugin)\" takes no settings; remove it")
    }
    let question = Suggestion.question(for: key, among: schema.settings.keys)
    add(.error, key, "plugin \"\(plugin.plugin)\" has no such setting\(question)")
  }

  private mutating func add(
    _ severity: ConfigurationProblem.Severity, _ key: String, _ message: String
  ) {
    problems.append(
      ConfigurationProblem(
        severity, at: plugin.configPositions[key] ?? plugin.position,
        key: "plugins.\(plugin.instance).config.\(key)", message, instance: plugin.instance))
  }
}
