/// The events of one plugin, in the bus's order and within bounds.
///
/// Events of one place keep their order. Behind a flush mark they wait until the first attempt to
/// flush has come to its end, so a provider never hears of a switch before it was offered what the
/// old session owed it. Events of other places pass. Journalled events that do not fit stay in the
/// journal and are read from there later; others are dropped and counted, and so is a prefetch that
/// would have to wait behind a flush mark.
public struct Mailbox: Sendable {
  /// An event on its way to the plugin.
  public struct Delivery: Sendable, Equatable {
    /// What happened.
    public var event: BusEvent
    /// Counts the deliveries to this plugin from 1.
    public var number: UInt64
  }

  /// Events in the chains that say what may be sent of one session, in the order of the bus.
  private struct Marks {
    var switches: [(sequence: BusSequence, turn: TurnIndex)] = []
    var flushes: [(sequence: BusSequence, turn: TurnIndex)] = []
  }

  private struct Unhandled {
    let number: UInt64
    let sequence: BusSequence
    let since: Instant
  }

  /// What the plugin wants.
  public let mask: EventKind
  /// At most so many events are held here or by the plugin.
  public let bound: Int
  /// Journalled events up to this one are handled, or none of its business.
  public private(set) var cursor: BusSequence
  /// Journalled events were left in the journal; they are to be read from there.
  public private(set) var isBehind = false
  /// Events that were dropped.
  public private(set) var dropped: UInt64 = 0
  /// The last journalled event that was taken in.
  public private(set) var lastTaken: BusSequence
  private var lastSeen: BusSequence
  private var chains: [SessionKey: Queue<BusEvent>] = [:]
  private var marks: [SessionID: Marks] = [:]
  private var held = 0
  private var lifted: [SessionID] = []
  private var unhandled = Queue<Unhandled>()
  private var lastNumber: UInt64 = 0
  private var lastHandled = Instant(nanoseconds: 0)

  /// A mailbox whose plugin has handled everything up to `cursor`; `last` is where the bus stands.
  public init(mask: EventKind, cursor: BusSequence, last: BusSequence, bound: Int = 1024) {
    self.mask = mask
    self.bound = bound
    self.cursor = cursor
    lastTaken = cursor
    lastSeen = cursor
    isBehind = cursor < last
  }

  /// Events held here or by the plugin.
  public var count: Int { held + unhandled.count }

  /// Since when the plugin has been at the event that it got first, nil if it holds none.
  public var holdingSince: Instant? { unhandled.first.map { max($0.since, lastHandled) } }

  /// Whether the plugin has handled all that it was given.
  public var isHandled: Bool { unhandled.isEmpty }

  /// Whether an event that is not journalled would be taken in, and in its place.
  public func takes(_ kind: EventKind) -> Bool {
    mask.contains(kind) && count < bound && !isBehind
  }

  /// Whether there is room to read on in the journal.
  public var wantsMore: Bool { isBehind && count <= bound / 2 }

  /// So many events are read from the journal at a time.
  public var readLimit: Int { min(256, bound / 2) }

  /// The turns of a session that may be sent before the plugin has heard of the switch to it; nil
  /// if no switch to it waits. While events are left in the journal, switches may be among them:
  /// then only what a flush mark waits for may be sent, whose switches came before it.
  public func gate(of session: SessionID) -> TurnIndex? {
    let marks = marks[session]
    let known = marks?.switches.first?.turn
    guard isBehind else { return known }
    let asked = marks?.flushes.map(\.turn).max() ?? 0
    return min(known ?? asked, asked)
  }

  private mutating func mark(_ event: BusEvent) {
    if event.kind == .sessionSwitched, let session = event.newSession {
      marks[session, default: Marks()].switches.append((event.sequence, event.newLastTurn))
    } else if event.kind == .flush, let session = event.context.session {
      marks[session, default: Marks()].flushes.append((event.sequence, event.context.lastTurn))
    }
  }

  private mutating func unmark(_ event: BusEvent) {
    let switched = event.kind == .sessionSwitched ? event.newSession : nil
    let flushed = event.kind == .flush ? event.context.session : nil
    guard let session = switched ?? flushed, var rest = marks[session] else { return }
    rest.switches.removeAll { $0.sequence == event.sequence }
    rest.flushes.removeAll { $0.sequence == event.sequence }
    marks[session] = rest.switches.isEmpty && rest.flushes.isEmpty ? nil : rest
  }

