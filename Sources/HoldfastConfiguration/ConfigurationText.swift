/// Texts of configurations that come with the host.
public enum ConfigurationText {
  /// What stands for the name of a file in messages about `builtIn`.
  public static let builtInName = "built-in configuration"

  /// What is used when there is no file, and in place of what a file has no sections for: the
  /// console, answers from memory, memory in a file.
  public static let builtIn = """
    [agents.main]
    model = "recall"
    memory = ["notes"]

    [plugins.console]

    [plugins.recall]

    [plugins.notes]
    plugin = "sqlite-memory"

    """

  /// What `holdfast init` writes: the same with every section explained. Values in comments are
  /// the defaults.
  public static let example = """
    # Configuration of Holdfast. Every key is in docs/CONFIGURATION.md; check your changes with
    # `holdfast config check`. What is faulty disables its own plugin and nothing else.

    # More files, relative to this one. What is set here stands over what is set there.
    # include = ["more.toml"]

    [host]
    # max_concurrent_turns = 8        # default: 4 for each core, at least 8
    shutdown_timeout_ms = 10000       # what an orderly stop may take altogether
    command_prefix = "/"              # "/new" is a command, "new" is a message
    history_turns = 40                # turns of the past that the model is given
    # plugin_paths = ["plugins"]      # searched before the installed plugins

    [memory]
    recall_budget_ms = 1500           # how long a turn waits for its memories
    recall_max_chars = 4000           # how much of them goes into one prompt
    scope = "user"                    # or agent, channel, chat, session
    strict = false                    # true: no turns while a provider is not loaded

    # An agent: who answers. Sections need not be in this order.
    [agents.main]
    model = "recall"                  # an instance below
    memory = ["notes"]                # instances below; leave it out for all of them
    instructions = "Answer briefly."

    # A plugin section is an instance of a plugin, whose id is the same unless said otherwise.
    # The plugin's own settings are written config.<name>, and secrets { env = "NAME" } or
    # { file = "path" }.

    # Conversations over a Unix socket; `holdfast chat` is a client of it.
    [plugins.console]
    agent = "main"

    # Answers from what was recalled. It is no language model.
    [plugins.recall]

    # Memory in a file of its own.
    [plugins.notes]
    plugin = "sqlite-memory"
    retain_every_turns = 1            # finished turns that make a batch
    retain_max_delay_ms = 60000       # or the age of the oldest one
    config.path = "memory.sqlite"     # the one that is used without this file

    # A second memory provider, not in use.
    [plugins.hindsight]
    enabled = false
    config.api_url = "http://127.0.0.1:8888"
    # config.api_key = { env = "HINDSIGHT_API_KEY" }

    """
}
