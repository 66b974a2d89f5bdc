/// Offers functions that a model may call.
///
/// Everything is synchronous, on a thread that the host calls from: with `Concurrency.readWrite` on
/// the one for reading, so that a call runs beside events and retains. Whoever also remembers
/// conforms to `MemoryProvider` as well.
public protocol ToolProvider: Plugin {
  /// The tools of now; after `PluginHost.toolsChanged` the host asks again.
  func tools() throws -> [Tool]

  /// Does the work of one call. The arguments have what the tool's schema requires. The host never
  /// makes the same call twice. The reason of a `PluginError` is read by the model.
  /// - Returns: the result, text for the model, at most 256 KiB.
  func call(_ call: ToolCall) throws -> String
}

/// A function that a model may call.
public struct Tool: Sendable {
  /// Letters, digits, `_` and `-`. A model sees it with the instance's name before it.
  public var name: String
  /// What it is for, in words for the model.
  public var purpose: String
  /// JSON Schema of its arguments, one object; empty for an object of any content.
  public var schema: String
  /// Changes nothing, whatever its arguments are.
  public var isReadOnly: Bool

  /// A tool.
  public init(name: String, purpose: String, schema: String = "", isReadOnly: Bool = false) {
    self.name = name
    self.purpose = purpose
    self.schema = schema
    self.isReadOnly = isReadOnly
  }
}

/// One call of a tool. A copy: it may be kept.
public struct ToolCall: Sendable {
  /// The session that asks; nothing outside of its scope may be answered.
  public var head: Head
  /// UUID of this call.
  public var key: String
  /// Name of the tool, without the instance.
  public var name: String
  /// One JSON object.
  public var arguments: String
  /// The same, flattened: nested names joined with dots, places in lists counted from 0.
  public var values: [String: String]

  /// A call made by hand, for tests.
  public init(
    head: Head, key: String, name: String, arguments: String = "{}", values: [String: String] = [:]
  ) {
    self.head = head
    self.key = key
    self.name = name
    self.arguments = arguments
    self.values = values
  }

  /// An argument as text, or nil if it was not given.
  public subscript(argument: String) -> String? { values[argument] }
}
