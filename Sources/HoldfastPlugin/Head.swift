internal import CHoldfast

/// What every event and every request is about. A copy: it may be kept.
public struct Head: Sendable {
  /// What an answer that comes later names; 0 if nothing is to be answered.
  public var operation: UInt64 = 0
  /// Strictly increasing per session and plugin; 0 for requests.
  public var sequence: UInt64 = 0
  /// On the host's monotonic clock, in nanoseconds; 0 means none.
  public var deadlineNanoseconds: UInt64 = 0
  /// Of the session key.
  public var epoch: UInt64 = 0
  /// First and last turn that this is about; 0 if none.
  public var turns: (first: UInt64, last: UInt64) = (0, 0)
  /// True when the host delivers an event again after a restart.
  public var isRedelivered = false
  /// One conversation.
  public var sessionID = ""
  /// The place where conversations happen.
  public var sessionKey = ""
  /// The session this one came from; empty if none.
  public var parentID = ""
  /// Whose memories these are; recall never crosses it.
  public var scope = ""
  /// The agent's name.
  public var agent = ""
  /// Instance of the channel.
  public var channel = ""
  /// Conversation within the channel.
  public var chat = ""
  /// Thread within the chat; empty if none.
  public var thread = ""
  /// Id of the person.
  public var user = ""
  /// Of a switch, an end or a flush.
  public var reason = ""

  /// An empty head, for tests.
  public init() {}

  init(_ head: UnsafePointer<hf_head_t>) {
    operation = head.pointee.op
    sequence = head.pointee.seq
    deadlineNanoseconds = head.pointee.deadline_ns
    epoch = head.pointee.epoch
    turns = (head.pointee.turn_first, head.pointee.turn_last)
    isRedelivered = head.pointee.flags & UInt32(HF_FLAG_REDELIVERED) != 0
    sessionID = string(head.pointee.session_id)
    sessionKey = string(head.pointee.session_key)
    parentID = string(head.pointee.parent_id)
    scope = string(head.pointee.scope)
    agent = string(head.pointee.agent)
    channel = string(head.pointee.channel)
    chat = string(head.pointee.chat)
    thread = string(head.pointee.thread)
    user = string(head.pointee.user)
    reason = string(head.pointee.reason)
  }
}
