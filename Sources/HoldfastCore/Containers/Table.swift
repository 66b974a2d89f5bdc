/// A dictionary of large values, which are read and changed where they lie. Dictionary's own
/// subscript copies a value to read a field of it, and moves it out and back to change one.
public struct Table<Key: Hashable, Value> {
  private var places: [Key: Int] = [:]
  private var slots: [Value?] = []
  private var free: [Int] = []

  /// An empty table.
  public init() {}

  /// How many values there are.
  public var count: Int { places.count }
  /// Whether there are none.
  public var isEmpty: Bool { places.isEmpty }
  /// All keys, in no order.
  public var keys: Dictionary<Key, Int>.Keys { places.keys }
  /// All values, in no order; each is copied as it is reached.
  public var values: some Sequence<Value> { slots.lazy.compactMap { $0 } }

  /// Whether there is a value.
  @inline(__always)
  public func contains(_ key: Key) -> Bool { places[key] != nil }

  /// The value of a key, nil if there is none.
  @inline(__always)
  public subscript(key: Key) -> Value? {
    _read {
      if let place = places[key] { yield slots[place] } else { yield nil }
    }
    _modify {
      if let place = places[key] {
        defer { if slots[place] == nil { release(place, of: key) } }
        yield &slots[place]
      } else {
        var value: Value?
        defer { if let value { insert(value, for: key) } }
        yield &value
      }
    }
  }

  /// Makes the value of a key if there is none.
  @inline(__always)
  public mutating func fill(_ key: Key, with value: @autoclosure () -> Value) {
    if !contains(key) { insert(value(), for: key) }
  }

  private mutating func insert(_ value: Value, for key: Key) {
    if let place = free.popLast() {
      slots[place] = value
      places[key] = place
    } else {
      places[key] = slots.count
      slots.append(value)
    }
  }

  private mutating func release(_ place: Int, of key: Key) {
    places[key] = nil
    free.append(place)
  }
}

extension Table: Sendable where Key: Sendable, Value: Sendable {}

extension Table: Sequence {
  /// Pairs in no order; each value is copied as it is reached.
  public func makeIterator() -> AnyIterator<(key: Key, value: Value)> {
    var rest = places.makeIterator()
    let slots = slots
    return AnyIterator {
      guard let next = rest.next(), let value = slots[next.value] else { return nil }
      return (next.key, value)
    }
  }
}
