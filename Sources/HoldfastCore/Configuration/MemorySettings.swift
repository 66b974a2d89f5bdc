/// Whose memories a recall may see.
public enum ScopeRule: String, Sendable, CaseIterable {
  /// Everything the agent was told by anybody.
  case agent
  /// What this user told this agent.
  case user
  /// What was said on this channel.
  case channel
  /// What was said in this chat.
  case chat
  /// What was said in this session.
  case session
}

/// Section `[memory]`.
public struct MemorySettings: Sendable, Equatable {
  /// How long a turn waits for its memories.
  public var recallBudget: Duration = .milliseconds(1500)
  /// Characters of recalled text in one prompt, all providers together.
  public var recallMaxChars = 4000
  /// Memories in one prompt, all providers together.
  public var recallMaxItems = 12
  /// Whether the host refuses to run turns while a configured provider is not loaded.
  public var strict = false
  /// After how long without an acknowledgement a provider that owes one makes the host degraded.
  public var alarmAfter: Duration = .seconds(600)
  /// Whose memories they are, unless the agent says otherwise.
  public var scope: ScopeRule = .user

  /// The defaults.
  public init() {}
}
