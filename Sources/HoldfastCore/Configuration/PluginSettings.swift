/// Where a plugin's code runs.
public enum PluginIsolation: String, Sendable, CaseIterable {
  /// In the host's own process.
  case inprocess
  /// In a process of its own; known, and not available in this version.
  case isolated
  /// In a process together with others; known, and not available in this version.
  case shared
}

/// How long the host waits for each kind of call to a plugin before it goes on without.
public struct PluginDeadlines: Sendable, Equatable {
  /// Nil: the budget of `[memory]`.
  public var recall: Duration?
  /// One batch.
  public var retain: Duration = .seconds(120)
  /// One withdrawal.
  public var withdraw: Duration = .seconds(30)
  /// One event callback.
  public var event: Duration = .seconds(5)
  /// One prefetch.
  public var prefetch: Duration = .seconds(10)
  /// One part of a reply.
  public var send: Duration = .seconds(30)
  /// The first piece of a model's answer.
  public var model: Duration = .seconds(120)
  /// Each further piece of a model's answer.
  public var modelChunk: Duration = .seconds(60)
  /// One call of a tool.
  public var tool: Duration = .seconds(300)
  /// Starting the instance; nil: the host's `start_timeout_ms`.
  public var create: Duration?
  /// Stopping a channel.
  public var stop: Duration = .seconds(5)

  /// The defaults.
  public init() {}
}

/// Section `[plugins.<instance>]`.
public struct PluginSettings: Sendable, Equatable {
  /// Unique name of this instance.
  public var instance: InstanceID
  /// Id of the plugin it is an instance of.
  public var plugin: String
  /// Whether it is to be loaded.
  public var enabled = true
  /// The library's file; nil to look the id up in the plugin folders.
  public var path: String?
  /// Where its code runs.
  public var isolation: PluginIsolation = .inprocess
  /// Which agent answers what comes in through this channel.
  public var agent = AgentSettings.defaultName
  /// Order among memory providers; the higher one's memories come first.
  public var priority = 0
  /// Finished turns that make a batch.
  public var retainEveryTurns = 1
  /// Age of the oldest waiting turn that makes a batch.
  public var retainMaxDelay: Duration = .seconds(60)
  /// Whether it is asked ahead, if it is a memory provider that can be.
  public var prefetch = true
  /// The only content that is loaded, 64 lower-case hexadecimal digits; nil to pin what is found.
  public var sha256: String?
  /// Whether a changed library is pinned and loaded again without being asked for.
  public var autoReload = false
  /// Calls that turns may have under way with it as a model or with its tools.
  public var maxOutstanding = 64
  /// How long the host waits for it.
  public var deadlines = PluginDeadlines()
  /// The plugin's own settings, secrets resolved.
  public var config: [String: ConfigurationValue] = [:]
  /// Where each of its own settings is, by dotted name without `config.`; tables and list elements
  /// have none of their own.
  public var configPositions: [String: ConfigurationPosition] = [:]
  /// Where its section begins.
  public var position: ConfigurationPosition

  /// An instance with the defaults.
  public init(instance: InstanceID, position: ConfigurationPosition) {
    self.instance = instance
    self.plugin = instance.description
    self.position = position
  }
}
