import HoldfastCore

/// What a choice is about. What is chosen at one site follows from the seed and from how often
/// something was chosen there before, so that one thing can be left out of a run without changing
/// what is chosen about all others.
public struct Site: Hashable, Sendable, CustomStringConvertible {
  enum Kind: UInt8, Sendable, CaseIterable {
    case retain, withdraw, recall, prefetch, tool, tools, respond, send, start, stop, load, destroy,
      event
    case sync, read, redelivery, life, survivors
    case afterStart, afterTick, afterCommit, afterAnswer, afterReport, afterControl
    case compacting
  }

  let kind: Kind
  private let instance: UInt8

  /// A choice about a call, or something else, of one instance.
  init(_ kind: Kind, _ instance: InstanceID? = nil) {
    self.kind = kind
    let known = instance.flatMap { Self.names.firstIndex(of: $0.description) }
    self.instance = UInt8(known ?? (instance == nil ? 0 : Self.names.count))
  }

  private static let names = ["host", "console", "office", "echo", "notes", "archive", "box"]
  private static let stride = 8

  /// How many there are.
  static let count = Kind.allCases.count * stride

  /// From 0 to `count` - 1.
  var index: Int { Int(kind.rawValue) * Self.stride + Int(instance) }

  /// For people.
  public var description: String {
    instance == 0 ? "\(kind)" : "\(kind) of \(Self.names.dropFirst(Int(instance)).first ?? "it")"
  }
}

/// All choices of one seed.
struct Choices {
  private let seed: UInt64
  private var counts = [Int](repeating: 0, count: Site.count)

  init(seed: UInt64) { self.seed = seed }

  /// The next choice at a site: its number there, from 1, and what decides it.
  mutating func next(at site: Site) -> (number: Int, random: Random) {
    counts[site.index] += 1
    let number = counts[site.index]
    return (number, Random(seed: self.seed(of: site, number, salt: 1)))
  }

  /// What decides the details of a fault, apart from whether there is one.
  func details(of site: Site, _ number: Int) -> Random {
    Random(seed: seed(of: site, number, salt: 2))
  }

  private func seed(of site: Site, _ number: Int, salt: UInt64) -> UInt64 {
    // Odd constants of SplitMix64 and its relatives; the generator itself mixes once more.
    (seed &* 0x9E37_79B9_7F4A_7C15) ^ (UInt64(site.index) &* 0xD1B5_4A32_D192_ED03)
      ^ (UInt64(number) &* 0xABC9_8388_FB8F_AC03) ^ (salt << 61)
  }
}
