/// Where bound texts lie until their statement has run, so that SQLite need not copy each of them
/// to a block of its own. Blocks never move, and are given back at once when no statement is
/// active. Belongs to the thread of its connection.
final class TextArena {
  private static let blockBytes = 64 * 1024

  private var block: UnsafeMutableRawPointer
  private var used = 0
  private var large: [UnsafeMutableRawPointer] = []
  private var active = 0

  init() {
    block = .allocate(byteCount: Self.blockBytes, alignment: 16)
  }

  deinit {
    block.deallocate()
    for piece in large { piece.deallocate() }
  }

  /// A statement begins to bind.
  func retain() { active += 1 }

  /// A statement was reset; the last one frees what was bound.
  func release() {
    active -= 1
    guard active == 0 else { return }
    used = 0
    if !large.isEmpty {
      for piece in large { piece.deallocate() }
      large.removeAll(keepingCapacity: true)
    }
  }

  /// Room for so many bytes, until the last active statement is reset.
  func room(_ count: Int) -> UnsafeMutablePointer<UInt8> {
    if used + count <= Self.blockBytes {
      defer { used += count }
      return (block + used).assumingMemoryBound(to: UInt8.self)
    }
    let piece = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1), alignment: 16)
    large.append(piece)
    return piece.assumingMemoryBound(to: UInt8.self)
  }
}
