/// `holdfast plugin`
enum PluginCommand {
  static let command = Command(
    name: "plugin", summary: "list plugins, switch them on and off",
    examples: [Example("holdfast plugin list", "What runs, and why something does not.")],
    subcommands: [PluginListCommand.command])
}
