/// What one who follows events has not been given yet. It is bounded: where there is no room,
/// samples are left out first, and whoever reads too slowly is told how many are missing.
public struct EventQueue: Sendable {
  /// What is given next.
  public enum Item: Sendable, Equatable {
    /// An event.
    case event(EventLine)
    /// So many are missing here.
    case missed(Int)
  }

  private let filter: EventFilter
  private let bound: Int
  private var earlier: ArraySlice<EventLine> = []
  private var waiting = Queue<EventLine>()
  private var samples = 0
  private var missed = 0

  private var after: UInt64 = 0

  /// A queue that holds nothing yet. `bound` events wait at most.
  public init(_ filter: EventFilter, bound: Int = 1024) {
    self.filter = filter
    self.bound = max(1, bound)
  }

  /// Puts before all that waits what was kept of the time before: events that pass the filter, of
  /// which nothing is left out. Those of diagnostics with a number up to `after` are known by that.
  public mutating func begin(with earlier: [EventLine], after: UInt64) {
    self.earlier = earlier[...]
    self.after = after
    var kept = Queue<EventLine>()
    while let event = waiting.popFirst() {
      if event.isOfBus || event.sequence > after {
        kept.append(event)
      } else if event.isSample {
        samples -= 1
      }
    }
    waiting = kept
  }

  /// Whether there is nothing to be given.
  public var isEmpty: Bool { earlier.isEmpty && waiting.isEmpty && missed == 0 }

  /// Adds what happened, if it is of interest.
  public mutating func add(_ event: EventLine) {
    guard filter.passes(event), event.isOfBus || event.sequence > after else { return }
    if waiting.count < bound {
      append(event)
      return
    }
    missed += 1
    if event.isSample { return }
    if samples > 0 { dropSamples() } else { _ = waiting.popFirst() }
    append(event)
  }

  private mutating func append(_ event: EventLine) {
    waiting.append(event)
    if event.isSample { samples += 1 }
  }

  /// All samples that wait make room, so that this happens once in a while and not with each event.
  private mutating func dropSamples() {
    var kept = Queue<EventLine>()
    while let event = waiting.popFirst() { if !event.isSample { kept.append(event) } }
    missed += samples - 1
    samples = 0
    waiting = kept
  }

  /// What comes next, nil if there is nothing. That some are missing is said as soon as possible;
  /// the numbers of the events say which.
  public mutating func next() -> Item? {
    if let event = earlier.popFirst() { return .event(event) }
    if missed > 0 {
      defer { missed = 0 }
      return .missed(missed)
    }
    guard let event = waiting.popFirst() else { return nil }
    if event.isSample { samples -= 1 }
    return .event(event)
  }
}
