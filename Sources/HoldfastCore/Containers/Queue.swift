/// First in, first out; amortised constant time at both ends.
public struct Queue<Element> {
  private var storage: [Element?] = []
  private var head = 0

  /// An empty queue.
  public init() {}

  /// How many wait.
  public var count: Int { storage.count - head }
  /// Whether none waits.
  public var isEmpty: Bool { count == 0 }
  /// The one that waits longest.
  public var first: Element? { head < storage.count ? storage[head] : nil }
  /// The one that came last.
  public var last: Element? { isEmpty ? nil : storage[storage.count - 1] }
  /// All that wait, oldest first.
  public var elements: [Element] { storage[head...].compactMap { $0 } }

  /// Adds one at the end.
  public mutating func append(_ element: Element) { storage.append(element) }

  /// Takes out the one that waits longest.
  @discardableResult
  public mutating func popFirst() -> Element? { popFirst(if: { _ in true }) }

  /// Takes out the one that waits longest, if `condition` holds for it.
  public mutating func popFirst(if condition: (Element) -> Bool) -> Element? {
    guard head < storage.count, storage[head].map(condition) ?? false else { return nil }
    var element: Element?
    swap(&element, &storage[head])
    head += 1
    if head == storage.count {
      storage.removeAll(keepingCapacity: head <= 1024)
      head = 0
    } else if head > 64, head * 2 > storage.count {
      storage.removeFirst(head)
      head = 0
    }
    return element
  }

  /// Changes the one that waits longest.
  public mutating func updateFirst(_ change: (inout Element) -> Void) {
    guard head < storage.count, var element = storage[head] else { return }
    change(&element)
    storage[head] = element
  }

  /// The oldest one for which `condition` holds.
  public func first(where condition: (Element) -> Bool) -> Element? {
    for position in head..<storage.count {
      if let element = storage[position], condition(element) { return element }
    }
    return nil
  }

  /// Takes out all for which `condition` holds, oldest first.
  @discardableResult
  public mutating func removeAll(where condition: (Element) -> Bool) -> [Element] {
    let all = elements
    let removed = all.filter(condition)
    if !removed.isEmpty {
      storage = all.filter { !condition($0) }
      head = 0
    }
    return removed
  }
}

extension Queue: Sendable where Element: Sendable {}

/// Instants with what is to be looked at then. An entry is a hint, not a promise: whoever is woken
/// looks at its own state, so nothing has to be taken back.
public struct TimerQueue<Key: Hashable & Sendable>: Sendable {
  private struct Entry {
    let at: Instant
    let order: UInt64
    let key: Key
  }

  private var heap: [Entry] = []
  private var earliest: [Key: Instant] = [:]
  private var order: UInt64 = 0

  /// No timers.
  public init() {}

  /// The earliest instant, nil if there is none.
  public var next: Instant? { heap.first?.at }
  /// How many entries wait, superseded ones included.
  public var count: Int { heap.count }

  /// Wakes `key` at `instant`, or earlier if an earlier wake-up of it is pending.
  public mutating func add(_ key: Key, at instant: Instant) {
    if let pending = earliest[key], pending <= instant { return }
    earliest[key] = instant
    order += 1
    heap.append(Entry(at: instant, order: order, key: key))
    siftUp(heap.count - 1)
  }

  /// Takes out the earliest key that is due, nil if none is.
  public mutating func pop(at now: Instant) -> Key? {
    while let first = heap.first, first.at <= now {
      removeFirst()
      guard earliest[first.key] == first.at else { continue }
      earliest[first.key] = nil
      return first.key
    }
    return nil
  }

  /// Takes superseded entries from the front, so that `next` is an instant that still stands.
  public mutating func dropSuperseded() {
    while let first = heap.first, earliest[first.key] != first.at { removeFirst() }
  }

  private mutating func removeFirst() {
    let last = heap.removeLast()
    guard !heap.isEmpty else { return }
    heap[0] = last
    siftDown()
  }

  /// Wakes `key` no more, until it is added again.
  public mutating func remove(_ key: Key) {
    guard earliest.removeValue(forKey: key) != nil else { return }
    // Entries of removed keys are dropped together, when they have become the larger part.
    guard heap.count > 2 * earliest.count + 64 else { return }
    let kept = heap.filter { earliest[$0.key] == $0.at }
    heap.removeAll(keepingCapacity: true)
    for entry in kept {
      heap.append(entry)
      siftUp(heap.count - 1)
    }
  }

  private func precedes(_ left: Int, _ right: Int) -> Bool {
    (heap[left].at, heap[left].order) < (heap[right].at, heap[right].order)
  }

  private mutating func siftUp(_ start: Int) {
    var child = start
    while child > 0, precedes(child, (child - 1) / 2) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  private mutating func siftDown() {
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && precedes(child, least) { least = child }
      if least == parent { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
