/// Why a file cannot be read as a shared library.
struct ElfDamage: Error, Equatable {
  /// Follows "it": "is cut off in its segments".
  var description: String

  init(_ description: String) { self.description = description }
}

/// Bytes of a file that nobody vouches for. Every access is checked, and no sum can overflow.
struct ElfBytes {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var count: UInt64 { UInt64(bytes.count) }

  /// The number of `width` bytes at an offset, least significant byte first.
  func number(at offset: UInt64, width: UInt64, in part: String) throws(ElfDamage) -> UInt64 {
    let range = try range(at: offset, count: width, in: part)
    var value: UInt64 = 0
    for byte in bytes[range].reversed() { value = value << 8 | UInt64(byte) }
    return value
  }

  func u16(at offset: UInt64, in part: String) throws(ElfDamage) -> UInt64 {
    try number(at: offset, width: 2, in: part)
  }

  func u32(at offset: UInt64, in part: String) throws(ElfDamage) -> UInt64 {
    try number(at: offset, width: 4, in: part)
  }

  func u64(at offset: UInt64, in part: String) throws(ElfDamage) -> UInt64 {
    try number(at: offset, width: 8, in: part)
  }

  func slice(at offset: UInt64, count: UInt64, in part: String) throws(ElfDamage) -> [UInt8] {
    Array(bytes[try range(at: offset, count: count, in: part)])
  }

  /// The text up to the next NUL, at most 4096 bytes; repaired where it is not UTF-8.
  func text(at offset: UInt64, in part: String) throws(ElfDamage) -> String {
    let start = try range(at: offset, count: 0, in: part).lowerBound
    let rest = bytes[start...].prefix(4097)
    guard let end = rest.firstIndex(of: 0) else {
      throw ElfDamage("has a name without an end in its \(part)")
    }
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  private func range(
    at offset: UInt64, count length: UInt64, in part: String
  ) throws(ElfDamage) -> Range<Int> {
    guard offset <= count, length <= count - offset else {
      throw ElfDamage("is cut off in its \(part)")
    }
    return Int(offset)..<Int(offset + length)
  }
}

/// A sum of places in a file that fails instead of wrapping around.
func sum(_ left: UInt64, _ right: UInt64, in part: String) throws(ElfDamage) -> UInt64 {
  let (sum, overflow) = left.addingReportingOverflow(right)
  if overflow { throw ElfDamage("has an impossible address in its \(part)") }
  return sum
}
