/// What a port tells the host about its plugin.
public enum PluginReport: Sendable {
  /// `create` succeeded.
  case created(PluginTraits)
  /// The plugin cannot be used: it was refused, or `create` failed.
  case failed(PluginFault)
  /// The one answer to an operation. `hasReturned` is false while the callback still holds its
  /// thread.
  case answered(OperationID, PluginAnswer, hasReturned: Bool)
  /// A callback returned whose operation was over before.
  case returned(OperationID)
  /// The operation shows progress: a piece of a model's answer arrived.
  case progress(OperationID)
  /// All events submitted up to the one with this number are handled; `failures` of them failed.
  case handledEvents(through: UInt64, failures: Int)
  /// A message from a person; a receipt is due.
  case received(InboundMessage)
  /// Health of an account.
  case health(account: String, ChannelHealth, reason: String)
  /// An answer came for an operation that was over, and was refused.
  case staleAnswer(OperationID)
  /// Its tools are others now.
  case toolsChanged
  /// It says what it is at.
  case activity(ActivityReport)
  /// From now on it takes batches of so many sessions at once.
  case concurrentSessions(Int)
  /// `destroy` returned, or there was nothing to destroy.
  case destroyed
}

/// The answer to one operation.
public struct PluginAnswer: Sendable, Equatable {
  /// How it went.
  public var status: PluginStatus
  /// A result, or an explanation for people.
  public var text: String
  /// What a recall found.
  public var items: [RecallItem]
  /// Items of another scope that were refused.
  public var deniedItems = 0
  /// The tools that a plugin named.
  public var tools: [Tool] = []
  /// The calls that a model asks for; what it wrote is not the turn's answer then.
  public var requests: [ToolRequest] = []

  /// An answer.
  public init(_ status: PluginStatus, text: String = "", items: [RecallItem] = []) {
    self.status = status
    self.text = text
    self.items = items
  }
}

/// What a plugin turned out to offer once it was created.
public struct PluginTraits: Sendable, Equatable {
  /// Events it wants.
  public var events: EventKind = []
  /// Offers `holdfast.memory/1`.
  public var isMemory = false
  /// Where its memories go, as its note and its settings say; nil if that is not known.
  public var destination: String?
  /// Can take turns back.
  public var canWithdraw = false
  /// Can recall.
  public var canRecall = false
  /// Of so many sessions it takes batches at once, those of one session one after the other. A
  /// report changes it when it is seen how the plugin answers.
  public var concurrentSessions = 1
  /// Gives instructions.
  public var hasInstructions = false
  /// Offers `holdfast.model/1`.
  public var isModel = false
  /// Its answers may ask for tools: it offers `holdfast.model.tools/1`.
  public var callsTools = false
  /// Offers `holdfast.tools/1`.
  public var hasTools = false
  /// Offers `holdfast.channel/1`, with its limits.
  public var channel: ChannelTraits?

  /// Offers nothing.
  public init() {}
}

/// What a channel declares.
public struct ChannelTraits: Sendable, Equatable {
  /// How a text's length is counted.
  public enum Unit: UInt32, Sendable {
    /// Bytes of UTF-8.
    case bytes = 1
    /// Unicode scalar values.
    case characters = 2
    /// UTF-16 code units.
    case utf16 = 3
  }

  /// How a text's length is counted.
  public var unit = Unit.characters
  /// Longest text of one part, 0: no limit.
  public var maxLength = 0

  /// No limits.
  public init() {}
}

/// State of a channel's account.
public enum ChannelHealth: UInt32, Sendable {
  /// Not connected yet.
  case starting = 1
  /// Works.
  case connected = 2
  /// Does not work; it tries again.
  case degraded = 3
  /// Does not try any more.
  case stopped = 4
}

/// Why a plugin cannot be used: one sentence with the place and the remedy.
public struct PluginFault: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong, for programs.
  public enum Code: String, Sendable {
    /// Not an ELF shared library.
    case notLibrary = "not-a-library"
    /// Built for another processor.
    case architecture
    /// A library that it needs is missing.
    case dependency
    /// Exports no `hf_plugin_main`.
    case noEntry = "no-entry"
    /// Its entry returned nothing, or a table without a required function.
    case nullTable = "null-table"
    /// Built for another major version of the header.
    case abi
    /// Its note and its table disagree.
    case mismatch
    /// Others could have changed the file.
    case untrusted
    /// Not the file that was enabled.
    case changed
    /// Another plugin has the same id.
    case duplicate
    /// Its settings do not fit its schema.
    case configuration
    /// `create` failed or took too long.
    case create
    /// Requires an extension that this host lacks.
    case requirement
    /// No such file.
    case missing
    /// It has ended the host over and over again.
    case crashes
  }

  /// What is wrong, for programs.
  public var code: Code
  /// The sentence.
  public var description: String

  /// A fault.
  public init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}
