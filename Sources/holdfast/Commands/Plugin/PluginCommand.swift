/// `holdfast plugin`
enum PluginCommand {
  static let command = Command(
    name: "plugin", summary: "list and inspect plugins, switch them on and off",
    details: """
      A plugin is a shared library in --plugins, in plugin_paths of the configuration, in \
      ~/.local/share/holdfast/plugins or with the host itself; of two with one id the first found \
      is used. An instance is a section of the configuration that uses one.
      """,
    examples: [
      Example("holdfast plugin list", "What runs, what is there, and what is wrong with it."),
      Example("holdfast plugin inspect build/plugins/console.so", "Look at a file."),
    ],
    subcommands: [
      PluginListCommand.command, PluginInspectCommand.command, PluginSwitchCommand.enable,
      PluginSwitchCommand.disable,
    ])
}
