internal import CHoldfast

/// What the host offers an instance. Every function but `explain` may be called from any thread,
/// until the instance's `stop` has returned.
///
/// `@unchecked Sendable` is safe: the tables behind the pointers are constant, live as long as the
/// instance, and the host allows any thread to call them.
public final class PluginHost: @unchecked Sendable {
  /// Importance of a line in the host's log.
  public enum LogLevel: Int32, Sendable {
    /// Something failed.
    case error = 1
    /// Something is about to fail, or was given up.
    case warning = 2
    /// Worth knowing.
    case info = 3
    /// For the author of the plugin.
    case debug = 4
  }

  private let host: UnsafePointer<hf_host_t>
  private let memory: UnsafePointer<hf_host_memory_t>?
  private let tools: UnsafePointer<hf_host_tools_t>?

  init(_ host: UnsafePointer<hf_host_t>) {
    self.host = host
    memory = withBorrowed(HF_HOST_MEMORY_ID) { id in
      host.pointee.service(host.pointee.ctx, id)?.assumingMemoryBound(to: hf_host_memory_t.self)
    }
    tools = withBorrowed(HF_HOST_TOOLS_ID) { id in
      host.pointee.service(host.pointee.ctx, id)?.assumingMemoryBound(to: hf_host_tools_t.self)
    }
  }

  /// Adds a line to the host's log. Never message texts or secrets. Dropped when there are too
  /// many.
  public func log(_ level: LogLevel, _ text: String) {
    _ = withBorrowed(text) { host.pointee.log(host.pointee.ctx, level.rawValue, $0) }
  }

  /// Answers an operation that was left pending.
  /// - Returns: `.ok`, or `.stale` if the answer came too late or was the second one.
  @discardableResult
  public func complete(_ operation: UInt64, _ status: Status, _ text: String = "") -> Status {
    withBorrowed(text) {
      Status(rawValue: host.pointee.complete(host.pointee.ctx, operation, status.rawValue, $0))
    }
  }

  /// False once nobody waits for the operation any more.
  public func isWanted(_ operation: UInt64) -> Bool {
    host.pointee.wanted(host.pointee.ctx, operation) == HF_OK
  }

  /// Says why the call in progress is about to fail. Thrown errors are explained without it. Only
  /// on the thread of that call.
  public func explain(_ text: String) {
    _ = withBorrowed(text) { host.pointee.explain(host.pointee.ctx, $0) }
  }

  /// The clock that deadlines are given in, in nanoseconds.
  public var nowNanoseconds: UInt64 { host.pointee.now_ns(host.pointee.ctx) }

  /// Gives one result of a recall that was left pending.
  /// - Returns: `.ok`; `.stale` when it is not wanted any more; another failure if it is dropped.
  public func give(_ item: RecalledItem, to operation: UInt64) -> Status {
    guard let memory else { return .unsupported }
    return withBorrowed(item.text) { text in
      withBorrowed(item.sessionID) { session in
        withBorrowed(item.scope) { scope in
          var raw = hf_recall_item_t()
          raw.size = UInt32(MemoryLayout<hf_recall_item_t>.size)
          raw.score = item.score
          raw.time_ms = item.timeMilliseconds
          raw.text = text
          raw.session_id = session
          raw.scope = scope
          raw.turn_first = item.turns.first
          raw.turn_last = item.turns.last
          return Status(rawValue: memory.pointee.recall_item(host.pointee.ctx, operation, &raw))
        }
      }
    }
  }

  /// Says that `ToolProvider.tools` answers something else now.
  public func toolsChanged() { _ = tools?.pointee.changed(host.pointee.ctx) }

  func give(_ tool: Tool, to operation: UInt64) -> Status {
    guard let tools else { return .unsupported }
    return withBorrowed(tool.name) { name in
      withBorrowed(tool.purpose) { purpose in
        withBorrowed(tool.schema) { schema in
          var raw = hf_tool_t()
          raw.size = UInt32(MemoryLayout<hf_tool_t>.size)
          raw.flags = tool.isReadOnly ? UInt32(HF_TOOL_READ_ONLY) : 0
          raw.name = name
          raw.description = purpose
          raw.schema = schema
          return Status(rawValue: tools.pointee.tool(host.pointee.ctx, operation, &raw))
        }
      }
    }
  }

  func give(result: String, to operation: UInt64) -> Status {
    guard let tools else { return .unsupported }
    return withBorrowed(result) {
      Status(rawValue: tools.pointee.result(host.pointee.ctx, operation, $0))
    }
  }
}
