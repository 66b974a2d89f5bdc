internal import HoldfastCore

/// One key that a configuration may have.
public struct ConfigurationKey: Sendable, Equatable {
  /// `host`, `memory`, `agents.<name>`, `plugins.<instance>`; empty for keys outside of sections.
  public var section: String
  /// As it is written.
  public var name: String
  /// Type and range in words: "integer, 1 to 1000".
  public var type: String
  /// The default: a value between backticks, or in words what happens without one.
  public var defaultText: String
  /// A sentence.
  public var meaning: String

  /// A row of a Markdown table: key, type, default, meaning.
  public var markdown: String { "| `\(name)` | \(type) | \(defaultText) | \(meaning) |" }
}

/// Every key there is, made from the same tables that the loader reads by.
public enum ConfigurationReference {
  /// In the order in which the sections and keys are explained.
  public static let keys: [ConfigurationKey] =
    [
      ConfigurationKey(
        section: "", name: "include", type: "list of paths", defaultText: "`[]`",
        meaning: "More configuration files; what is set in this one stands.")
    ]
    + keys(SectionTables.host, of: HostSettings(), "host")
    + keys(SectionTables.memory, of: MemorySettings(), "memory")
    + keys(SectionTables.lock, of: LockSettings(), "lock")
    + keys(SectionTables.diagnostics, of: DiagnosticsSettings(), "diagnostics")
    + keys(SectionTables.metrics, of: MetricsSettings(), "metrics")
    + [
      ConfigurationKey(
        section: "metrics", name: "otlp_headers", type: "table of strings or secrets",
        defaultText: "`{}`", meaning: "What is sent along, such as who sends it.")
    ]
    + keys(
      SectionTables.agent,
      of: AgentSettings(name: "<name>", position: ConfigurationPosition(file: "")), "agents.<name>")
    + keys(
      SectionTables.plugin,
      of: PluginSettings(
        instance: InstanceID("<instance>"), position: ConfigurationPosition(file: "")),
      "plugins.<instance>")
    + [
      ConfigurationKey(
        section: "plugins.<instance>", name: "config.<setting>", type: "as the plugin says",
        defaultText: "as the plugin says",
        meaning: "The plugin's own settings; `holdfast plugin inspect` lists them.")
    ]

  private static func keys<Target>(
    _ table: [Setting<Target>], of defaults: Target, _ section: String
  ) -> [ConfigurationKey] {
    table.map {
      ConfigurationKey(
        section: section, name: $0.name, type: $0.type, defaultText: $0.shown(defaults),
        meaning: $0.meaning)
    }
  }
}
