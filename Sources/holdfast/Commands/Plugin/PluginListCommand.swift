internal import HoldfastCore

/// `holdfast plugin list`
enum PluginListCommand {
  static let command = Command(
    name: "list", summary: "list the plugins of the running host",
    examples: [Example("holdfast plugin list", "One row for each instance.")],
    body: { invocation throws(CommandFailure) in
      guard case .status(let status) = try invocation.ask(.status) else {
        throw Invocation.strange
      }
      if invocation.isJSON {
        invocation.printJSON(status.plugins)
      } else {
        invocation.terminal.print(StatusCommand.plugins(status.plugins, invocation.terminal))
      }
      return .ok
    })
}
