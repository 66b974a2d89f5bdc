internal import HoldfastPlugin

/// Which bank a session's memories are in.
struct BankName {
  /// What a template may name.
  static let names = ["agent", "channel", "user", "session"]

  private enum Part {
    case text(String)
    case name(String)
  }

  private var parts: [Part]

  init(fixed name: String) { parts = [.text(name)] }

  /// Nil if a brace has no partner or what is between them is no name.
  init?(template: String) {
    parts = []
    var rest = Substring(template)
    while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
      guard rest[open] == "{", let close = rest[open...].firstIndex(of: "}") else { return nil }
      let name = String(rest[rest.index(after: open)..<close])
      guard Self.names.contains(name) else { return nil }
      parts += [.text(String(rest[..<open])), .name(name)]
      rest = rest[rest.index(after: close)...]
    }
    parts.append(.text(String(rest)))
  }

  func callAsFunction(_ head: Head) -> String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .name("agent"): Self.plain(head.agent)
      case .name("channel"): Self.plain(head.channel)
      case .name("user"): Self.plain(head.user)
      case .name: Self.plain(head.sessionID)
      }
    }.joined()
  }

  /// A name of somebody else's choice, such that the server does not take it for a path and no two
  /// become one; one that is not known becomes what no name does.
  private static func plain(_ value: String) -> String {
    if value.isEmpty { return "%" }
    return percentEncoded(value) { $0 >= 0x20 && $0 != 0x25 && $0 != 0x2F && $0 != 0x7F }
  }
}

/// Text as a part of an address.
func pathPart(_ text: String) -> String {
  percentEncoded(text) { byte in
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
    default: false
    }
  }
}

private func percentEncoded(_ text: String, where isPlain: (UInt8) -> Bool) -> String {
  if text.utf8.allSatisfy(isPlain) { return text }
  let digits = Array("0123456789ABCDEF".utf8)
  var bytes: [UInt8] = []
  for byte in text.utf8 {
    if isPlain(byte) {
      bytes.append(byte)
    } else {
      bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }
  return String(decoding: bytes, as: UTF8.self)
}
