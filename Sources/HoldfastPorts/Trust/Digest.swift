import CMd

/// SHA-256 of bytes, as 64 lower-case hexadecimal digits.
public func sha256(_ bytes: [UInt8]) -> String {
  var context = SHA256_CTX()
  SHA256Init(&context)
  SHA256Update(&context, bytes, bytes.count)
  var digest = [UInt8](repeating: 0, count: 32)
  SHA256Final(&digest, &context)
  return hexadecimal(digest)
}

/// The UUID, version 5, that a name has in the host's own namespace; equal names have equal UUIDs,
/// on every machine. Plugins see keys of batches, withdrawals and replies in this form.
public func uuidV5(name: String) -> String {
  var context = SHA1_CTX()
  SHA1Init(&context)
  SHA1Update(&context, namespace, namespace.count)
  var text = name
  text.withUTF8 { SHA1Update(&context, $0.baseAddress, $0.count) }
  var digest = [UInt8](repeating: 0, count: 20)
  SHA1Final(&digest, &context)
  digest[6] = digest[6] & 0x0F | 0x50
  digest[8] = digest[8] & 0x3F | 0x80
  return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { hexadecimal(digest[$0]) }
    .joined(separator: "-")
}

/// 5f1f3a52-0b8e-4d0f-9c55-6f6c64666173, drawn once; another one would give every batch another
/// key, and providers would store them again.
private let namespace: [UInt8] = [
  0x5F, 0x1F, 0x3A, 0x52, 0x0B, 0x8E, 0x4D, 0x0F, 0x9C, 0x55, 0x6F, 0x6C, 0x64, 0x66, 0x61, 0x73,
]

func hexadecimal(_ bytes: some Collection<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  return String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
    var place = 0
    for byte in bytes {
      buffer[place] = digits[Int(byte >> 4)]
      buffer[place + 1] = digits[Int(byte & 15)]
      place += 2
    }
    return place
  }
}
