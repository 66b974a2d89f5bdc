internal import HoldfastCore

/// What one section says of another.
extension Loading {
  /// There is always an agent, and every plugin knows which one answers.
  mutating func completeAgents() {
    if configuration.agents.isEmpty {
      let file = configuration.files.first ?? ""
      configuration.agents = [
        AgentSettings(name: AgentSettings.defaultName, position: ConfigurationPosition(file: file))
      ]
    }
    let fallback = configuration.defaultAgent
    for index in configuration.plugins.indices
    where found[agentKey(configuration.plugins[index])] == nil {
      configuration.plugins[index].agent = fallback
    }
  }

  mutating func checkReferences() {
    for agent in configuration.agents {
      let place = SectionPlace(path: "agents.\(ConfigurationValue.dottedName(agent.name))")
      checkModel(of: agent, key: place.key("model"))
      for (key, named) in [("memory", agent.memory), ("tools", agent.tools)] {
        for instance in named ?? [] where configuration.plugin(instance) == nil {
          report(
            at: found[place.key(key)] ?? agent.position, place.key(key), noInstance(instance))
        }
      }
    }
    for plugin in configuration.plugins where configuration.agent(named: plugin.agent) == nil {
      let names = configuration.agents.map(\.name)
      report(
        at: found[agentKey(plugin)] ?? plugin.position, agentKey(plugin),
        instance: plugin.instance,
        "no agent is called \(quoted(plugin.agent))"
          + remedy(plugin.agent, among: names, section: "agents"))
    }
  }

  private mutating func checkModel(of agent: AgentSettings, key: String) {
    let position = found[key] ?? agent.position
    guard let model = configuration.plugin(agent.model) else {
      return report(at: position, key, noInstance(agent.model))
    }
    if !model.enabled {
      report(
        at: position, key,
        "\(quoted(agent.model.description)) is disabled, so nothing writes this agent's answers; "
          + "write enabled = true in [plugins.\(agent.model)] or name another model")
    }
  }

  private func noInstance(_ instance: InstanceID) -> String {
    let names = configuration.plugins.map(\.instance.description)
    return "no plugin instance is called \(quoted(instance.description))"
      + remedy(instance.description, among: names, section: "plugins")
  }

  private func remedy(_ name: String, among names: [String], section: String) -> String {
    let question = Suggestion.question(for: name, among: names)
    return question.isEmpty
      ? "; add [\(section).\(ConfigurationValue.dottedName(name))] or name another" : question
  }

  private func agentKey(_ plugin: PluginSettings) -> String {
    "plugins.\(ConfigurationValue.dottedName(plugin.instance.description)).agent"
  }
}
