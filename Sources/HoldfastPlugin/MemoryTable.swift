internal import CHoldfast

/// The C table of `holdfast.memory/1`, the same for every memory provider: `self` of each call is
/// an `Instance`.
enum MemoryTable {
  /// `nonisolated(unsafe)` is safe: written once, before anybody can read it, and constant then.
  nonisolated(unsafe) static let address: UnsafeRawPointer = {
    let memory = zeroed(MemoryLayout<hf_memory_t>.size).assumingMemoryBound(to: hf_memory_t.self)
    memory.pointee.size = UInt32(MemoryLayout<hf_memory_t>.size)
    memory.pointee.retain = { @Sendable this, batch in
      Instance.call(this) { try $0.retain(RetainBatch(batch)) }
    }
    memory.pointee.withdraw = { @Sendable this, request in
      Instance.call(this) { try $0.withdraw(Withdrawal(request)) }
    }
    memory.pointee.recall = { @Sendable this, request in
      Instance.call(this) { try $0.recall(RecallRequest(request)) }
    }
    memory.pointee.instructions = { @Sendable this, head in
      Instance.call(this) { instance in
        guard let provider = instance.plugin as? any MemoryProvider,
          let text = try provider.instructions(Head(head))
        else { return .ok }
        instance.host.complete(head.pointee.op, .ok, text)
        return .pending
      }
    }
    return UnsafeRawPointer(memory)
  }()
}

extension Instance {
  func memory() throws -> any MemoryProvider {
    guard let provider = plugin as? any MemoryProvider else {
      throw PluginError.unsupported("this plugin is no memory provider")
    }
    return provider
  }

  private func later() -> (any AsynchronousMemoryProvider)? {
    plugin as? any AsynchronousMemoryProvider
  }

  func retain(_ batch: RetainBatch) throws -> Status {
    if let provider = later() {
      provider.retain(batch, Answer(host, batch.head.operation))
      return .pending
    }
    try memory().retain(batch)
    return .ok
  }

  func withdraw(_ withdrawal: Withdrawal) throws -> Status {
    if let provider = later() {
      provider.withdraw(withdrawal, Answer(host, withdrawal.head.operation))
      return .pending
    }
    try memory().withdraw(withdrawal)
    return .ok
  }

  func recall(_ request: RecallRequest) throws -> Status {
    if let provider = later() {
      provider.recall(request, Answer(host, request.head.operation))
      return .pending
    }
    give(try memory().recall(request), to: request.head.operation)
    return .ok
  }

  /// A prefetch is an event to the host and a question to a provider.
  func prefetch(_ event: UnsafePointer<hf_event_prefetch_t>) throws -> Status {
    let head = UnsafeRawPointer(event).assumingMemoryBound(to: hf_head_t.self)
    let request = RecallRequest(
      head: Head(head), query: string(event.pointee.query),
      maximumItems: Int(event.pointee.max_items),
      maximumCharacters: Int(event.pointee.max_chars))
    if let provider = later() {
      provider.prefetch(request, Answer(host, request.head.operation))
    } else {
      give(try memory().prefetch(request), to: head.pointee.op)
      host.complete(head.pointee.op, .ok)
    }
    return .pending
  }

  /// Until the host wants no more.
  private func give(_ items: [RecalledItem], to operation: UInt64) {
    for item in items where host.give(item, to: operation) == .stale { return }
  }
}

extension RetainBatch {
  init(_ batch: UnsafePointer<hf_retain_t>) {
    let head = UnsafeRawPointer(batch).assumingMemoryBound(to: hf_head_t.self)
    self.init(
      head: Head(head), key: string(batch.pointee.key),
      documentID: string(batch.pointee.document_id), turns: Self.turns(batch))
    if let start = batch.pointee.tags {
      tags = (0..<Int(batch.pointee.tag_count)).map { index in
        let address = UnsafeRawPointer(start) + index * MemoryLayout<hf_str_t>.stride
        return string(address.assumingMemoryBound(to: hf_str_t.self).pointee)
      }
    }
    metadata = pairs(batch.pointee.metadata, batch.pointee.metadata_count)
    attempt = batch.pointee.attempt
    isRepeated = batch.pointee.repeated == 1
  }

  private static func turns(_ batch: UnsafePointer<hf_retain_t>) -> [Turn] {
    guard let start = batch.pointee.turns else { return [] }
    return (0..<Int(batch.pointee.turn_count)).map { index in
      let address = UnsafeRawPointer(start) + index * MemoryLayout<hf_turn_t>.stride
      let turn = address.assumingMemoryBound(to: hf_turn_t.self)
      return Turn(index: turn.pointee.index, messages: messages(turn))
    }
  }

  private static func messages(_ turn: UnsafePointer<hf_turn_t>) -> [Message] {
    guard let start = turn.pointee.messages else { return [] }
    return (0..<Int(turn.pointee.message_count)).map { index in
      let address = UnsafeRawPointer(start) + index * MemoryLayout<hf_message_t>.stride
      let message = address.assumingMemoryBound(to: hf_message_t.self)
      return Message(
        role: Message.Role(rawValue: message.pointee.role), text: string(message.pointee.text),
        timeMilliseconds: message.pointee.time_ms, name: string(message.pointee.name))
    }
  }
}

extension Withdrawal {
  init(_ request: UnsafePointer<hf_withdraw_t>) {
    let head = UnsafeRawPointer(request).assumingMemoryBound(to: hf_head_t.self)
    self.init(
      head: Head(head), key: string(request.pointee.key),
      documentID: string(request.pointee.document_id), entries: [])
    guard let start = request.pointee.withdrawals else { return }
    entries = (0..<Int(request.pointee.withdrawal_count)).map { index in
      let address = UnsafeRawPointer(start) + index * MemoryLayout<hf_withdrawal_t>.stride
      let entry = address.assumingMemoryBound(to: hf_withdrawal_t.self)
      return Entry(
        turn: entry.pointee.turn, batch: (entry.pointee.batch_first, entry.pointee.batch_last),
        batchKey: string(entry.pointee.batch_key))
    }
  }
}

extension RecallRequest {
  init(_ request: UnsafePointer<hf_recall_t>) {
    let head = UnsafeRawPointer(request).assumingMemoryBound(to: hf_head_t.self)
    self.init(
      head: Head(head), query: string(request.pointee.query),
      maximumItems: Int(request.pointee.max_items),
      maximumCharacters: Int(request.pointee.max_chars))
  }
}