  /// Takes an event in. Returns its number if it goes to the plugin now.
  public mutating func publish(
    _ event: BusEvent, at now: Instant, isFlushed: (BusEvent) -> Bool
  ) -> UInt64? {
    if event.sequence > 0 {
      lastSeen = max(lastSeen, event.sequence)
      if isBehind || event.sequence <= lastTaken { return nil }
      if count >= bound {
        isBehind = true
        return nil
      }
      lastTaken = event.sequence
      if passes(event.kind) {
        cursor = lastTaken
        return nil
      }
    } else if !mask.contains(event.kind) {
      return nil
    } else if count >= bound {
      dropped += 1
      return nil
    }
    return take(event, at: now, isFlushed: isFlushed)
  }

  /// Whether an event of that kind changes nothing here but the cursor, as with most plugins most
  /// events do.
  private func passes(_ kind: EventKind) -> Bool {
    !mask.union([.flush, .sessionSwitched]).contains(kind) && chains.isEmpty && unhandled.isEmpty
  }

  /// Takes in what was read from the journal, which has no more behind it if `isLast`.
  public mutating func catchUp(
    _ events: [BusEvent], isLast: Bool, at now: Instant, isFlushed: (BusEvent) -> Bool
  ) -> [Delivery] {
    var deliveries: [Delivery] = []
    for var event in events where event.sequence > lastTaken {
      lastTaken = event.sequence
      event.isRedelivered = true
      if let number = take(event, at: now, isFlushed: isFlushed) {
        deliveries.append(Delivery(event: event, number: number))
      }
    }
    if isLast, lastTaken >= lastSeen { isBehind = false }
    moveCursor()
    return deliveries
  }

  /// A flush may have come to its end. Returns what goes to the plugin now.
  public mutating func advance(at now: Instant, isFlushed: (BusEvent) -> Bool) -> [Delivery] {
    guard !chains.isEmpty else { return [] }
    var deliveries: [Delivery] = []
    for key in chains.keys.sorted(by: { $0.description < $1.description }) {
      while let event = chains[key]?.first {
        if event.kind == .flush, !isFlushed(event) { break }
        chains[key]?.popFirst()
        held -= 1
        unmark(event)
        if let number = hand(event, at: now) {
          deliveries.append(Delivery(event: event, number: number))
        }
      }
      if chains[key]?.isEmpty ?? false { chains[key] = nil }
    }
    moveCursor()
    return deliveries
  }

  /// The plugin has handled everything up to this delivery.
  public mutating func handled(through number: UInt64, at now: Instant) {
    lastHandled = now
    while let first = unhandled.first, first.number <= number { unhandled.popFirst() }
    moveCursor()
  }

  /// The sessions of which more may be sent since this was asked before.
  public mutating func takeLifted() -> [SessionID] {
    defer { lifted = [] }
    return lifted
  }

  private mutating func take(
    _ event: BusEvent, at now: Instant, isFlushed: (BusEvent) -> Bool
  ) -> UInt64? {
    if let key = event.context.key {
      if chains[key] != nil, event.kind == .prefetchRequested {
        // Its answer would come after whoever asked has stopped waiting for it.
        dropped += 1
        return nil
      }
      if chains[key] != nil || event.kind == .flush && !isFlushed(event) {
        chains[key, default: Queue()].append(event)
        held += 1
        mark(event)
        // What it waits for may be sent now, also while more is left in the journal.
        if event.kind == .flush, let session = event.context.session { lifted.append(session) }
        return nil
      }
    }
    let number = hand(event, at: now)
    if event.sequence > 0 { moveCursor() }
    return number
  }

  private mutating func hand(_ event: BusEvent, at now: Instant) -> UInt64? {
    if event.kind == .sessionSwitched, let session = event.newSession { lifted.append(session) }
    guard event.kind != .flush, mask.contains(event.kind) else { return nil }
    lastNumber += 1
    unhandled.append(
      Unhandled(number: lastNumber, sequence: event.sequence, since: now))
    return lastNumber
  }

  private mutating func moveCursor() {
    var lowest = lastTaken + 1
    for chain in chains.values {
      if let first = chain.first(where: { $0.sequence > 0 }) {
        lowest = min(lowest, first.sequence)
      }
    }
    if chains.isEmpty, unhandled.isEmpty {
      cursor = lastTaken
      return
    }
    if let first = unhandled.first(where: { $0.sequence > 0 }) {
      lowest = min(lowest, first.sequence)
    }
    cursor = max(cursor, lowest - 1)
  }
}
