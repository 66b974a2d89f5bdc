import HoldfastCore

/// Choices that all follow from one seed.
public struct Random: Sendable {
  private var source: IdentitySource

  /// The choices of one seed.
  public init(seed: UInt64) { source = IdentitySource(seed: seed) }

  /// Uniform 64 bits.
  public mutating func next() -> UInt64 { source.next() }

  /// From 0 to `bound` - 1.
  public mutating func below(_ bound: Int) -> Int { Int(source.next() % UInt64(max(bound, 1))) }

  /// True so often in a thousand.
  public mutating func chance(_ perMille: Int) -> Bool { below(1000) < perMille }

  /// One of these, nil if there are none.
  public mutating func pick<Element>(_ values: [Element]) -> Element? {
    values.isEmpty ? nil : values[below(values.count)]
  }

  /// A time between the two, in milliseconds.
  public mutating func milliseconds(_ range: ClosedRange<Int>) -> Duration {
    .milliseconds(range.lowerBound + below(range.count))
  }
}
