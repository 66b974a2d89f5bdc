/// Processors that a library may be built for.
struct ElfMachine: Equatable, CustomStringConvertible {
  var number: UInt64

  /// What this host runs on.
  static var host: ElfMachine {
    #if arch(x86_64)
      ElfMachine(number: 62)
    #elseif arch(arm64)
      ElfMachine(number: 183)
    #else
      ElfMachine(number: 0)
    #endif
  }

  var description: String {
    switch number {
    case 3: "x86 (32 bits)"
    case 8: "MIPS"
    case 20, 21: "PowerPC"
    case 22: "S390"
    case 40: "ARM (32 bits)"
    case 62: "x86-64"
    case 183: "AArch64"
    case 243: "RISC-V"
    case 258: "LoongArch"
    default: "processor \(number)"
    }
  }
}

/// The head of an ELF file with its table of segments.
struct ElfHeader {
  /// A stretch of the file that is loaded or read by the loader.
  struct Segment {
    var type: UInt64
    var offset: UInt64
    var address: UInt64
    var size: UInt64
    var alignment: UInt64
  }

  let is64Bit: Bool
  let isLittleEndian: Bool
  let type: UInt64
  let machine: ElfMachine
  let segments: [Segment]
  let sectionOffset: UInt64
  let sectionCount: UInt64

  static let sharedObject: UInt64 = 3
  static let load: UInt64 = 1
  static let dynamic: UInt64 = 2
  static let note: UInt64 = 4
  private static let segmentSize: UInt64 = 56
  static let sectionSize: UInt64 = 64

  /// Reads the head. Of a file for another kind of machine only what says so is read.
  init(_ bytes: ElfBytes) throws(ElfDamage) {
    let mark = (try? bytes.slice(at: 0, count: 4, in: "head")) ?? []
    guard mark == [0x7F, 0x45, 0x4C, 0x46] else { throw ElfDamage("has no ELF mark") }
    is64Bit = try bytes.number(at: 4, width: 1, in: "head") == 2
    isLittleEndian = try bytes.number(at: 5, width: 1, in: "head") == 1
    let number = try bytes.u16(at: 18, in: "head")
    machine = ElfMachine(number: isLittleEndian ? number : number >> 8 | (number & 0xFF) << 8)
    guard is64Bit, isLittleEndian else {
      (type, segments, sectionOffset, sectionCount) = (0, [], 0, 0)
      return
    }
    type = try bytes.u16(at: 16, in: "head")
    sectionOffset = try bytes.u64(at: 40, in: "head")
    sectionCount = try bytes.u16(at: 60, in: "head")
    segments = try Self.segments(bytes)
  }

  private static func segments(_ bytes: ElfBytes) throws(ElfDamage) -> [Segment] {
    let start = try bytes.u64(at: 32, in: "head")
    let size = try bytes.u16(at: 54, in: "head")
    let count = try bytes.u16(at: 56, in: "head")
    guard count == 0 || size == segmentSize else {
      throw ElfDamage("has segments of an unknown form")
    }
    var segments: [Segment] = []
    for index in 0..<count {
      let place = try sum(start, index * segmentSize, in: "segments")
      _ = try bytes.slice(at: place, count: segmentSize, in: "segments")
      segments.append(
        Segment(
          type: try bytes.u32(at: place, in: "segments"),
          offset: try bytes.u64(at: place + 8, in: "segments"),
          address: try bytes.u64(at: place + 16, in: "segments"),
          size: try bytes.u64(at: place + 32, in: "segments"),
          alignment: try bytes.u64(at: place + 48, in: "segments")))
    }
    return segments
  }

  /// Where in the file an address of the loaded image comes from.
  func offset(of address: UInt64, in part: String) throws(ElfDamage) -> UInt64 {
    for segment in segments where segment.type == Self.load && address >= segment.address {
      let distance = address - segment.address
      if distance < segment.size { return try sum(segment.offset, distance, in: part) }
    }
    throw ElfDamage("has an address outside of it in its \(part)")
  }
}
