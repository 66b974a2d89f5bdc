/// What the dynamic linker reads of a library.
struct ElfDynamic {
  private(set) var needed: [String] = []
  private(set) var soname = ""
  private(set) var runPath = ""
  private(set) var exports: [String] = []
  private(set) var imports: [String] = []
  /// Versions asked of libraries, such as `GLIBC_2.34`.
  private(set) var versions: [String] = []
  private(set) var constructors = 0
  private(set) var hasStaticTLS = false
  /// A program that could be started, not a library.
  private(set) var isProgram = false

  private let bytes: ElfBytes
  private let header: ElfHeader
  private var entries: [(tag: UInt64, value: UInt64)] = []

  private var nameBytes = 0

  // A hostile file may let many entries share one long name, so what is read of it is bounded.
  private static let entryLimit: UInt64 = 4096
  private static let symbolLimit: UInt64 = 1 << 20
  private static let nameLimit = 32 << 20
  private static let symbolSize: UInt64 = 24

  private enum Tag {
    static let needed: UInt64 = 1
    static let hash: UInt64 = 4
    static let strings: UInt64 = 5
    static let symbols: UInt64 = 6
    static let soname: UInt64 = 14
    static let oldRunPath: UInt64 = 15
    static let constructorBytes: UInt64 = 27
    static let runPath: UInt64 = 29
    static let flags: UInt64 = 30
    static let gnuHash: UInt64 = 0x6FFF_FEF5
    static let flags1: UInt64 = 0x6FFF_FFFB
    static let versions: UInt64 = 0x6FFF_FFFE
    static let versionCount: UInt64 = 0x6FFF_FFFF
  }

  init(_ bytes: ElfBytes, _ header: ElfHeader) throws(ElfDamage) {
    self.bytes = bytes
    self.header = header
    guard let segment = header.segments.first(where: { $0.type == ElfHeader.dynamic }) else {
      throw ElfDamage("has no dynamic section, so it cannot be loaded")
    }
    try readEntries(segment)
    guard let strings = value(of: Tag.strings) else {
      throw ElfDamage("has no table of names")
    }
    let names = try header.offset(of: strings, in: "names")
    try readFacts(names)
    try readSymbols(names)
    try readVersions(names)
  }

  private func value(of tag: UInt64) -> UInt64? { entries.first { $0.tag == tag }?.value }

  private mutating func readEntries(_ segment: ElfHeader.Segment) throws(ElfDamage) {
    for index in 0..<min(segment.size / 16, Self.entryLimit) {
      let place = try sum(segment.offset, index * 16, in: "dynamic section")
      let tag = try bytes.u64(at: place, in: "dynamic section")
      let value = try bytes.u64(at: sum(place, 8, in: "dynamic section"), in: "dynamic section")
      if tag == 0 { break }
      entries.append((tag, value))
    }
  }

  private mutating func readFacts(_ names: UInt64) throws(ElfDamage) {
    for entry in entries {
      switch entry.tag {
      case Tag.needed: needed.append(try name(names, entry.value))
      case Tag.soname: soname = try name(names, entry.value)
      case Tag.runPath, Tag.oldRunPath: runPath = try name(names, entry.value)
      case Tag.flags: hasStaticTLS = entry.value & 0x10 != 0
      case Tag.flags1: isProgram = entry.value & 0x0800_0000 != 0
      case Tag.constructorBytes: constructors = Int(clamping: entry.value / 8)
      default: break
      }
    }
  }

  private func name(_ names: UInt64, _ offset: UInt64) throws(ElfDamage) -> String {
    try bytes.text(at: sum(names, offset, in: "names"), in: "names")
  }

  // MARK: - Symbols

  private mutating func readSymbols(_ names: UInt64) throws(ElfDamage) {
    guard let address = value(of: Tag.symbols) else { return }
    let start = try header.offset(of: address, in: "symbols")
    for index in 1..<max(1, try symbolCount()) {
      let place = try sum(start, index * Self.symbolSize, in: "symbols")
      let name = try name(names, bytes.u32(at: place, in: "symbols"))
      let binding = try bytes.number(at: place + 4, width: 1, in: "symbols") >> 4
      let visibility = try bytes.number(at: place + 5, width: 1, in: "symbols") & 3
      let section = try bytes.u16(at: place + 6, in: "symbols")
      nameBytes += name.utf8.count
      guard nameBytes <= Self.nameLimit else { throw ElfDamage("has too many symbols") }
      guard !name.isEmpty, binding == 1 || binding == 2 || binding == 10 else { continue }
      if section == 0 {
        imports.append(name)
      } else if visibility == 0 || visibility == 3 {
        exports.append(name)
      }
    }
  }

  /// The table of symbols says nowhere how long it is; the tables that find names in it do.
  private func symbolCount() throws(ElfDamage) -> UInt64 {
    let count: UInt64
    if let address = value(of: Tag.gnuHash) {
      count = try lastHashed(header.offset(of: address, in: "hash table"))
    } else if let address = value(of: Tag.hash) {
      let start = try header.offset(of: address, in: "hash table")
      count = try bytes.u32(at: sum(start, 4, in: "hash table"), in: "hash table")
    } else {
      count = 0
    }
    return min(count, Self.symbolLimit)
  }

  private func lastHashed(_ start: UInt64) throws(ElfDamage) -> UInt64 {
    let part = "hash table"
    let buckets = try bytes.u32(at: start, in: part)
    let first = try bytes.u32(at: sum(start, 4, in: part), in: part)
    let words = try bytes.u32(at: sum(start, 8, in: part), in: part)
    let table = try sum(start, 16 + words * 8, in: part)
    let chains = try sum(table, buckets * 4, in: part)
    var last: UInt64 = 0
    guard buckets <= bytes.count / 4 else { throw ElfDamage("is cut off in its \(part)") }
    for bucket in 0..<buckets {
      last = max(last, try bytes.u32(at: sum(table, bucket * 4, in: part), in: part))
    }
    guard last >= first, last > 0 else { return first }
    while try bytes.u32(at: sum(chains, (last - first) * 4, in: part), in: part) & 1 == 0 {
      last += 1
    }
    return last + 1
  }

  // MARK: - Versions

  private mutating func readVersions(_ names: UInt64) throws(ElfDamage) {
    guard let address = value(of: Tag.versions) else { return }
    let part = "versions"
    var place = try header.offset(of: address, in: part)
    for _ in 0..<min(value(of: Tag.versionCount) ?? 0, 256) {
      let count = min(try bytes.u16(at: sum(place, 2, in: part), in: part), 256)
      var entry = try sum(place, bytes.u32(at: sum(place, 8, in: part), in: part), in: part)
      for _ in 0..<count {
        let name = try bytes.u32(at: sum(entry, 8, in: part), in: part)
        versions.append(try self.name(names, name))
        let next = try bytes.u32(at: sum(entry, 12, in: part), in: part)
        if next == 0 { break }
        entry = try sum(entry, next, in: part)
      }
      let next = try bytes.u32(at: sum(place, 12, in: part), in: part)
      if next == 0 { break }
      place = try sum(place, next, in: part)
    }
  }
}
