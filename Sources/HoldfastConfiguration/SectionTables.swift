internal import HoldfastCore

/// Every key of every section. `Tests/…/ReferenceTests` compares them with docs/CONFIGURATION.md.
enum SectionTables {
  /// An hour is the longest that anything may be told to wait.
  private static func wait(_ milliseconds: Int, from least: Int = 1) -> SettingKind<Duration> {
    .milliseconds(least...3_600_000, sample: milliseconds)
  }

  /// Up to a year.
  private static let age = SettingKind<Duration>.milliseconds(
    1...31_622_400_000, sample: 28_800_000)

  static let host: [Setting<HostSettings>] = [
    .init(
      "max_concurrent_turns", .integer(1...4096, sample: 8), \.maxConcurrentTurns,
      unset: "4 for each core, at least 8",
      "Turns that may do host-side work at a time; one that waits for a plugin does none."),
    .init(
      "shutdown_timeout_ms", wait(10_000), \.shutdownTimeout,
      "What an orderly stop may take altogether."),
    .init(
      "start_timeout_ms", wait(10_000), \.startTimeout,
      "What one plugin may take to start; the others start meanwhile."),
    .init(
      "command_prefix", .text(maxBytes: 8, sample: "/"), \.commandPrefix,
      "What a message begins with to be a command."),
    .init(
      "history_turns", .integer(0...10_000, sample: 40), \.historyTurns,
      "Turns of the past that the model is given."),
    .init(
      "tool_rounds", .integer(0...100, sample: 8), \.toolRounds,
      "Answers of a model in one turn that may ask for tools; the next one is its reply."),
    .init(
      "max_message_bytes", .integer(1024...16_777_216, sample: 1_048_576), \.maxMessageBytes,
      "The largest inbound message that is accepted."),
    .init(
      "queue_cap", .integer(1...1000, sample: 20), \.queueCap,
      "Turns that may wait in one session, each for a message of its own."),
    .init(
      "queue_mode", .choice(sample: .followup), \.queueMode,
      "What becomes of a message that arrives while a turn of its session runs: a turn of its own "
        + "(`\"followup\"`), one for all that wait (`\"collect\"`), a word in the turn that runs "
        + "(`\"steer\"`), or the end of that turn (`\"interrupt\"`)."),
    .init(
      "queue_debounce_ms", wait(500, from: 0), \.queueDebounce,
      "With `\"collect\"`: how long nothing must arrive before what waits has its turn."),
    .init(
      "queue_overflow", .choice(sample: .merge), \.queueOverflow,
      "What becomes of a message beyond `queue_cap`: it is joined to the last one that waits "
        + "(`\"merge\"`), or not taken (`\"refuse\"`)."),
    .init(
      "session_idle_expiry_ms", age, \.expiry.idle, unset: "never",
      "After how long without a word a message begins a new session, as `/new` does."),
    .init(
      "session_daily_expiry", .timeOfDay, \.expiry.daily, unset: "never",
      "A time of day, in the local time of the host: the first message behind it begins a new "
        + "session."),
    .init(
      "state_dir", .path(sample: "state"), \.stateDirectory, unset: "the user's state folder",
      "Where the journal and the plugins' state lie."),
    .init(
      "runtime_dir", .path(sample: "run"), \.runtimeDirectory, unset: "the user's runtime folder",
      "Where sockets lie."),
    .init(
      "plugin_paths", .list(of: .path(sample: "plugins"), "paths"), \.pluginPaths,
      "Folders that are searched for plugins, before the installed ones."),
  ]

  static let memory: [Setting<MemorySettings>] = [
    .init(
      "recall_budget_ms", wait(1500, from: 0), \.recallBudget,
      "How long a turn waits for its memories."),
    .init(
      "recall_max_chars", .integer(0...1_000_000, sample: 4000), \.recallMaxChars,
      "Characters of recalled text in one prompt, all providers together."),
    .init(
      "recall_max_items", .integer(0...1000, sample: 12), \.recallMaxItems,
      "Memories in one prompt, all providers together."),
    .init(
      "strict", .boolean, \.strict,
      "Whether turns wait while a configured memory provider is not loaded."),
    .init(
      "alarm_after_ms", .milliseconds(1000...86_400_000, sample: 600_000), \.alarmAfter,
      "How old what a provider is owed may become before the host is degraded."),
    .init(
      "scope", .choice(sample: .user), \.scope,
      "Whose memories a recall may see: of the whole agent, or of this user, channel, chat or "
        + "session with it."),
  ]

  static let lock: [Setting<LockSettings>] = [
    .init(
      "acquire_timeout_ms", wait(60_000), \.acquireTimeout,
      "How long what arrives waits for a decision about its session that is under way."),
    .init(
      "max_hold_ms", wait(30_000), \.maxHold,
      "How long a decision may hold its session before that is reported."),
  ]

  static let diagnostics: [Setting<DiagnosticsSettings>] = [
    .init(
      "heartbeat_interval_ms", wait(30_000, from: 100), \.heartbeatInterval,
      "How often sessions are looked at that are busy or that somebody waits for."),
    .init(
      "stuck_after_ms", wait(120_000, from: 100), \.stuckAfter,
      "How long a session may be busy before it is looked at, and silent before it is reported."),
    .init(
      "abort_after_ms", .milliseconds(100...86_400_000, sample: 600_000), \.abortAfter,
      unset: "the larger of 300000 and three times `stuck_after_ms`",
      "How long a turn may be silent before it is aborted; a tool 900000 at least."),
    .init(
      "cancel_wait_ms", wait(15_000), \.cancelWait,
      "How long a plugin has to return from a call of a turn that is being aborted."),
  ]

