/// One conversation: opaque, unique, and sortable by the time it was created (a ULID).
public struct SessionID: Hashable, Comparable, Sendable, CustomStringConvertible {
  // In halves: whatever holds a value of 128 bits is aligned to 16 bytes and takes more memory,
  // which the Swift runtime is slow to allocate.
  private let high: UInt64
  private let low: UInt64

  /// 48 bits of Unix time in milliseconds, then 80 bits that tell sessions of one millisecond
  /// apart.
  public var value: UInt128 { UInt128(high) << 64 | UInt128(low) }

  /// Names the session with this value.
  public init(value: UInt128) {
    high = UInt64(truncatingIfNeeded: value >> 64)
    low = UInt64(truncatingIfNeeded: value)
  }

  /// Parses the 26 characters of `description`, in either case; nil if they are anything else.
  public init?(_ text: some StringProtocol) {
    guard text.utf8.count == 26 else { return nil }
    var value: UInt128 = 0
    for (position, byte) in text.utf8.enumerated() {
      guard let digit = Self.digit(of: byte), position > 0 || digit < 8 else { return nil }
      value = value << 5 | UInt128(digit)
    }
    self.init(value: value)
  }

  /// Whether `left` comes first, by value.
  public static func < (left: SessionID, right: SessionID) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }

  /// Unix time in milliseconds at which the session was created.
  public var createdMilliseconds: Int64 { Int64(truncatingIfNeeded: value >> 80) }

  /// The ULID in Crockford's base 32: 26 characters.
  public var description: String {
    String(unsafeUninitializedCapacity: 26) { buffer in
      var rest = value
      for position in stride(from: 25, through: 0, by: -1) {
        buffer[position] = Self.alphabet[Int(truncatingIfNeeded: rest & 31)]
        rest >>= 5
      }
      return 26
    }
  }

  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

  private static func digit(of byte: UInt8) -> Int? {
    alphabet.firstIndex(of: byte >= 0x61 && byte <= 0x7A ? byte - 0x20 : byte)
  }
}

extension SessionID: TableKey {
  /// The host's own random bits, in which sessions of one millisecond differ too.
  public var mark: UInt64 { low }
}

/// Makes session ids and jitter from a seed, so that a run with the same seed repeats itself.
public struct IdentitySource: Sendable {
  private var state: UInt64
  private var last: UInt128 = 0

  /// Every value below follows from `seed`; a host takes it from the system's random source.
  public init(seed: UInt64) { state = seed }

  /// SplitMix64, by Steele, Lea and Flood (2014): uniform 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A new session id, larger than every one before it, also when the wall clock steps back.
  public mutating func session(at wall: WallTime) -> SessionID {
    let time = UInt128(UInt64(max(0, wall.milliseconds)) & 0xFFFF_FFFF_FFFF) << 80
    let random = (UInt128(next() & 0xFFFF) << 64) | UInt128(next())
    last = max(time | random, last + 1)
    return SessionID(value: last)
  }
}
