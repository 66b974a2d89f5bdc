import CHoldfast
import HoldfastCore

extension CallArena {
  func send(_ request: SendRequest, _ call: QueuedCall) -> UnsafePointer<hf_send_t> {
    let part = self.request(hf_send_t.self, request.context, call)
    let reply = request.reply
    part.pointee.key = text(uuidV5(name: request.key))
    part.pointee.account = text(reply.account)
    part.pointee.chat = text(reply.key.chat)
    part.pointee.thread = text(reply.key.thread)
    part.pointee.reply_to = text(reply.replyTo)
    part.pointee.text = text(reply.text)
    part.pointee.part = UInt32(clamping: reply.part)
    part.pointee.part_count = UInt32(clamping: reply.partCount)
    part.pointee.repeated = request.isRepeated ? 1 : 0
    part.pointee.notice = reply.isNotice ? 1 : 0
    return UnsafePointer(part)
  }

  func receipt(_ queued: QueuedReceipt) -> UnsafePointer<hf_receipt_t> {
    let receipt = make(hf_receipt_t.self)
    receipt.pointee.size = UInt32(MemoryLayout<hf_receipt_t>.size)
    receipt.pointee.token = queued.token
    receipt.pointee.message_id = text(queued.messageID)
    switch queued.receipt {
    case .accepted: receipt.pointee.status = HF_OK
    case .duplicate: receipt.pointee.status = PluginStatus.duplicate.rawValue
    case .busy(let delay):
      receipt.pointee.status = PluginStatus.busy.rawValue
      receipt.pointee.retry_after_ms = delay.milliseconds
    case .rejected(let status, let reason):
      receipt.pointee.status = status.rawValue
      receipt.pointee.text = text(reason)
    }
    return UnsafePointer(receipt)
  }

  func respond(_ request: ModelRequest, _ call: QueuedCall) -> UnsafePointer<hf_model_request_t> {
    let model = self.request(hf_model_request_t.self, request.context, call)
    // Tools are nothing to a model that cannot call them.
    fill(model, request, request.messages.filter { $0.role != .tool })
    return UnsafePointer(model)
  }

  func fill(
    _ model: UnsafeMutablePointer<hf_model_request_t>, _ request: ModelRequest,
    _ said: [PromptMessage]
  ) {
    model.pointee.purpose = request.purpose.rawValue
    model.pointee.max_chars = UInt32(clamping: request.maxCharacters)
    model.pointee.instructions = text(request.instructions)
    model.pointee.recall_block = text(request.recallBlock)
    let recalled = make(hf_recall_item_t.self, count: request.recalled.count)
    for (place, item) in request.recalled.enumerated() { fill(recalled + place, item) }
    model.pointee.recalled = UnsafePointer(recalled)
    model.pointee.recalled_count = UInt64(request.recalled.count)
    let messages = make(hf_message_t.self, count: said.count)
    for (place, one) in said.enumerated() {
      message(messages + place, one.role.rawValue, one.text, name: one.name, time: one.time)
    }
    model.pointee.messages = UnsafePointer(messages)
    model.pointee.message_count = UInt64(said.count)
  }

  private func fill(_ raw: UnsafeMutablePointer<hf_recall_item_t>, _ item: RecallItem) {
    raw.pointee.size = UInt32(MemoryLayout<hf_recall_item_t>.size)
    raw.pointee.score = item.score
    raw.pointee.time_ms = item.time?.milliseconds ?? 0
    raw.pointee.text = text(item.text)
    if let session = item.session { raw.pointee.session_id = text(session.description) }
    raw.pointee.scope = text(item.scope.description)
    raw.pointee.turn_first = item.firstTurn
    raw.pointee.turn_last = item.lastTurn
  }
}
