/// One event of diagnostics as the flight recorder keeps it: a fixed number of bytes, so that a
/// ring of them needs no bookkeeping that a crash could tear. Texts that do not fit are cut.
///
/// The number stands twice, in the first eight bytes and in the eight after them. Whoever stores a
/// record writes the second one last, so a record whose numbers differ is torn. Numbers are little
/// endian; the name is kept as text, since the next host may know other ones.
public enum FlightRecord {
  /// What one takes.
  public static let size = 256
  /// Where the number stands that is written last.
  public static let commitOffset = 8

  private enum Place {
    static let time = 16
    static let instant = 24
    static let duration = 32
    static let count = 40
    static let session = 48
    static let flags = 64
    static let lengths = 65
    static let texts = 72
  }
  private static let hasSession: UInt8 = 1
  private static let hasDuration: UInt8 = 2
  private static let hasCount: UInt8 = 4

  /// The bytes of an event.
  public static func encode(_ event: DiagnosticEvent) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: size)
    bytes.put(event.sequence, at: 0)
    bytes.put(event.sequence, at: commitOffset)
    bytes.put(UInt64(bitPattern: event.time.milliseconds), at: Place.time)
    bytes.put(event.at.nanoseconds, at: Place.instant)
    var flags: UInt8 = 0
    if let duration = event.duration {
      flags |= hasDuration
      bytes.put(duration.nanoseconds, at: Place.duration)
    }
    if let count = event.count {
      flags |= hasCount
      bytes.put(UInt64(bitPattern: Int64(count)), at: Place.count)
    }
    if let session = event.session {
      flags |= hasSession
      bytes.put(UInt64(truncatingIfNeeded: session.value), at: Place.session)
      bytes.put(UInt64(truncatingIfNeeded: session.value >> 64), at: Place.session + 8)
    }
    bytes[Place.flags] = flags
    var place = Place.texts
    for (index, text) in texts(of: event).enumerated() {
      let kept = text.prefix(utf8Bytes: min(255, size - place))
      bytes[Place.lengths + index] = UInt8(kept.utf8.count)
      for byte in kept.utf8 {
        bytes[place] = byte
        place += 1
      }
    }
    return bytes
  }

  /// In the order of their weight: what comes last is cut first.
  private static func texts(of event: DiagnosticEvent) -> [String] {
    [
      event.name.rawValue, event.instance?.description ?? "", event.outcome, event.subject,
      event.reason,
    ]
  }

  /// The event; nil if there is none, if it is torn, or if this is no record at all.
  public static func decode(_ bytes: ArraySlice<UInt8>) -> DiagnosticEvent? {
    guard bytes.count == size else { return nil }
    let bytes = Array(bytes)
    let sequence: UInt64 = bytes.number(at: 0)
    guard sequence != 0, sequence == bytes.number(at: commitOffset) else { return nil }
    var texts: [String] = []
    var place = Place.texts
    for index in 0..<5 {
      let length = Int(bytes[Place.lengths + index])
      guard place + length <= size,
        let text = String(validating: bytes[place..<place + length], as: UTF8.self)
      else { return nil }
      texts.append(text)
      place += length
    }
    guard let name = DiagnosticEvent.Name(rawValue: texts[0]) else { return nil }
    var event = DiagnosticEvent(name)
    event.sequence = sequence
    event.time = WallTime(milliseconds: Int64(bitPattern: bytes.number(at: Place.time)))
    event.at = Instant(nanoseconds: bytes.number(at: Place.instant))
    event.instance = texts[1].isEmpty ? nil : InstanceID(texts[1])
    (event.outcome, event.subject, event.reason) = (texts[2], texts[3], texts[4])
    let flags = bytes[Place.flags]
    if flags & hasDuration != 0 {
      let nanoseconds: UInt64 = bytes.number(at: Place.duration)
      event.duration = .nanoseconds(Int64(clamping: nanoseconds))
    }
    if flags & hasCount != 0 {
      event.count = Int(Int64(bitPattern: bytes.number(at: Place.count)))
    }
    if flags & hasSession != 0 {
      let low: UInt64 = bytes.number(at: Place.session)
      let high: UInt64 = bytes.number(at: Place.session + 8)
      event.session = SessionID(value: UInt128(high) << 64 | UInt128(low))
    }
    return event
  }
}

extension [UInt8] {
  /// Stores a number, little endian.
  mutating func put(_ number: UInt64, at place: Int) {
    for index in 0..<8 { self[place + index] = UInt8(truncatingIfNeeded: number >> (8 * index)) }
  }

  /// The number that is stored there.
  func number(at place: Int) -> UInt64 {
    (0..<8).reduce(0) { $0 | UInt64(self[place + $1]) << (8 * $1) }
  }
}

extension String {
  /// As much of the beginning as fits, in whole characters.
  func prefix(utf8Bytes limit: Int) -> Substring {
    if utf8.count <= limit { return self[...] }
    var end = utf8.index(utf8.startIndex, offsetBy: Swift.max(0, limit))
    while end > startIndex, end.samePosition(in: unicodeScalars) == nil {
      end = utf8.index(before: end)
    }
    return self[..<end]
  }
}
