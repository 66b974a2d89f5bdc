extension Host {
  // MARK: What there is

  /// Asks a plugin for its tools, unless it is being asked.
  mutating func listTools(of instance: InstanceID) {
    guard let plugin = plugins[instance], plugin.lifecycle.isRunning,
      plugin.lifecycle.traits.hasTools
    else { return }
    if plugin.toolList.isAsked {
      plugins[instance]?.toolList.isOutdated = true
      return
    }
    plugins[instance]?.toolList.isAsked = true
    plugins[instance]?.toolList.isOutdated = false
    _ = call(
      instance, .listTools(CallContext()), for: .listTools,
      within: plugin.settings.deadlines.create ?? configuration.host.startTimeout)
  }

  /// The former list stands after a failure; it is asked for again, as it is when it was outdated
  /// before it came.
  mutating func listedTools(_ instance: InstanceID, _ answer: PluginAnswer) {
    guard plugins[instance]?.toolList.isAsked ?? false else { return }
    plugins[instance]?.toolList.isAsked = false
    guard plugins[instance]?.lifecycle.isRunning ?? false else { return }
    if answer.status.isFailure {
      let failures = (plugins[instance]?.toolList.failures ?? 0) + 1
      plugins[instance]?.toolList.failures = failures
      timers.add(.tools(instance), at: now + numbers.backoff(failures: failures))
      log(.warning, "plugin \(instance) does not name its tools: \(answer.text)")
    } else {
      plugins[instance]?.toolList.failures = 0
      plugins[instance]?.toolList.tools = answer.tools
      plugins[instance]?.toolList.isKnown = true
      for left in toolCatalog(of: instances).leftOut where left.instance == instance {
        log(.warning, "the tool “\(left.name)” of \(instance) is left out: \(left.reason)")
      }
    }
    if plugins[instance]?.toolList.isOutdated ?? false {
      // A plugin whose tools change while they are asked for is not asked without a pause.
      timers.add(.tools(instance), at: now + .seconds(1))
    }
    proceedEverywhere()
  }

  /// The tools of those among the instances that run.
  func toolCatalog(of instances: [InstanceID]) -> ToolCatalog {
    ToolCatalog(
      instances.compactMap { instance in
        guard let plugin = plugins[instance], plugin.lifecycle.isRunning,
          !plugin.toolList.tools.isEmpty
        else { return nil }
        return (instance, plugin.toolList.tools)
      })
  }
}
