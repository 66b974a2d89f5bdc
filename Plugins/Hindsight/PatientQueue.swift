/// Jobs that may wait, oldest first: a few are under way at a time, so that they do not take the
/// connections from those that may not.
struct PatientQueue {
  static let underWayAtMost = 8

  private var waiting: [Job] = []
  private var underWay = 0
  private var isClosed = false

  /// Behind the others; `next` gives it when it is to begin.
  mutating func add(_ job: Job) { waiting.append(job) }

  /// One of them is over, whether it had begun or not.
  mutating func ended(_ job: Job) {
    if let place = waiting.firstIndex(where: { $0 === job }) {
      waiting.remove(at: place)
    } else {
      underWay -= 1
    }
  }

  /// The one that is to begin now, if any.
  mutating func next() -> Job? {
    guard !waiting.isEmpty, underWay < Self.underWayAtMost, !isClosed else { return nil }
    underWay += 1
    return waiting.removeFirst()
  }

  /// None begins any more.
  mutating func close() { isClosed = true }
}
