public import HoldfastCore
internal import Synchronization

/// Hands events to everybody who follows them, without waiting for anybody. Any thread.
public final class EventFeed: Sendable {
  private struct Shared {
    var queues: [UInt64: EventQueue] = [:]
    var last: UInt64 = 0
    var tell: @Sendable () -> Void = {}
  }

  private let shared = Mutex(Shared())
  private let count = Atomic<Int>(0)
  private let recorded: @Sendable () -> [DiagnosticEvent]

  /// A feed that nobody follows. `recorded` gives what was kept so far; an event is kept before it
  /// is published.
  public init(recorded: @escaping @Sendable () -> [DiagnosticEvent]) {
    self.recorded = recorded
  }

  /// Whether anybody follows.
  public var isFollowed: Bool { count.load(ordering: .sequentiallyConsistent) > 0 }

  /// Tells everybody who follows of an event. Costs next to nothing while nobody does.
  public func publish(_ event: DiagnosticEvent) {
    if isFollowed { add(EventLine(event)) }
  }

  /// Tells of an event of the bus.
  public func publish(_ event: PublishedEvent) {
    if isFollowed, let line = EventLine(event) { add(line) }
  }

  private func add(_ line: EventLine) {
    let tell = shared.withLock { shared in
      var isNews = false
      for queue in shared.queues.keys {
        let wasEmpty = shared.queues[queue]?.isEmpty ?? false
        shared.queues[queue]?.add(line)
        isNews = isNews || wasEmpty && shared.queues[queue]?.isEmpty == false
      }
      return isNews ? shared.tell : nil
    }
    tell?()
  }

  /// Called after something was put into an empty queue.
  func tellOfNews(_ tell: @escaping @Sendable () -> Void) {
    shared.withLock { $0.tell = tell }
  }

  /// Begins a queue; its number.
  func open(_ filter: EventFilter) -> UInt64 {
    count.add(1, ordering: .sequentiallyConsistent)
    let queue = shared.withLock { shared in
      shared.last += 1
      shared.queues[shared.last] = EventQueue(filter)
      return shared.last
    }
    // From here on nothing is missed; what is recorded as well is recognised by its number. Nobody
    // who publishes waits for the thousands that were.
    let events = recorded()
    let earlier =
      filter.sinceStart ? events.map(EventLine.init).filter { filter.passes($0) } : []
    shared.withLock { shared in
      shared.queues[queue]?.begin(with: earlier, after: events.last?.sequence ?? 0)
    }
    return queue
  }

  /// What comes next in a queue.
  func next(of queue: UInt64) -> EventQueue.Item? {
    shared.withLock { $0.queues[queue]?.next() }
  }

  /// Ends a queue.
  func close(_ queue: UInt64) {
    let wasThere = shared.withLock { $0.queues.removeValue(forKey: queue) != nil }
    if wasThere { count.subtract(1, ordering: .sequentiallyConsistent) }
  }
}
