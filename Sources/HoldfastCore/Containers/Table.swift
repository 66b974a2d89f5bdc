/// What finds a value in a `Table` without being hashed anew each time.
public protocol TableKey: Hashable {
  /// The same for equal keys; its low bits differ between keys as far as possible.
  var mark: UInt64 { get }
}

/// A dictionary of large values, which are read and changed where they lie. Dictionary's own
/// subscript copies a value to read a field of it, and moves it out and back to change one.
public struct Table<Key: TableKey, Value> {
  private var index = TableIndex()
  /// In the first place lies nothing, ever: it stands for keys without a value.
  private var names: [Key?] = [nil]
  private var slots: [Value?] = [nil]
  private var free: [Int] = []

  /// An empty table.
  public init() {}

  /// How many values there are.
  public var count: Int { index.count }
  /// Whether there are none.
  public var isEmpty: Bool { index.count == 0 }
  /// All keys, in no order.
  public var keys: [Key] { names.compactMap { $0 } }
  /// All values, in no order; each is copied as it is reached.
  public var values: some Sequence<Value> { slots.lazy.compactMap { $0 } }

  /// Every spot where a value may lie, for whoever visits all of them where they lie.
  public var spots: Range<Int> { 1..<slots.count }

  /// The key at a spot, nil if nothing lies there.
  public func key(at spot: Int) -> Key? { names[spot] }

  /// The value at a spot, nil if none lies there. A spot is not to be given a value or emptied.
  @inline(__always)
  public subscript(at spot: Int) -> Value? {
    _read { yield slots[spot] }
    _modify { yield &slots[spot] }
  }

  /// Whether there is a value.
  @inline(__always)
  public func contains(_ key: Key) -> Bool { place(of: key) > 0 }

  /// The value of a key, nil if there is none. Each accessor yields in one place only, or the
  /// compiler would not put it in line but allocate room for it at each use.
  @inline(__always)
  public subscript(key: Key) -> Value? {
    _read { yield slots[place(of: key)] }
    _modify {
      var place = place(of: key)
      if place == 0 { place = reserve(for: key) }
      defer { if slots[place] == nil { release(place) } }
      yield &slots[place]
    }
  }

  /// Makes the value of a key if there is none.
  @inline(__always)
  public mutating func fill(_ key: Key, with value: @autoclosure () -> Value) {
    if !contains(key) { slots[reserve(for: key)] = value() }
  }

  private func place(of key: Key) -> Int {
    index.place(of: key.mark) { names[$0] == key } ?? 0
  }

  private mutating func reserve(for key: Key) -> Int {
    let place = free.popLast() ?? slots.count
    if place == slots.count {
      slots.append(nil)
      names.append(key)
    } else {
      names[place] = key
    }
    index.insert(place, under: key.mark)
    return place
  }

  private mutating func release(_ place: Int) {
    guard let key = names[place] else { return }
    names[place] = nil
    index.remove(place, under: key.mark)
    free.append(place)
  }
}

extension Table: Sendable where Key: Sendable, Value: Sendable {}

extension Table: Sequence {
  /// Pairs in no order; each value is copied as it is reached.
  public func makeIterator() -> AnyIterator<(key: Key, value: Value)> {
    var place = 0
    let (names, slots) = (names, slots)
    return AnyIterator {
      while place < names.count {
        defer { place += 1 }
        if let key = names[place], let value = slots[place] { return (key, value) }
      }
      return nil
    }
  }
}
