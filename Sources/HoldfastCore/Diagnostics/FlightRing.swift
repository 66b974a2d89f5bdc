/// What a flight recorder's file holds, read whole: which host wrote it, how that ended, and its
/// last events.
public struct FlightRing: Sendable, Equatable {
  /// How the host that wrote the ring ended.
  public enum Ending: UInt64, Sendable {
    /// It runs, or it ended without a word.
    case none = 0
    /// In an orderly way.
    case orderly = 1
    /// It gave up, and said why.
    case gaveUp = 2
    /// Its last stop failed, and a bundle tells of it.
    case told = 3
  }

  /// What stands before the records.
  public struct Header: Sendable, Equatable {
    /// How the host ended.
    public var ending = Ending.none
    /// Its process.
    public var pid: Int32 = 0
    /// Unix time in milliseconds at which it began.
    public var startedMilliseconds: Int64 = 0
    /// Unix time in milliseconds of its last heartbeat, 0 if there was none.
    public var heartbeatMilliseconds: Int64 = 0
    /// Its version.
    public var version = ""
    /// Why it gave up.
    public var words = ""

    /// The header of a host that has only begun.
    public init() {}
  }

  /// Records of a ring.
  public static let capacity = 4096
  /// Bytes before the first record: a page, so that no record lies on two.
  public static let headerSize = 4096
  /// Bytes of the file.
  public static let fileSize = headerSize + capacity * FlightRecord.size

  /// What stands before the records.
  public var header: Header
  /// The events, in the order of their numbers.
  public var events: [DiagnosticEvent] = []
  /// Records that were torn, or make no sense.
  public var unreadable = 0

  /// Reads a file's bytes; nil if they are no ring, or one of another version.
  public init?(_ bytes: [UInt8]) {
    guard let header = Header(bytes) else { return nil }
    self.header = header
    let empty = ArraySlice([UInt8](repeating: 0, count: FlightRecord.commitOffset))
    for place in stride(from: Self.headerSize, to: bytes.count, by: FlightRecord.size) {
      let end = place + FlightRecord.size
      guard end <= bytes.count else {
        unreadable += 1
        break
      }
      if let event = FlightRecord.decode(bytes[place..<end]) {
        events.append(event)
      } else if !bytes[place..<place + FlightRecord.commitOffset].elementsEqual(empty) {
        unreadable += 1
      }
    }
    events.sort { $0.sequence < $1.sequence }
  }
}

extension FlightRing.Header {
  private enum Place {
    static let magic = 0
    static let version = 8
    static let recordSize = 16
    static let pid = 32
    static let started = 40
    static let hostVersion = 64
    static let words = 128
  }
  /// Where the ending stands, since it is written alone.
  public static let endingOffset = 24
  /// Where the time of the last heartbeat stands, since it is written alone.
  public static let heartbeatOffset = 48
  private static let magic = Array("HFFLIGHT".utf8)
  private static let formatVersion: UInt64 = 1
  private static let longestVersion = 60
  private static let longestWords = 1000

  /// The bytes of a whole header.
  public var bytes: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: FlightRing.headerSize)
    bytes.replaceSubrange(0..<8, with: Self.magic)
    bytes.put(Self.formatVersion, at: Place.version)
    bytes.put(UInt64(FlightRecord.size), at: Place.recordSize)
    bytes.put(ending.rawValue, at: Self.endingOffset)
    bytes.put(UInt64(bitPattern: Int64(pid)), at: Place.pid)
    bytes.put(UInt64(bitPattern: startedMilliseconds), at: Place.started)
    bytes.put(UInt64(bitPattern: heartbeatMilliseconds), at: Self.heartbeatOffset)
    Self.put(version, Self.longestVersion, in: &bytes, at: Place.hostVersion)
    Self.put(words, Self.longestWords, in: &bytes, at: Place.words)
    return bytes
  }

  init?(_ bytes: [UInt8]) {
    guard bytes.count >= FlightRing.headerSize, bytes[0..<8].elementsEqual(Self.magic),
      bytes.number(at: Place.version) == Self.formatVersion,
      bytes.number(at: Place.recordSize) == UInt64(FlightRecord.size)
    else { return nil }
    ending = FlightRing.Ending(rawValue: bytes.number(at: Self.endingOffset)) ?? .none
    pid = Int32(truncatingIfNeeded: bytes.number(at: Place.pid))
    startedMilliseconds = Int64(bitPattern: bytes.number(at: Place.started))
    heartbeatMilliseconds = Int64(bitPattern: bytes.number(at: Self.heartbeatOffset))
    version = Self.text(Self.longestVersion, in: bytes, at: Place.hostVersion)
    words = Self.text(Self.longestWords, in: bytes, at: Place.words)
  }

  private static func put(_ text: String, _ limit: Int, in bytes: inout [UInt8], at place: Int) {
    let kept = Array(text.prefix(utf8Bytes: limit).utf8)
    bytes.replaceSubrange(place..<place + kept.count, with: kept)
  }

  /// Up to the first zero; what is no text is none.
  private static func text(_ limit: Int, in bytes: [UInt8], at place: Int) -> String {
    let kept = bytes[place..<place + limit].prefix { $0 != 0 }
    return String(validating: kept, as: UTF8.self) ?? ""
  }
}
