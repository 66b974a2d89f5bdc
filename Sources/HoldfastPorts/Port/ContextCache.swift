import HoldfastCore

/// Tells whether two contexts are about the same place without looking at their texts: by the bits
/// of the strings, which are the same for copies of one string and for equal short ones. Different
/// bits prove nothing, and cost no more than writing the texts out again.
struct PlaceMark {
  private struct Bits: Equatable {
    let low: UInt64
    let high: UInt64

    @inline(__always)
    init(_ text: borrowing String) {
      self = unsafeBitCast(copy text, to: Bits.self)
    }

    private init(low: UInt64, high: UInt64) {
      self.low = low
      self.high = high
    }
  }

  private let session: UInt128
  private let parent: UInt128
  private let key: Bits
  private let scope: Bits
  private let user: Bits
  private let reason: Bits

  @inline(__always)
  init(_ context: borrowing CallContext) {
    session = context.session?.value ?? 0
    parent = context.parent?.value ?? 0
    key = Bits(context.key?.description ?? "")
    scope = Bits(context.scope.description)
    user = Bits(context.user)
    reason = Bits(context.reason)
  }

  /// Which of `count` slots, a power of two, it goes into.
  @inline(__always)
  func slot(of count: Int) -> Int { Int(truncatingIfNeeded: session) & (count - 1) }

  @inline(__always)
  static func == (left: PlaceMark, right: PlaceMark) -> Bool {
    left.session == right.session && left.key == right.key && left.scope == right.scope
      && left.user == right.user && left.reason == right.reason && left.parent == right.parent
  }
}

/// Finds the place that an event is about among those that its batch has written out before.
struct ContextCache {
  private static let slots = 16

  private var entries: [(mark: PlaceMark, index: Int)?] = Array(repeating: nil, count: slots)
  /// Keeps the strings alive that the marks stand for, so that no other string gets their bits.
  private var kept: [CallContext] = []

  @inline(__always)
  func find(_ mark: PlaceMark) -> Int? {
    guard let entry = entries[mark.slot(of: Self.slots)], entry.mark == mark else { return nil }
    return entry.index
  }

  mutating func remember(_ mark: PlaceMark, _ context: CallContext, at index: Int) {
    entries[mark.slot(of: Self.slots)] = (mark, index)
    kept.append(context)
  }

  mutating func clear() {
    guard !kept.isEmpty else { return }
    for slot in entries.indices { entries[slot] = nil }
    kept.removeAll(keepingCapacity: kept.count <= 64)
  }
}
