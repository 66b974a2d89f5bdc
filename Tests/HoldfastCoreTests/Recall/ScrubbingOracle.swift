/// What scrubbing means, said once more and as plainly as possible, for plain marks and without a
/// thought of time: the first mark that is complete is taken out, again and again.
enum ScrubbingOracle {
  static func scrubbed(_ text: String) -> String {
    var rest = Array(text)
    var block: Int?
    while let mark = firstMark(in: rest, from: block ?? 0) {
      let isClosing = rest[mark.lowerBound + 1] == "/"
      if isClosing, let start = block {
        rest.removeSubrange(start..<mark.upperBound)
        block = nil
      } else {
        rest.removeSubrange(mark)
        if !isClosing, block == nil { block = mark.lowerBound }
      }
    }
    if block != nil {
      while let mark = firstMark(in: rest, from: 0) { rest.removeSubrange(mark) }
    }
    return String(rest)
  }

  /// The mark that ends first.
  private static func firstMark(in text: [Character], from start: Int) -> Range<Int>? {
    for end in text.indices.dropFirst(start) where text[end] == ">" {
      for mark in ["<recalled-notes>", "</recalled-notes>"] {
        let begin = end + 1 - mark.count
        if begin >= start, String(text[begin...end]).lowercased() == mark { return begin..<end + 1 }
      }
    }
    return nil
  }
}
