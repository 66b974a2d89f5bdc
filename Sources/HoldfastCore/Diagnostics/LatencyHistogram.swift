/// How often which time was taken: counts in classes whose width grows with the time, so that a
/// figure read from it is at most a sixteenth too large, from microseconds to an hour. Of fixed
/// size, and without memory of its own until the first value.
public struct LatencyHistogram: Sendable, Equatable {
  /// Classes up to here are of the same width.
  private static let linear = 16
  /// Values in units of 1024 ns below which they are told apart; the last class takes the others.
  private static let octaves = 28
  /// How many classes there are.
  static let classes = linear * (octaves + 1)

  private var counts: [UInt32] = []
  /// How many values it holds.
  public private(set) var count: UInt64 = 0
  /// The largest, in nanoseconds, as it was given.
  public private(set) var largest: UInt64 = 0

  /// A histogram of nothing.
  public init() {}

  /// Adds a value `times` times.
  public mutating func record(_ nanoseconds: UInt64, times: UInt32 = 1) {
    add(times, to: Self.index(of: nanoseconds))
    largest = max(largest, nanoseconds)
  }

  /// Adds all values of another one.
  public mutating func merge(_ other: LatencyHistogram) {
    for (index, times) in other.counts.enumerated() where times > 0 { add(times, to: index) }
    largest = max(largest, other.largest)
  }

  /// Adds to a class whose values are at most `nanoseconds`.
  mutating func add(_ times: UInt32, to index: Int, atMost nanoseconds: UInt64) {
    add(times, to: index)
    largest = max(largest, nanoseconds)
  }

  private mutating func add(_ times: UInt32, to index: Int) {
    if counts.isEmpty { counts = Array(repeating: 0, count: Self.classes) }
    let (sum, isFull) = counts[index].addingReportingOverflow(times)
    counts[index] = isFull ? .max : sum
    count += UInt64(times)
  }

  /// A value that a share of all values, from 0 to 1, does not exceed, in nanoseconds; 0 of none.
  public func quantile(_ share: Double) -> UInt64 {
    guard count > 0 else { return 0 }
    let rank = min(count, max(1, UInt64((share * Double(count)).rounded(.up))))
    var seen: UInt64 = 0
    for (index, times) in counts.enumerated() {
      seen += UInt64(times)
      if seen >= rank { return min(largest, Self.end(of: index)) }
    }
    return largest
  }

  /// The class of a value.
  static func index(of nanoseconds: UInt64) -> Int {
    let units = nanoseconds >> 10
    if units < UInt64(linear) { return Int(units) }
    let octave = 63 - units.leadingZeroBitCount - 4
    if octave >= octaves { return classes - 1 }
    return linear * octave + Int(units >> UInt64(octave))
  }

  /// The largest value of a class, in nanoseconds.
  static func end(of index: Int) -> UInt64 {
    if index < linear { return UInt64(index + 1) << 10 - 1 }
    if index == classes - 1 { return .max }
    let octave = UInt64(index / linear - 1)
    let step = UInt64(index % linear + linear)
    return (step + 1) << (octave + 10) - 1
  }
}

/// The same over the last minute only: values are forgotten second by second.
public struct LatencyWindow: Sendable, Equatable {
  /// How far back it looks.
  public static let seconds: UInt64 = 60

  /// What came within one second. Most of it is in a few classes.
  private struct Slice: Sendable, Equatable {
    let second: UInt64
    var largest: UInt64 = 0
    var cells: [Cell] = []
  }

  private struct Cell: Sendable, Equatable {
    let index: UInt16
    var times: UInt32
  }

  private var slices: [Slice] = []

  /// A window that nothing was seen in.
  public init() {}

  /// Adds a value in that second of any clock that never goes back.
  public mutating func record(_ nanoseconds: UInt64, in second: UInt64) {
    forget(at: second)
    if (slices.last?.second ?? 0) < second || slices.isEmpty {
      slices.append(Slice(second: second))
    }
    let last = slices.count - 1
    let index = UInt16(LatencyHistogram.index(of: nanoseconds))
    slices[last].largest = max(slices[last].largest, nanoseconds)
    if let cell = slices[last].cells.firstIndex(where: { $0.index == index }) {
      slices[last].cells[cell].times += 1
    } else {
      slices[last].cells.append(Cell(index: index, times: 1))
    }
  }

  /// What came within the minute that ends with that second.
  public func histogram(at second: UInt64) -> LatencyHistogram {
    var sum = LatencyHistogram()
    for slice in slices where slice.second + Self.seconds > second {
      for cell in slice.cells {
        sum.add(cell.times, to: Int(cell.index), atMost: slice.largest)
      }
    }
    return sum
  }

  private mutating func forget(at second: UInt64) {
    guard let first = slices.first, first.second + Self.seconds <= second else { return }
    slices.removeAll { $0.second + Self.seconds <= second }
  }
}
