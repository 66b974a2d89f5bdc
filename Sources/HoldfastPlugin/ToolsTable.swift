internal import CHoldfast

/// The C table of `holdfast.tools/1`, the same for every provider of tools: `self` of each call is
/// an `Instance`.
enum ToolsTable {
  /// `nonisolated(unsafe)` is safe: written once, before anybody can read it, and constant then.
  nonisolated(unsafe) static let address: UnsafeRawPointer = {
    let tools = zeroed(MemoryLayout<hf_tools_t>.size).assumingMemoryBound(to: hf_tools_t.self)
    tools.pointee.size = UInt32(MemoryLayout<hf_tools_t>.size)
    tools.pointee.list = { @Sendable this, head in
      Instance.call(this) { instance in
        for tool in try instance.tools() {
          try instance.give(tool, to: head.pointee.op)
        }
        return .ok
      }
    }
    tools.pointee.call = { @Sendable this, call in
      Instance.call(this) { instance in
        let head = UnsafeRawPointer(call).assumingMemoryBound(to: hf_head_t.self)
        if let provider = instance.plugin as? any AsynchronousToolProvider {
          let answer = Answer(instance.host, head.pointee.op)
          provider.call(ToolCall(call, head), answer)
          return .pending
        }
        let result = try instance.toolProvider().call(ToolCall(call, head))
        if instance.host.give(result: result, to: head.pointee.op) == .tooLarge {
          throw PluginError.tooLarge("the result is over 256 KiB")
        }
        return .ok
      }
    }
    return UnsafeRawPointer(tools)
  }()
}

extension Instance {
  func toolProvider() throws -> any ToolProvider {
    guard let provider = plugin as? any ToolProvider else {
      throw PluginError.unsupported("this plugin has no tools")
    }
    return provider
  }

  func tools() throws -> [Tool] {
    if let provider = plugin as? any AsynchronousToolProvider { return try provider.tools() }
    return try toolProvider().tools()
  }

  var hasTools: Bool {
    plugin is any ToolProvider || plugin is any AsynchronousToolProvider
  }

  /// A tool that the host does not take is a mistake of the plugin's author, who is told.
  func give(_ tool: Tool, to operation: UInt64) throws {
    let status = host.give(tool, to: operation)
    guard status != .ok, status != .stale else { return }
    throw PluginError.failed(
      "the host does not take the tool “\(tool.name)” (status \(status.rawValue)); "
        + "look at its name, its schema and their sizes")
  }
}

extension ToolCall {
  init(_ call: UnsafePointer<hf_tool_call_t>, _ head: UnsafePointer<hf_head_t>) {
    self.init(
      head: Head(head), key: string(call.pointee.key), name: string(call.pointee.name),
      arguments: string(call.pointee.arguments),
      values: Configuration.values(call.pointee.pairs, call.pointee.pair_count))
  }
}
