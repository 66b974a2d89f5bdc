/// A tool as its plugin describes it.
public struct Tool: Sendable, Equatable {
  /// As the plugin names it; a model sees it with the instance before it.
  public var name: String
  /// What it is for, in words for the model.
  public var purpose: String
  /// JSON Schema of its arguments, one object; empty for an object of any content.
  public var schema: String
  /// Changes nothing, whatever its arguments are.
  public var isReadOnly: Bool

  /// A tool.
  public init(name: String, purpose: String = "", schema: String = "", isReadOnly: Bool = false) {
    self.name = name
    self.purpose = purpose
    self.schema = schema
    self.isReadOnly = isReadOnly
  }
}

/// A call that a model asks for, as it was asked for.
public struct ToolRequest: Sendable, Equatable {
  /// The model's own name for the call; may be empty.
  public var id: String
  /// Full name of the tool.
  public var name: String
  /// Meant to be one JSON object; empty for none.
  public var arguments: String

  /// A request.
  public init(id: String = "", name: String, arguments: String = "") {
    self.id = id
    self.name = name
    self.arguments = arguments
  }
}

/// A call of a running turn, with what came of it.
public struct ToolUse: Sendable, Equatable {
  /// What the model asked for.
  public var request: ToolRequest
  /// From 1: which answer of the model asked for it.
  public var round: Int
  /// `pending` until it came to its end.
  public var status: PluginStatus
  /// What the tool answered, or why it did not, for the model.
  public var result: String
  /// What the model wrote before it asked, with the first call of a round.
  public var said: String

  /// A call without an end.
  public init(_ request: ToolRequest, round: Int, said: String = "") {
    self.request = request
    self.round = round
    self.said = said
    status = .pending
    result = ""
  }
}

/// What the host asks a plugin to do for a model.
public struct ToolCall: Sendable {
  /// The session that asks; nothing outside its scope may be answered.
  public var context: CallContext
  /// Names the call for ever; its UUIDv5 goes to the plugin.
  public var key: String
  /// As the plugin names it.
  public var name: String
  /// One JSON object that fits the tool's schema.
  public var arguments: String

  /// A call.
  public init(context: CallContext, key: String, name: String, arguments: String) {
    self.context = context
    self.key = key
    self.name = name
    self.arguments = arguments
  }
}

/// Bounds on tools, as the header has them.
public enum ToolLimits {
  /// Longest name that a model sees, in bytes.
  public static let name = 64
  /// Longest description, in bytes.
  public static let purpose = 4096
  /// Largest schema, in bytes.
  public static let schema = 64 << 10
  /// Tools of one plugin.
  public static let tools = 128
  /// Longest id of a call, in bytes.
  public static let id = 256
  /// Largest arguments of a call, in bytes.
  public static let arguments = 64 << 10
  /// Calls of one answer.
  public static let calls = 16
  /// Largest result of a call, in bytes.
  public static let result = 256 << 10
  /// Most that a turn keeps of its calls, in bytes of arguments and results.
  public static let turn = 1 << 20
}
