/// What a trial decides by: SplitMix64 by Vigna. The same seed throws the same.
struct Dice {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next(below limit: Int) -> Int { Int(next() % UInt64(limit)) }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number from 1 on, small ones as likely as large ones of the same length.
  mutating func rank(bits: Int) -> Int { 1 + next(below: 1 << (1 + next(below: bits))) }

  mutating func pick<Item>(_ items: [Item]) -> Item { items[next(below: items.count)] }
}
