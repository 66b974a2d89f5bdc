/// What the configuration says, with defaults for everything it does not say.
public struct Configuration: Sendable, Equatable {
  /// Section `[host]`.
  public var host = HostSettings()
  /// Section `[memory]`.
  public var memory = MemorySettings()
  /// Section `[diagnostics]`.
  public var diagnostics = DiagnosticsSettings()
  /// Section `[lock]`.
  public var lock = LockSettings()
  /// Section `[metrics]`.
  public var metrics = MetricsSettings()
  /// Sections `[agents.<name>]` in the order of the files; never empty when it was loaded.
  public var agents: [AgentSettings] = []
  /// Sections `[plugins.<instance>]` in the order of the files; includes faulty and disabled ones.
  public var plugins: [PluginSettings] = []
  /// What is wrong with it, in the order in which it was found.
  public var problems: [ConfigurationProblem] = []
  /// Every file that was read, the main one first, for whoever watches them for changes.
  public var files: [String] = []

  /// A configuration of defaults, without agents and plugins.
  public init() {}

  /// The agent of that name.
  public func agent(named name: String) -> AgentSettings? {
    agents.first { $0.name == name }
  }

  /// The plugin instance of that name, also if it is disabled or faulty.
  public func plugin(_ instance: InstanceID) -> PluginSettings? {
    plugins.first { $0.instance == instance }
  }

  /// What is wrong with one instance.
  public func problems(of instance: InstanceID) -> [ConfigurationProblem] {
    problems.filter { $0.instance == instance }
  }

  /// The instances to be loaded: enabled, and without an error.
  public var activePlugins: [PluginSettings] {
    let faulty = Set(problems.filter { $0.severity == .error }.compactMap(\.instance))
    return plugins.filter { $0.enabled && !faulty.contains($0.instance) }
  }

  /// The agent that answers channels which name none: `main`, or the first if none is called so.
  public var defaultAgent: String {
    (agent(named: AgentSettings.defaultName) ?? agents.first)?.name ?? AgentSettings.defaultName
  }

  /// Whose memories an agent sees: its own rule, or the one of `[memory]`.
  public func scope(of agent: AgentSettings) -> ScopeRule {
    agent.scope ?? memory.scope
  }
}
