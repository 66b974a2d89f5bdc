/// Every command there is.
enum CommandTree {
  static let root: Command = Command(
    name: "holdfast",
    summary: "a host for conversational agents that loses nothing",
    details: """
      A host runs plugins that talk to people, remember and answer. `holdfast chat` is the \
      quickest way to one; `holdfast run` keeps one running.

      State lies in --state-dir, $HOLDFAST_STATE or ~/.local/state/holdfast. A state that is named \
      has its own sockets, and its own holdfast.toml if there is one. Exit status: 0 done, 1 not \
      done, 2 wrong usage or configuration, 3 no host is running, 4 degraded, 5 the host did not \
      answer in time, and what was asked for may still be done.
      """,
    examples: [
      Example("holdfast chat", "Talk to the agent."),
      Example("holdfast status", "See whether everything works, and what is owed to memory."),
      Example("holdfast sessions list --json", "The newest sessions, for a program."),
    ],
    subcommands: [
      InitCommand.command, RunCommand.command, ChatCommandLine.command, SendCommand.command,
      StatusCommand.command, DoctorCommand.command, LocksCommand.command, EventsCommand.command,
      SessionsCommand.command, MemoryCommand.command,
      PluginCommand.command, ConfigCommand.command, DiagnosticsCommand.command,
      StopCommand.command, CompletionsCommand.command,
    ])
}
