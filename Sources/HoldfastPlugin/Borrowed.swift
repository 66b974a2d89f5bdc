internal import CHoldfast

/// Copies a borrowed text; bytes that are not UTF-8 become U+FFFD.
func string(_ text: hf_str_t) -> String {
  guard let start = text.ptr else { return "" }
  let bytes = UnsafeRawBufferPointer(start: start, count: Int(text.len))
  return String(decoding: bytes, as: UTF8.self)
}

/// Lends a text for the length of a call.
func withBorrowed<Result>(_ text: String, _ body: (hf_str_t) throws -> Result) rethrows -> Result {
  var text = text
  return try text.withUTF8 { bytes in
    let start = UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
    return try body(hf_str_t(ptr: start, len: UInt64(bytes.count)))
  }
}

/// Copies pairs. Elements of C arrays are reached by an offset in bytes, here and elsewhere: the
/// stride of a generic pointer comes from metadata that all plugins of a process share by name.
func pairs(_ start: UnsafePointer<hf_pair_t>?, _ count: UInt64) -> [(key: String, value: String)] {
  guard let start else { return [] }
  return (0..<Int(count)).map { index in
    let address = UnsafeRawPointer(start) + index * MemoryLayout<hf_pair_t>.stride
    let pair = address.assumingMemoryBound(to: hf_pair_t.self)
    return (string(pair.pointee.key), string(pair.pointee.value))
  }
}
