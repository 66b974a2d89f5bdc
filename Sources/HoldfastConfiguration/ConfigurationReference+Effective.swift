public import HoldfastCore

/// A section with every key it may have.
public struct EffectiveSection: Sendable, Equatable {
  /// As it is written between brackets.
  public var name: String
  /// In the order of the reference.
  public var settings: [EffectiveSetting]
}

/// What is in force for one key.
public struct EffectiveSetting: Sendable, Equatable {
  /// As it is written, dotted for a plugin's own settings.
  public var key: String
  /// The value in TOML; or in words what happens without one.
  public var text: String
  /// Whether there is a value.
  public var isSet: Bool

  init(_ key: String, value: String) {
    self.key = key
    text = value
    isSet = true
  }

  init(_ key: String, markdown: String) {
    self.key = key
    let isCode = markdown.hasPrefix("`") && markdown.hasSuffix("`")
    let text =
      isCode ? String(markdown.dropFirst().dropLast()) : markdown.filter { $0 != "`" }
    // No value of TOML begins with a letter but these; the name of another key does.
    let isWord = text.first?.isLetter == true && text != "true" && text != "false"
    isSet = isCode && !isWord
    self.text = text
  }
}

extension ConfigurationReference {
  /// Every setting in force, defaults included, secrets hidden.
  public static func effective(_ configuration: Configuration) -> [EffectiveSection] {
    [
      section("host", SectionTables.host, configuration.host),
      section("memory", SectionTables.memory, configuration.memory),
      section("lock", SectionTables.lock, configuration.lock),
      section("diagnostics", SectionTables.diagnostics, configuration.diagnostics),
      metrics(configuration.metrics),
    ]
      + configuration.agents.map {
        section("agents.\(ConfigurationValue.dottedName($0.name))", SectionTables.agent, $0)
      } + configuration.plugins.map(plugin)
  }

  private static func section<Target>(
    _ name: String, _ table: [Setting<Target>], _ target: Target
  ) -> EffectiveSection {
    EffectiveSection(
      name: name, settings: table.map { EffectiveSetting($0.name, markdown: $0.shown(target)) })
  }

  private static func metrics(_ settings: MetricsSettings) -> EffectiveSection {
    var found = section("metrics", SectionTables.metrics, settings)
    for (name, value) in settings.collectorHeaders.sorted(by: { $0.key < $1.key }) {
      let key = "otlp_headers." + ConfigurationValue.dottedName(name)
      found.settings.append(EffectiveSetting(key, value: hidingSecrets(value).json))
    }
    return found
  }

  private static func plugin(_ settings: PluginSettings) -> EffectiveSection {
    let name = "plugins.\(ConfigurationValue.dottedName(settings.instance.description))"
    var found = section(name, SectionTables.plugin, settings)
    for (key, value) in settings.config.sorted(by: { $0.key < $1.key }) {
      let own = "config." + ConfigurationValue.dottedName(key)
      found.settings.append(EffectiveSetting(own, value: hidingSecrets(value).json))
    }
    return found
  }

  private static func hidingSecrets(_ value: ConfigurationValue) -> ConfigurationValue {
    switch value {
    case .secret: .string("(secret)")
    case .list(let values): .list(values.map(hidingSecrets))
    case .table(let values): .table(values.mapValues(hidingSecrets))
    case .string, .integer, .number, .boolean: value
    }
  }
}
