import CHoldfast

/// Memory for the structs and texts of one call. Nothing moves and nothing is freed until the call
/// is over. Used by one thread.
final class CallArena {
  private var chunks: [UnsafeMutableRawBufferPointer] = []
  private var used = 0
  private static let chunkSize = 16 << 10

  deinit { for chunk in chunks { chunk.deallocate() } }

  /// Zeroed memory for `count` values of a type made of numbers and pointers.
  func make<Value>(_ type: Value.Type, count: Int = 1) -> UnsafeMutablePointer<Value> {
    let bytes = MemoryLayout<Value>.stride * count
    let memory = reserve(bytes)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    return memory.bindMemory(to: Value.self, capacity: count)
  }

  /// A copy of the text that lives as long as the call.
  func text(_ text: String) -> hf_str_t {
    let length = text.utf8.count
    if length == 0 { return hf_str_t() }
    let memory = reserve(length)
    let buffer = UnsafeMutableRawBufferPointer(start: memory, count: length)
    buffer.copyBytes(from: text.utf8)
    return hf_str_t(
      ptr: UnsafePointer(memory.bindMemory(to: CChar.self, capacity: length)), len: UInt64(length))
  }

  /// Ends the call: all that was made is void. One chunk is kept.
  func reset() {
    used = 0
    while chunks.count > 1 { chunks.removeLast().deallocate() }
    if let last = chunks.last, last.count > Self.chunkSize {
      last.deallocate()
      chunks.removeAll()
    }
  }

  private func reserve(_ count: Int) -> UnsafeMutableRawPointer {
    let aligned = (count + 15) & ~15
    if let base = chunks.last?.baseAddress, let size = chunks.last?.count, used + aligned <= size {
      defer { used += aligned }
      return base + used
    }
    let size = max(aligned, Self.chunkSize)
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
    chunks.append(chunk)
    used = aligned
    // A chunk is never empty, so it has an address.
    return chunk.baseAddress.unsafelyUnwrapped
  }
}

extension hf_str_t {
  /// A copy as a string; nil if it is not UTF-8, or a length without bytes.
  var string: String? {
    if len == 0 { return "" }
    guard let ptr, len <= UInt64(PortLimits.text) else { return nil }
    let bytes = UnsafeRawBufferPointer(start: ptr, count: Int(len))
    return String(validating: bytes, as: UTF8.self)
  }
}
