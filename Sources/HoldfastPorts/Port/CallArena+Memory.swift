import CHoldfast
import HoldfastCore

extension CallArena {
  func retain(_ request: RetainRequest, _ call: QueuedCall) -> UnsafePointer<hf_retain_t> {
    let batch = self.request(hf_retain_t.self, request.context, call)
    batch.pointee.key = text(uuidV5(name: request.key))
    batch.pointee.document_id = text(request.cut.document)
    let turns = make(hf_turn_t.self, count: request.turns.count)
    for (place, turn) in request.turns.enumerated() { fill(turns + place, turn) }
    batch.pointee.turns = UnsafePointer(turns)
    batch.pointee.turn_count = UInt64(request.turns.count)
    let tags = make(hf_str_t.self, count: request.cut.tags.count)
    for (place, tag) in request.cut.tags.enumerated() { (tags + place).pointee = text(tag) }
    batch.pointee.tags = UnsafePointer(tags)
    batch.pointee.tag_count = UInt64(request.cut.tags.count)
    batch.pointee.metadata = pairs(request.metadata)
    batch.pointee.metadata_count = UInt64(request.metadata.count)
    batch.pointee.attempt = UInt32(clamping: request.attempt)
    batch.pointee.repeated = request.cut.isUnknown || request.attempt > 1 ? 1 : 0
    return UnsafePointer(batch)
  }

  func withdraw(_ request: WithdrawRequest, _ call: QueuedCall) -> UnsafePointer<hf_withdraw_t> {
    let withdraw = self.request(hf_withdraw_t.self, request.context, call)
    withdraw.pointee.key = text(uuidV5(name: request.key))
    withdraw.pointee.document_id = text(request.document)
    let turns = make(hf_withdrawal_t.self, count: request.turns.count)
    for (place, turn) in request.turns.enumerated() {
      let entry = turns + place
      entry.pointee.turn = turn.turn
      entry.pointee.batch_first = turn.cut?.turns.first ?? 0
      entry.pointee.batch_last = turn.cut?.turns.last ?? 0
      if !turn.key.isEmpty { entry.pointee.batch_key = text(uuidV5(name: turn.key)) }
    }
    withdraw.pointee.withdrawals = UnsafePointer(turns)
    withdraw.pointee.withdrawal_count = UInt64(request.turns.count)
    return UnsafePointer(withdraw)
  }

  func recall(_ request: RecallRequest, _ call: QueuedCall) -> UnsafePointer<hf_recall_t> {
    let recall = self.request(hf_recall_t.self, request.context, call)
    recall.pointee.query = text(request.query)
    recall.pointee.max_items = UInt32(clamping: request.maxItems)
    recall.pointee.max_chars = UInt32(clamping: request.maxCharacters)
    return UnsafePointer(recall)
  }

  func head(_ context: CallContext, _ call: QueuedCall) -> UnsafePointer<hf_head_t> {
    UnsafePointer(request(hf_head_t.self, context, call))
  }

  func pairs(_ list: [(key: String, value: String)]) -> UnsafePointer<hf_pair_t> {
    let pairs = make(hf_pair_t.self, count: list.count)
    for (place, pair) in list.enumerated() {
      (pairs + place).pointee.key = text(pair.key)
      (pairs + place).pointee.value = text(pair.value)
    }
    return UnsafePointer(pairs)
  }

  func message(
    _ message: UnsafeMutablePointer<hf_message_t>, _ role: UInt32, _ content: String,
    name: String, time: WallTime
  ) {
    message.pointee.size = UInt32(MemoryLayout<hf_message_t>.size)
    message.pointee.role = role
    message.pointee.time_ms = time.milliseconds
    message.pointee.text = text(content)
    message.pointee.name = text(name)
  }

  /// A turn is what the person said, what tools answered the model and what the agent answered.
  private func fill(_ turn: UnsafeMutablePointer<hf_turn_t>, _ record: TurnRecord) {
    let messages = make(hf_message_t.self, count: record.messageCount)
    message(
      messages, HF_ROLE_USER, record.userText, name: record.userName, time: record.started)
    for (place, use) in record.tools.enumerated() {
      message(
        messages + place + 1, HF_ROLE_TOOL, use.result, name: use.request.name,
        time: record.finished)
    }
    message(
      messages + record.messageCount - 1, HF_ROLE_ASSISTANT, record.answerText, name: "",
      time: record.finished)
    turn.pointee.size = UInt32(MemoryLayout<hf_turn_t>.size)
    turn.pointee.index = record.index
    turn.pointee.messages = UnsafePointer(messages)
    turn.pointee.message_count = UInt64(record.messageCount)
  }
}