  static let metrics: [Setting<MetricsSettings>] = [
    .init(
      "listen", .loopback, \.listen, unset: "nowhere",
      "Where figures are given to whoever asks on this machine, at `/metrics`; port 0 is any."),
    .init(
      "otlp_url", .webAddress, \.collectorURL, unset: "nowhere",
      "Where figures are sent, as OTLP in JSON; the whole address."),
    .init(
      "otlp_interval_ms", .milliseconds(1000...3_600_000, sample: 15_000), \.collectorInterval,
      "How often they are sent."),
  ]

  static let agent: [Setting<AgentSettings>] = [
    .init(
      "model", .instance(sample: "recall"), \.model,
      "The instance that writes the answers."),
    .init(
      "memory", .list(of: .instance(sample: "notes"), "instances"), \.memory,
      unset: "every memory provider", "The instances it remembers with; `[]` for none."),
    .init(
      "tools", .list(of: .instance(sample: "notes"), "instances"), \.tools,
      unset: "every plugin that has tools; of memory providers those it remembers with",
      "The instances whose tools its model may call; `[]` for none."),
    .init(
      "instructions", .text(maxBytes: 65_536, allowsEmpty: true, sample: "Be brief."),
      \.instructions, "Text that the model is given first."),
    .init(
      "scope", .choice(sample: .user), \.scope, unset: "that of `[memory]`",
      "Whose memories this agent sees."),
    .init(
      "queue_mode", .choice(sample: .followup), \.queueMode, unset: "that of `[host]`",
      "What becomes of messages to this agent that arrive while a turn of their session runs."),
    .init(
      "queue_debounce_ms", wait(500, from: 0), \.queueDebounce, unset: "that of `[host]`",
      "With `\"collect\"`: how long nothing must arrive before what waits has its turn."),
    .init(
      "queue_overflow", .choice(sample: .merge), \.queueOverflow, unset: "that of `[host]`",
      "What becomes of messages to this agent beyond `queue_cap`."),
    .init(
      "session_idle_expiry_ms", age, \.idleExpiry, unset: "that of `[host]`",
      "After how long without a word a message to this agent begins a new session."),
    .init(
      "session_daily_expiry", .timeOfDay, \.dailyExpiry, unset: "that of `[host]`",
      "A time of day: the first message to this agent behind it begins a new session."),
  ]

  static let plugin: [Setting<PluginSettings>] =
    [
      .init(
        "plugin", .text(sample: "sqlite-memory"), \.plugin,
        "Id of the plugin that this is an instance of."),
      .init(
        "enabled", .boolean, \.enabled,
        "Whether it is loaded. A memory provider that is not goes on being owed what is said, "
          + "until `holdfast memory detach`."),
      .init(
        "path", .path(sample: "plugins/notes.so"), \.path, unset: "found by its id",
        "The library's file."),
      .init(
        "isolation", .choice(sample: .inprocess), \.isolation,
        "Where its code runs. This version has `\"inprocess\"` only."),
      .init(
        "agent", .text(maxBytes: 64, sample: "main"), \.agent,
        "For a channel: the agent that answers; if there is no `main`, the first one."),
      .init(
        "priority", .integer(-1000...1000, sample: 0), \.priority,
        "For a memory provider: the memories of the higher one come first."),
      .init(
        "retain_every_turns", .integer(1...1000, sample: 3), \.retainEveryTurns,
        "For a memory provider: finished turns that make a batch."),
      .init(
        "retain_max_delay_ms", wait(60_000, from: 0), \.retainMaxDelay,
        "For a memory provider: age of the oldest waiting turn that makes a batch."),
      .init(
        "prefetch", .boolean, \.prefetch,
        "For a memory provider: whether it is asked after each turn for what is likely to be asked "
          + "next, which stands in for a late recall."),
      .init(
        "sha256", .sha256, \.sha256, unset: "pinned when first seen",
        "The only content of the library that is loaded."),
      .init(
        "auto_reload", .boolean, \.autoReload,
        "Whether a changed library is pinned and loaded again without being asked for."),
      .init(
        "max_outstanding", .integer(1...100_000, sample: 64), \.maxOutstanding,
        "Calls that turns may have under way with it, as a model or with its tools; further turns "
          + "wait."),
    ] + deadlines

  private static let deadlines: [Setting<PluginSettings>] = [
    .init(
      "deadline_recall_ms", wait(1500), \.deadlines.recall, unset: "`recall_budget_ms`",
      "For a memory provider: one recall."),
    .init(
      "deadline_retain_ms", wait(120_000), \.deadlines.retain,
      "For a memory provider: one batch."),
    .init(
      "deadline_withdraw_ms", wait(30_000), \.deadlines.withdraw,
      "For a memory provider: one withdrawal."),
    .init("deadline_event_ms", wait(5000), \.deadlines.event, "One event."),
    .init("deadline_prefetch_ms", wait(10_000), \.deadlines.prefetch, "One prefetch."),
    .init(
      "deadline_send_ms", wait(30_000), \.deadlines.send, "For a channel: one part of a reply."),
    .init(
      "deadline_model_ms", wait(120_000), \.deadlines.model,
      "For a model: the first piece of an answer."),
    .init(
      "deadline_model_chunk_ms", wait(60_000), \.deadlines.modelChunk,
      "For a model: each further piece of an answer."),
    .init("deadline_tool_ms", wait(300_000), \.deadlines.tool, "One call of a tool."),
    .init(
      "deadline_create_ms", wait(10_000), \.deadlines.create, unset: "`start_timeout_ms`",
      "Starting this instance."),
    .init("deadline_stop_ms", wait(5000), \.deadlines.stop, "Stopping this instance."),
  ]
}
