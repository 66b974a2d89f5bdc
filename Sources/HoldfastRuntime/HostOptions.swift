public import HoldfastControl

/// How to run a host.
public struct HostOptions: Sendable {
  /// Where its state, its sockets and its configuration lie.
  public var paths: HostPaths
  /// Folders that are searched for plugins before the configuration's and the installed ones.
  public var pluginFolders: [String]
  /// The process's environment, for secrets of the configuration.
  public var environment: [String: String]
  /// Takes what the host has to say. Called from any thread, one line at a time; must not wait for
  /// the host.
  public var log: @Sendable (LogLine) -> Void
  /// Called once, from any thread, when `stop` is asked for on the control socket. The owner then
  /// calls `HostProcess.stop`, which closes that socket last: who asked waits for that.
  public var stopRequested: @Sendable () -> Void
  /// Stands by while another host runs on the state, instead of failing. Called with a sentence on
  /// the host that has the state, or the sockets, before it is waited for, on the thread that makes
  /// the host.
  public var standby: (@Sendable (_ holder: String) -> Void)?

  /// A host at these paths.
  public init(
    paths: HostPaths, pluginFolders: [String] = [], environment: [String: String] = [:],
    log: @escaping @Sendable (LogLine) -> Void,
    stopRequested: @escaping @Sendable () -> Void = {}
  ) {
    self.paths = paths
    self.pluginFolders = pluginFolders
    self.environment = environment
    self.log = log
    self.stopRequested = stopRequested
  }
}

/// Something the host or a plugin has to say.
public struct LogLine: Sendable, Equatable {
  /// How much it matters.
  public enum Level: Int, Sendable, Comparable, CaseIterable {
    /// Of use to whoever looks for a fault.
    case debug
    /// What goes as it should.
    case info
    /// Something that a person should look at.
    case warning
    /// Something is broken.
    case error

    /// Whether `left` matters less.
    public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
  }

  /// How much it matters.
  public var level: Level
  /// `host`, or the name of a plugin instance.
  public var source: String
  /// One line for people, without control characters.
  public var text: String

  /// A line.
  public init(_ level: Level, source: String = "host", _ text: String) {
    self.level = level
    self.source = source
    self.text = text
  }
}

/// Why a host could not be started: one sentence with the remedy.
public struct HostStartError: Error, Equatable, CustomStringConvertible {
  /// The sentence.
  public var description: String
  /// The configuration is at fault, or what was asked for, rather than the machine.
  public var isConfiguration: Bool

  /// An error.
  public init(_ description: String, isConfiguration: Bool = false) {
    self.description = description
    self.isConfiguration = isConfiguration
  }
}

/// How an orderly stop went.
public struct StopReport: Sendable, Equatable {
  /// One memory provider's part.
  public struct Provider: Sendable, Equatable {
    /// Name in the configuration.
    public var instance: String
    /// Turns acknowledged since the start.
    public var acknowledgedTurns: UInt64
    /// Turns that it will get after the next start.
    public var deferredTurns: UInt64
    /// Batches that wait for a person.
    public var parkedBatches: Int

    /// A row.
    public init(
      instance: String, acknowledgedTurns: UInt64, deferredTurns: UInt64, parkedBatches: Int
    ) {
      self.instance = instance
      self.acknowledgedTurns = acknowledgedTurns
      self.deferredTurns = deferredTurns
      self.parkedBatches = parkedBatches
    }
  }

  /// Everything that was accepted is in the journal, whatever the plugins did.
  public var isSafe: Bool
  /// Memory providers in the order of the configuration.
  public var providers: [Provider]
  /// What did not go as it should, one sentence each.
  public var problems: [String]

  /// A report.
  public init(isSafe: Bool = true, providers: [Provider] = [], problems: [String] = []) {
    self.isSafe = isSafe
    self.providers = providers
    self.problems = problems
  }
}
