/// Where each value of a table lies, by the mark of its key: open addressing with linear probing,
/// at most half full.
struct TableIndex: Sendable {
  private struct Entry {
    var mark: UInt64 = 0
    /// Place of the value; below zero: nothing is here.
    var place = -1
  }

  private var entries: [Entry] = []
  private(set) var count = 0

  /// The place under a mark for which `isWanted` holds, nil if there is none.
  @inline(__always)
  func place(of mark: UInt64, isWanted: (Int) -> Bool) -> Int? {
    if count == 0 { return nil }
    var position = home(of: mark)
    while entries[position].place >= 0 {
      if entries[position].mark == mark, isWanted(entries[position].place) {
        return entries[position].place
      }
      position = next(position)
    }
    return nil
  }

  /// Adds a place that is not there.
  mutating func insert(_ place: Int, under mark: UInt64) {
    if 2 * (count + 1) > entries.count { grow() }
    count += 1
    put(Entry(mark: mark, place: place))
  }

  /// Takes out a place that is there. Entries behind it that were pushed on by it move up, or a
  /// search for them would end at the gap.
  mutating func remove(_ place: Int, under mark: UInt64) {
    var gap = home(of: mark)
    while entries[gap].place != place { gap = next(gap) }
    count -= 1
    entries[gap] = Entry()
    var position = next(gap)
    while entries[position].place >= 0 {
      let entry = entries[position]
      entries[position] = Entry()
      put(entry)
      position = next(position)
    }
  }

  private mutating func put(_ entry: Entry) {
    var position = home(of: entry.mark)
    while entries[position].place >= 0 { position = next(position) }
    entries[position] = entry
  }

  private mutating func grow() {
    let old = entries
    entries = Array(repeating: Entry(), count: max(8, 2 * old.count))
    for entry in old where entry.place >= 0 { put(entry) }
  }

  @inline(__always)
  private func home(of mark: UInt64) -> Int {
    // Multiplied by the golden ratio, so that marks that differ in high bits only part as well.
    Int(truncatingIfNeeded: (mark &* 0x9E37_79B9_7F4A_7C15) >> 32) & (entries.count - 1)
  }

  @inline(__always)
  private func next(_ position: Int) -> Int { (position + 1) & (entries.count - 1) }
}
