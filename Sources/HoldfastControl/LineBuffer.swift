/// Cuts a stream of bytes into lines, however it comes in pieces.
///
/// A line longer than the limit is reported once, and its rest is skipped: memory stays bounded and
/// the lines after it are understood.
public struct LineBuffer: Sendable {
  /// What the stream held next.
  public enum Piece: Sendable, Equatable {
    /// A line without its end.
    case line([UInt8])
    /// A line that was too long to be kept.
    case tooLong
  }

  private let limit: Int
  private var bytes: [UInt8] = []
  /// Where the next line begins.
  private var start = 0
  /// Bytes from `start` on that are known to hold no line end.
  private var scanned = 0
  private var isSkipping = false

  /// Lines of at most `limit` bytes.
  public init(limit: Int) { self.limit = limit }

  /// Bytes that wait for the rest of their line.
  public var count: Int { bytes.count - start }

  /// Adds what was received.
  public mutating func append(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

  /// The next piece, nil if more bytes are needed.
  public mutating func next() -> Piece? {
    while true {
      guard let end = bytes[(start + scanned)...].firstIndex(of: 0x0A) else {
        return waitForMore()
      }
      let line = bytes[start..<end]
      let wasSkipping = isSkipping
      isSkipping = false
      scanned = 0
      start = end + 1
      defer { compact() }
      if wasSkipping { continue }
      if line.count > limit { return .tooLong }
      return .line(line.last == 0x0D ? Array(line.dropLast()) : Array(line))
    }
  }

  /// What came after the last line end, at the end of the stream; nil if there is nothing.
  public mutating func rest() -> [UInt8]? {
    guard count > 0, !isSkipping else { return nil }
    let line = Array(bytes[start...])
    bytes = []
    start = 0
    scanned = 0
    return line
  }

  private mutating func waitForMore() -> Piece? {
    scanned = count
    guard isSkipping || count > limit else { return nil }
    let isNews = !isSkipping
    isSkipping = true
    bytes.removeAll(keepingCapacity: false)
    start = 0
    scanned = 0
    return isNews ? .tooLong : nil
  }

  /// Moves bytes only when most of the buffer is behind us, so that each is moved about once.
  private mutating func compact() {
    if start == bytes.count {
      bytes.removeAll(keepingCapacity: bytes.capacity <= 65_536)
      start = 0
    } else if start > 65_536, start > bytes.count / 2 {
      bytes.removeFirst(start)
      start = 0
    }
  }
}
