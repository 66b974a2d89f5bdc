import CHoldfast
import HoldfastCore

extension CallArena {
  /// Memory for a request that begins with a head, and the head filled in. Deadlines that are
  /// absent are 0.
  func request<Request>(
    _ type: Request.Type, _ context: CallContext, _ call: QueuedCall
  ) -> UnsafeMutablePointer<Request> {
    let request = make(type)
    let head = UnsafeMutableRawPointer(request).assumingMemoryBound(to: hf_head_t.self)
    head.pointee.size = UInt32(MemoryLayout<Request>.size)
    head.pointee.op = call.operation.value
    head.pointee.deadline_ns = call.deadline?.nanoseconds ?? 0
    fill(head, context)
    return request
  }

  private func fill(_ head: UnsafeMutablePointer<hf_head_t>, _ context: CallContext) {
    head.pointee.epoch = context.epoch
    head.pointee.turn_first = context.firstTurn
    head.pointee.turn_last = context.lastTurn
    if let session = context.session {
      head.pointee.session = session.number
      head.pointee.session_id = text(session.description)
    }
    if let parent = context.parent { head.pointee.parent_id = text(parent.description) }
    head.pointee.scope = text(context.scope.description)
    head.pointee.reason = text(context.reason)
    head.pointee.user = text(context.user)
    guard let key = context.key else { return }
    head.pointee.session_key = text(key.description)
    head.pointee.agent = text(key.agent)
    head.pointee.channel = text(key.channel)
    head.pointee.chat = text(key.chat)
    head.pointee.thread = text(key.thread)
    if context.user.isEmpty { head.pointee.user = text(key.user) }
  }
}
