import CHoldfast
import HoldfastCore

/// Why a message was not taken.
struct Refusal: Error {
  var status: PluginStatus
}

extension InboundMessage {
  /// A checked copy of what a channel hands over.
  static func copy(of raw: UnsafePointer<hf_inbound_t>) -> Result<InboundMessage, Refusal> {
    let source = raw.pointee
    guard source.size >= MemoryLayout<hf_inbound_t>.size,
      let kind = source.chat_kind == HF_CHAT_DM
        ? ChatKind.direct : source.chat_kind == HF_CHAT_GROUP ? .group : nil
    else { return .failure(Refusal(status: .argument)) }
    var message = InboundMessage()
    message.token = source.token
    message.kind = kind
    message.isFromBot = source.from_bot != 0
    message.isMention = source.mentioned != 0
    message.sent = WallTime(milliseconds: source.sent_ms)
    do throws(Refusal) {
      message.account = try text(source.account)
      message.messageID = try text(source.message_id)
      message.chat = try text(source.chat)
      message.thread = try text(source.thread)
      message.title = try text(source.title)
      message.user = try text(source.user)
      message.userName = try text(source.user_name)
      message.replyTo = try text(source.reply_to)
      message.text = try text(source.text, limit: PortLimits.text)
    } catch {
      return .failure(error)
    }
    guard !message.messageID.isEmpty, !message.chat.isEmpty else {
      return .failure(Refusal(status: .argument))
    }
    return .success(message)
  }

  static func text(
    _ raw: hf_str_t, limit: Int = PortLimits.name
  ) throws(Refusal) -> String {
    guard raw.len <= UInt64(limit) else { throw Refusal(status: .tooLarge) }
    guard raw.ptr != nil || raw.len == 0 else { throw Refusal(status: .argument) }
    guard let text = raw.string else { throw Refusal(status: .malformed) }
    return text
  }
}
