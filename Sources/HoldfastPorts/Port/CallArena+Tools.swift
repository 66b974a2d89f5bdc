import CHoldfast
import HoldfastCore

extension CallArena {
  func tool(_ request: ToolCall, _ call: QueuedCall) -> UnsafePointer<hf_tool_call_t> {
    let tool = self.request(hf_tool_call_t.self, request.context, call)
    tool.pointee.key = text(uuidV5(name: request.key))
    tool.pointee.name = text(request.name)
    tool.pointee.arguments = text(request.arguments)
    let pairs = ToolArguments.pairs(request.arguments)
    tool.pointee.pairs = self.pairs(pairs)
    tool.pointee.pair_count = UInt64(pairs.count)
    return UnsafePointer(tool)
  }

  func respondWithTools(
    _ request: ModelRequest, _ call: QueuedCall
  ) -> UnsafePointer<hf_model_tools_request_t> {
    let raw = self.request(hf_model_tools_request_t.self, request.context, call)
    let model = UnsafeMutableRawPointer(raw).assumingMemoryBound(to: hf_model_request_t.self)
    fill(model, request, request.messages)
    let tools = make(hf_tool_t.self, count: request.tools.count)
    for (place, tool) in request.tools.enumerated() { fill(tools + place, tool) }
    raw.pointee.tools = UnsafePointer(tools)
    raw.pointee.tool_count = UInt64(request.tools.count)
    let uses = make(hf_tool_use_t.self, count: request.uses.count)
    for (place, use) in request.uses.enumerated() { fill(uses + place, use) }
    raw.pointee.uses = UnsafePointer(uses)
    raw.pointee.use_count = UInt64(request.uses.count)
    raw.pointee.rounds_left = UInt32(clamping: request.roundsLeft)
    return UnsafePointer(raw)
  }

  private func fill(_ raw: UnsafeMutablePointer<hf_tool_t>, _ tool: Tool) {
    raw.pointee.size = UInt32(MemoryLayout<hf_tool_t>.size)
    raw.pointee.flags = tool.isReadOnly ? HF_TOOL_READ_ONLY : 0
    raw.pointee.name = text(tool.name)
    raw.pointee.description = text(tool.purpose)
    raw.pointee.schema = text(tool.schema)
  }

  private func fill(_ raw: UnsafeMutablePointer<hf_tool_use_t>, _ use: ToolUse) {
    raw.pointee.size = UInt32(MemoryLayout<hf_tool_use_t>.size)
    raw.pointee.round = UInt32(clamping: use.round)
    raw.pointee.status = use.status.rawValue
    raw.pointee.id = text(use.request.id)
    raw.pointee.name = text(use.request.name)
    raw.pointee.arguments = text(use.request.arguments)
    raw.pointee.result = text(use.result)
    raw.pointee.said = text(use.said)
  }
}
