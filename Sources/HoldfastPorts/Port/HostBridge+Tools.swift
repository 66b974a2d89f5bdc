import CHoldfast
import HoldfastCore

extension HostBridge {
  func toolsChanged() -> PluginStatus {
    report(.toolsChanged)
    return .ok
  }

  /// One tool of a list.
  func add(_ raw: UnsafePointer<hf_tool_t>, to operation: hf_op_t) -> PluginStatus {
    let source = raw.pointee
    guard source.size >= MemoryLayout<hf_tool_t>.size else { return .argument }
    var tool = Tool(name: "")
    do throws(Refusal) {
      tool.name = try copy(source.name, limit: ToolLimits.name)
      tool.purpose = try copy(source.description, limit: ToolLimits.purpose)
      tool.schema = try copy(source.schema, limit: ToolLimits.schema)
    } catch {
      return error.status
    }
    guard ToolCatalog.isName(tool.name) else { return .argument }
    guard ToolSchema(tool.schema) != nil else { return .malformed }
    tool.isReadOnly = source.flags & HF_TOOL_READ_ONLY != 0
    let status = operations.add(to: OperationID(operation)) { $0.add(tool) }
    return refused(status, as: status)
  }

  /// One call that a model asks for.
  func add(_ raw: UnsafePointer<hf_tool_request_t>, to operation: hf_op_t) -> PluginStatus {
    let source = raw.pointee
    guard source.size >= MemoryLayout<hf_tool_request_t>.size else { return .argument }
    var request = ToolRequest(name: "")
    do throws(Refusal) {
      request.id = try copy(source.id, limit: ToolLimits.id)
      request.name = try copy(source.name, limit: PortLimits.name)
      request.arguments = try copy(source.arguments, limit: ToolLimits.arguments)
    } catch {
      return error.status
    }
    guard !request.name.isEmpty else { return .argument }
    let status = operations.add(to: OperationID(operation)) { $0.add(request) }
    return refused(status, as: status)
  }

  private func copy(_ raw: hf_str_t, limit: Int) throws(Refusal) -> String {
    do {
      return try InboundMessage.text(raw, limit: limit)
    } catch {
      if error.status == .malformed { count(\.malformedTexts) }
      throw error
    }
  }
}
