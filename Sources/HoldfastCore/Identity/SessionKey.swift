/// Whether a conversation is between two or among many.
public enum ChatKind: String, Sendable, Hashable {
  /// One person and the agent.
  case direct = "dm"
  /// Several people and the agent.
  case group
}

/// The stable name of a place where a conversation happens:
/// `<agent>:<channel>:<dm|group>:<chat>[:<thread>][:<user>]`, each part percent-encoded.
///
/// A key points to exactly one current session. With a user and no thread the thread's part is
/// there and empty, so that the two cannot be taken for each other.
public struct SessionKey: Hashable, Sendable, CustomStringConvertible {
  /// The agent that answers here.
  public var agent: String { parts.agent }
  /// Instance of the channel plugin.
  public var channel: String { parts.channel }
  /// Between two or among many.
  public var kind: ChatKind { parts.kind }
  /// Id of the conversation on the channel.
  public var chat: String { parts.chat }
  /// Id of the thread within the chat, or empty.
  public var thread: String { parts.thread }
  /// Id of the person, where each has a session of their own; else empty.
  public var user: String { parts.user }
  /// The encoded form; equal keys have equal text.
  public var description: String { parts.description }
  /// Every record and event of a conversation has its key: one reference is copied, not six texts.
  private let parts: Parts

  /// What keys of one text share.
  private final class Parts: Sendable {
    let agent: String
    let channel: String
    let kind: ChatKind
    let chat: String
    let thread: String
    let user: String
    let description: String
    /// Follows from `description`, which would take longer to hash each time.
    let fingerprint: Int

    init(
      agent: String, channel: String, kind: ChatKind, chat: String, thread: String, user: String
    ) {
      self.agent = agent
      self.channel = channel
      self.kind = kind
      self.chat = chat
      self.thread = thread
      self.user = user
      var text = percentEncoded(agent)
      for part in [channel, kind.rawValue, chat] { text += ":" + percentEncoded(part) }
      if !thread.isEmpty || !user.isEmpty { text += ":" + percentEncoded(thread) }
      if !user.isEmpty { text += ":" + percentEncoded(user) }
      description = text
      fingerprint = text.hashValue
    }
  }

  /// Names a place by its parts.
  public init(
    agent: String, channel: String, kind: ChatKind, chat: String, thread: String = "",
    user: String = ""
  ) {
    parts = Parts(
      agent: agent, channel: channel, kind: kind, chat: chat, thread: thread, user: user)
  }

  /// What the keys of all places between two have in common that are this agent's on this channel.
  public var personPrefix: String {
    [agent, channel, ChatKind.direct.rawValue].map(percentEncoded).joined(separator: ":")
  }

  /// Parses the encoded form; nil if it is not one.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard (4...6).contains(parts.count) else { return nil }
    let plain = parts.compactMap { percentDecoded($0) }
    guard plain.count == parts.count, let kind = ChatKind(rawValue: plain[2]) else { return nil }
    self.init(
      agent: plain[0], channel: plain[1], kind: kind, chat: plain[3],
      thread: plain.count > 4 ? plain[4] : "", user: plain.count > 5 ? plain[5] : "")
  }

  /// Whether both name the same.
  public static func == (left: SessionKey, right: SessionKey) -> Bool {
    left.parts === right.parts
      || left.parts.fingerprint == right.parts.fingerprint
        && left.parts.description == right.parts.description
  }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) { hasher.combine(parts.fingerprint) }
}

extension SessionKey: TableKey {
  /// Differs from run to run, so that nobody can choose chats whose keys collide.
  public var mark: UInt64 { UInt64(truncatingIfNeeded: parts.fingerprint) }
}

/// Percent-encodes all but unreserved ASCII characters, so that `:`, `/` and `%` are free to
/// separate parts.
public func percentEncoded(_ text: String) -> String {
  let plain = { (byte: UInt8) -> Bool in
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
    default: false
    }
  }
  if text.utf8.allSatisfy(plain) { return text }
  let digits = Array("0123456789ABCDEF".utf8)
  var bytes: [UInt8] = []
  for byte in text.utf8 {
    if plain(byte) {
      bytes.append(byte)
    } else {
      bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }
  return String(decoding: bytes, as: UTF8.self)
}

/// Reverses `percentEncoded`; nil for a broken escape or bytes that are not UTF-8.
public func percentDecoded(_ text: some StringProtocol) -> String? {
  guard text.utf8.contains(0x25) else { return String(text) }
  var bytes: [UInt8] = []
  var rest = text.utf8.makeIterator()
  while let byte = rest.next() {
    guard byte == 0x25 else {
      bytes.append(byte)
      continue
    }
    guard let high = rest.next(), let low = rest.next(),
      let code = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
    else { return nil }
    bytes.append(code)
  }
  return String(validating: bytes, as: UTF8.self)
}
