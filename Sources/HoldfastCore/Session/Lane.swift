/// The messages of one place: first in, first out, one turn at a time. The lane decides what runs;
/// it never runs anything.
public struct Lane: Sendable {
  /// A message that waits for its turn.
  public struct Waiting: Sendable, Equatable {
    /// The journal's row.
    public var input: InputRecord
    /// The row is synced; only then the turn may begin.
    public var isDurable: Bool
    /// It has its turn together with the one before it.
    public var isJoined = false
    /// It arrived while there was something to do; where messages are collected, such a one waits
    /// until it is quiet.
    public var awaitsQuiet = false
    /// Since when it waits.
    public var since = Instant(nanoseconds: 0)
  }

  /// What may be said of the lane from outside.
  public enum State: String, Sendable, CaseIterable {
    /// Nothing to do.
    case idle
    /// A turn is running.
    case processing
    /// A message waits to be synced or to be let in.
    case waiting
  }

  /// What becomes of a message that arrives.
  public enum Reception: Sendable, Equatable {
    /// It has a turn of its own.
    case own
    /// It is joined to the last one that waits.
    case joined
    /// Not now: there is no more room in the last one that waits.
    case busy
    /// It is not taken.
    case refused
  }

  /// Whether a turn may begin.
  public enum Opening: Sendable, Equatable {
    /// Not before something else happens.
    case closed
    /// Not before this instant.
    case at(Instant)
    /// Now.
    case open
  }

  /// Messages that wait, oldest first.
  public private(set) var waiting = Queue<Waiting>()
  /// Turns that they will have, where they are not collected.
  public private(set) var waitingTurns = 0
  /// The turn that runs.
  public var running: Turn?
  /// One more on every change.
  public private(set) var generation: UInt64 = 0

  /// An idle lane.
  public init() {}

  /// What may be said of the lane from outside.
  public var state: State {
    if running != nil { return .processing }
    return waiting.isEmpty ? .idle : .waiting
  }

  /// What becomes of a message that arrives now. What runs is never given up for it.
  public func reception(of text: String, _ rules: QueueRules) -> Reception {
    if waitingTurns < rules.cap { return .own }
    if rules.overflow == .refuse { return .refused }
    var (messages, bytes) = (1, text.utf8.count)
    for entry in waiting.elements.reversed() {
      messages += 1
      bytes += entry.input.text.utf8.count
      if !entry.isJoined { break }
    }
    return rules.allow(messages: messages, bytes: bytes) ? .joined : .busy
  }

  /// A message was accepted, in the transaction that is being written.
  public mutating func enqueue(
    _ input: InputRecord, isDurable: Bool = false, isJoined: Bool = false,
    awaitsQuiet: Bool? = nil, at now: Instant = Instant(nanoseconds: 0)
  ) {
    generation += 1
    var entry = Waiting(input: input, isDurable: isDurable)
    entry.isJoined = isJoined && !waiting.isEmpty
    entry.awaitsQuiet = awaitsQuiet ?? (state != .idle)
    entry.since = now
    if !entry.isJoined { waitingTurns += 1 }
    waiting.append(entry)
  }

  /// The message's row is synced; false if it waits no more.
  public mutating func becameDurable(_ input: Int64) -> Bool {
    var found = false
    var rest = Queue<Waiting>()
    for var entry in waiting.elements {
      if entry.input.id == input {
        entry.isDurable = true
        found = true
      }
      rest.append(entry)
    }
    if found { waiting = rest }
    return found
  }

  /// Whether a turn may begin now.
  public func opening(_ rules: QueueRules, at now: Instant) -> Opening {
    guard running == nil, size(ofNext: rules) > 0 else { return .closed }
    guard rules.mode == .collect, waiting.first?.awaitsQuiet ?? false,
      waitingTurns < rules.cap, let last = waiting.last
    else { return .open }
    let quiet = last.since + rules.debounce
    return quiet <= now ? .open : .at(quiet)
  }

  /// The messages that the next turn answers, in order; none if it may not begin.
  public mutating func next(_ rules: QueueRules = QueueRules()) -> [Waiting] {
    guard running == nil else { return [] }
    return take(size(ofNext: rules))
  }

  /// The messages that a turn which has so much already answers as well, in order.
  public mutating func steered(_ rules: QueueRules, messages: Int, bytes: Int) -> [Waiting] {
    take(size(from: (messages, bytes), isFirstFree: false, isGreedy: true, rules))
  }

  /// Takes out the messages of the next turn, synced or not.
  public mutating func dropNext() -> [Waiting] {
    let all = waiting.elements
    return take(all.dropFirst().firstIndex { !$0.isJoined } ?? all.count)
  }

  /// The running turn came to its end or was interrupted.
  @discardableResult
  public mutating func end() -> Turn? {
    generation += 1
    defer { running = nil }
    return running
  }

  /// Takes every waiting message out.
  public mutating func dropWaiting() -> [Waiting] {
    generation += 1
    waitingTurns = 0
    return waiting.removeAll { _ in true }
  }

  private mutating func take(_ count: Int) -> [Waiting] {
    guard count > 0 else { return [] }
    generation += 1
    var taken: [Waiting] = []
    for _ in 0..<count {
      guard let entry = waiting.popFirst() else { break }
      if !entry.isJoined { waitingTurns -= 1 }
      taken.append(entry)
    }
    return taken
  }

  private func size(ofNext rules: QueueRules) -> Int {
    if waiting.count == 1 { return waiting.first?.isDurable ?? false ? 1 : 0 }
    return size(from: (0, 0), isFirstFree: true, isGreedy: rules.mode == .collect, rules)
  }

  /// How many messages go into one turn beside what it has: whole groups, and synced ones only. The
  /// first group goes into a turn of its own whatever its size, since it was accepted.
  private func size(
    from had: (messages: Int, bytes: Int), isFirstFree: Bool, isGreedy: Bool, _ rules: QueueRules
  ) -> Int {
    var (messages, bytes) = had
    var (size, group) = (0, 0)
    let all = waiting.elements
    for (place, entry) in all.enumerated() {
      guard entry.isDurable else { break }
      messages += 1
      bytes += entry.input.text.utf8.count
      group += 1
      guard place + 1 == all.count || !all[place + 1].isJoined else { continue }
      let isFree = isFirstFree && size == 0
      guard isFree || rules.allow(messages: messages, bytes: bytes) else { break }
      size += group
      group = 0
      if !isGreedy { break }
    }
    return size
  }
}
