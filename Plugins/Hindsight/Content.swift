internal import HoldfastPlugin

/// What is stored of a batch: a JSON list of turns, each a list of messages. A document that grew
/// by appending has several such lists, with white space between them.
///
/// Each message carries the index of its turn, so that a turn that is taken back can be told from
/// the others.
enum Content {
  /// What a turn is when it is read again.
  struct StoredTurn {
    /// Nil for what somebody else has put there.
    let index: UInt64?
    let json: JSON
  }

  static func text(of turns: [Turn]) -> String {
    JSONText.list(
      turns.map { turn in .list(turn.messages.map { message($0, of: turn.index) }) }
    ).string
  }

  static func text(of turns: [StoredTurn]) -> String {
    JSONText.list(turns.map { .same($0.json) }).string
  }

  private static func message(_ message: Message, of turn: UInt64) -> JSONText {
    var members: [(String, JSONText)] = [
      ("turn", .integer(Int(clamping: turn))), ("role", .text(role(message.role))),
    ]
    if !message.name.isEmpty { members.append(("name", .text(message.name))) }
    members.append(("content", .text(message.text)))
    members.append(("time", .text(Time.text(milliseconds: message.timeMilliseconds))))
    return .object(members)
  }

  private static func role(_ role: Message.Role) -> String {
    switch role {
    case .user: "user"
    case .assistant: "assistant"
    case .tool: "tool"
    default: "system"
    }
  }

  /// The turns of a document, or nil if it is not of this form.
  static func turns(of text: String) -> [StoredTurn]? {
    let bytes = Array(text.utf8)
    var turns: [StoredTurn] = []
    var place = 0
    while let start = bytes[place...].firstIndex(where: { $0 > 0x20 }) {
      let read = bytes.withUnsafeBytes {
        JSON.read(UnsafeRawBufferPointer(rebasing: $0[start...]), isSequence: true)
      }
      guard let read, read.length > 0, let list = read.value.list else { return nil }
      for entry in list {
        guard let messages = entry.list else { return nil }
        let index = messages.first?["turn"].integer.flatMap(UInt64.init(exactly:))
        turns.append(StoredTurn(index: index, json: entry))
      }
      place = start + read.length
    }
    return turns
  }

  /// What a model is to read: one line for each message.
  static func readable(_ turns: [StoredTurn]) -> String {
    turns.flatMap { $0.json.list ?? [] }.compactMap { message in
      message["content"].text.map { "\(message["role"].text ?? "user"): \($0)" }
    }.joined(separator: "\n")
  }
}
