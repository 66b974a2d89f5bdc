/// `holdfast plugin`
enum PluginCommand {
  static let command = Command(
    name: "plugin", summary: "list, watch and inspect plugins, switch them on and off",
    details: """
      A plugin is a shared library in --plugins, in plugin_paths of the configuration, in \
      ~/.local/share/holdfast/plugins or with the host itself; of two with one id the first found \
      is used. An instance is a section of the configuration that uses one.
      """,
    examples: [
      Example("holdfast plugin list", "What runs, what is there, and what is wrong with it."),
      Example("holdfast plugin top", "Watch what each costs, and what it is in."),
      Example("holdfast plugin inspect build/plugins/console.so", "Look at a file."),
    ],
    subcommands: [
      PluginListCommand.command, PluginTopCommand.command, PluginInspectCommand.command,
      PluginSwitchCommand.enable, PluginSwitchCommand.disable,
    ])
}
