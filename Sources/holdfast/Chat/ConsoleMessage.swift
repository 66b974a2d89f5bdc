/// One part of what was answered.
struct ConsoleReply: Sendable, Equatable {
  /// The message it answers; empty for what nobody asked.
  var replyTo: String
  /// Which part, from 1.
  var part: Int
  var parts: Int
  /// The host speaks, not the agent.
  var isNotice: Bool
  var text: String
  /// What its receipt is given for; empty: none is wanted.
  var number = ""

  /// The host says that there is no answer: the words with which it begins to.
  var isFailure: Bool {
    isNotice && ["Interrupted", "Dropped by ", "No answer: "].contains(where: text.hasPrefix)
  }
}

/// What the console says to its clients: a line of fields with a TAB between them.
enum ConsoleMessage: Sendable, Equatable {
  case ready(banner: String)
  /// The message is in the journal.
  case accepted(id: String)
  /// It was before.
  case duplicate(id: String)
  /// Not taken; again after so many milliseconds.
  case busy(id: String, milliseconds: UInt64)
  /// Not taken, and never will be.
  case refused(id: String, reason: String)
  case reply(ConsoleReply)
  case bye(reason: String)

  /// Reads a line; nil if it says nothing that this version knows.
  init?(_ line: [UInt8]) {
    let text = String(decoding: line, as: UTF8.self)
    let fields = text.split(separator: "\t", omittingEmptySubsequences: false).map(Self.unescaped)
    switch (fields[0], fields.count) {
    case ("ready", 2): self = .ready(banner: fields[1])
    case ("ok", 2): self = .accepted(id: fields[1])
    case ("duplicate", 2): self = .duplicate(id: fields[1])
    case ("busy", 3): self = .busy(id: fields[1], milliseconds: UInt64(fields[2]) ?? 100)
    case ("refused", 3): self = .refused(id: fields[1], reason: fields[2])
    case ("reply", 6), ("reply", 7):
      guard let part = Int(fields[2]), let parts = Int(fields[3]) else { return nil }
      self = .reply(
        ConsoleReply(
          replyTo: fields[1], part: part, parts: max(1, parts), isNotice: fields[4] == "1",
          text: fields[5], number: fields.count > 6 ? fields[6] : ""))
    case ("bye", 2): self = .bye(reason: fields[1])
    default: return nil
    }
  }

  /// What a client says, as a line with its end.
  static func line(_ fields: String...) -> [UInt8] {
    Array(fields.map(escaped).joined(separator: "\t").utf8) + [0x0A]
  }

  static func escaped(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 0x5C: bytes += [0x5C, 0x5C]
      case 0x0A: bytes += [0x5C, 0x6E]
      case 0x09: bytes += [0x5C, 0x74]
      case 0x0D: bytes += [0x5C, 0x72]
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func unescaped(_ text: some StringProtocol) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8.makeIterator()
    while let byte = rest.next() {
      guard byte == 0x5C, let code = rest.next() else {
        bytes.append(byte)
        continue
      }
      switch code {
      case 0x6E: bytes.append(0x0A)
      case 0x74: bytes.append(0x09)
      case 0x72: bytes.append(0x0D)
      default: bytes.append(code)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
