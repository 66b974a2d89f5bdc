/// A place of a text in a `TextBuffer`; lengths in bytes.
struct TextRange {
  var offset = 0
  var length = 0
}

/// Texts of many events one behind the other, so that an event costs no allocation of its own.
struct TextBuffer {
  private(set) var bytes: [UInt8] = []

  /// Appends the text's UTF-8.
  @inline(__always)
  mutating func append(_ text: String) -> TextRange {
    let length = text.utf8.count
    if length == 0 { return TextRange() }
    let range = TextRange(offset: bytes.count, length: length)
    let isDone: Void? = text.utf8.withContiguousStorageIfAvailable { bytes.append(contentsOf: $0) }
    if isDone == nil { bytes.append(contentsOf: text.utf8) }
    return range
  }

  /// Keeps its memory unless that is larger than a burst of ordinary events needs.
  mutating func clear() { bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 20) }
}
