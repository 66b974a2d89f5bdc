/// `holdfast plugin`
enum PluginCommand {
  static let command = Command(
    name: "plugin", summary: "list, inspect, start and stop plugins",
    subcommands: [])
}
