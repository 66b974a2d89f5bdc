/// Cuts a text at a channel's limit: never inside a character, at a line's or a word's end where
/// there is one, and never inside a code fence without closing it and opening it again.
public enum TextSplitter {
  /// The parts, none longer than the limit. A single character that is longer than the limit stays
  /// whole.
  public static func split(_ text: String, limits: ChannelTraits) -> [String] {
    guard limits.maxLength > 0, size(of: text, in: limits.unit) > limits.maxLength else {
      return [text]
    }
    let fence = "```"
    let overhead = 2 * (size(of: fence, in: limits.unit) + 1)
    let room = limits.maxLength > 4 * overhead ? limits.maxLength - overhead : limits.maxLength
    var parts: [String] = []
    var rest = text[...]
    var isFenced = false
    while !rest.isEmpty {
      let end = cut(rest, room: room, unit: limits.unit)
      var part = String(rest[..<end])
      rest = rest[end...]
      let startsFenced = isFenced
      if fenceCount(part) % 2 == 1 { isFenced.toggle() }
      if limits.maxLength > 4 * overhead {
        if startsFenced { part = fence + "\n" + part }
        if isFenced, !rest.isEmpty { part += (part.hasSuffix("\n") ? "" : "\n") + fence }
      }
      parts.append(part)
    }
    return parts
  }

  /// The text's length in the channel's unit.
  public static func size(of text: some StringProtocol, in unit: ChannelTraits.Unit) -> Int {
    switch unit {
    case .bytes: text.utf8.count
    case .characters: text.unicodeScalars.count
    case .utf16: text.utf16.count
    }
  }

  private static func cut(
    _ text: Substring, room: Int, unit: ChannelTraits.Unit
  ) -> Substring.Index {
    var used = 0
    var end = text.startIndex
    var lineEnd: Substring.Index?
    var wordEnd: Substring.Index?
    while end < text.endIndex {
      let character = text[end]
      used += size(of: String(character), in: unit)
      if used > room { break }
      end = text.index(after: end)
      if character.isNewline { lineEnd = end }
      if character.isWhitespace { wordEnd = end }
    }
    if end == text.endIndex { return end }
    if end == text.startIndex { return text.index(after: end) }
    return lineEnd ?? wordEnd ?? end
  }

  private static func fenceCount(_ text: String) -> Int {
    text.split(separator: "\n").filter { $0.drop { $0 == " " }.hasPrefix("```") }.count
  }
}
