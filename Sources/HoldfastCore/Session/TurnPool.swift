/// A number of places that turns take and give back, and the turns that wait for one: those that a
/// person waits for come first, then the oldest. Nobody waits for ever: after some of the first
/// kind in a row one of the others has its place.
public struct TurnPool: Sendable {
  /// Who waits.
  public struct Ticket: Hashable, Sendable {
    /// Where.
    public var key: SessionKey
    /// The number of the first message that the turn answers: the smaller, the older.
    public var age: Int64
    /// Which call of the turn; 0 for the turn itself.
    public var number: Int
    /// No person waits for it.
    public var isBackground: Bool

    /// A ticket.
    public init(key: SessionKey, age: Int64, number: Int = 0, isBackground: Bool = false) {
      self.key = key
      self.age = age
      self.number = number
      self.isBackground = isBackground
    }
  }

  /// Tickets in their order.
  private struct Line: Sendable {
    private var tickets: [Ticket] = []
    private var head = 0

    var count: Int { tickets.count - head }

    mutating func insert(_ ticket: Ticket) {
      let place = place(of: ticket)
      if place < tickets.count, tickets[place] == ticket { return }
      tickets.insert(ticket, at: place)
    }

    mutating func remove(_ ticket: Ticket) -> Bool {
      let place = place(of: ticket)
      guard place < tickets.count, tickets[place] == ticket else { return false }
      tickets.remove(at: place)
      return true
    }

    mutating func popFirst() -> Ticket? {
      guard head < tickets.count else { return nil }
      head += 1
      let first = tickets[head - 1]
      if head * 2 > tickets.count {
        tickets.removeFirst(head)
        head = 0
      }
      return first
    }

    /// Where a ticket stands, or would.
    private func place(of ticket: Ticket) -> Int {
      var (low, high) = (head, tickets.count)
      while low < high {
        let middle = (low + high) / 2
        let other = tickets[middle]
        if (other.age, other.number) < (ticket.age, ticket.number) {
          low = middle + 1
        } else {
          high = middle
        }
      }
      return low
    }
  }

  /// How many places there are.
  public let capacity: Int
  /// How many of them are taken.
  public private(set) var taken = 0
  private var foreground = Line()
  private var background = Line()
  /// Places that turns with a person have had since one without was passed over.
  private var passes = 0

  /// So many turns that a person waits for come before one that nobody waits for.
  public static let patience = 8

  /// A pool of free places, at least one.
  public init(capacity: Int) { self.capacity = max(1, capacity) }

  /// How many wait.
  public var waiting: Int { foreground.count + background.count }

  /// Takes a place, and returns true, if one is free and nobody waits; else the ticket waits.
  public mutating func take(_ ticket: Ticket) -> Bool {
    guard taken < capacity, waiting == 0 else {
      if ticket.isBackground { background.insert(ticket) } else { foreground.insert(ticket) }
      return false
    }
    taken += 1
    return true
  }

  /// Gives a place back. Whoever has one gives it back once; the simulator counts them.
  public mutating func giveBack() {
    if taken > 0 { taken -= 1 }
  }

  /// The ticket waits no more; false if it did not.
  @discardableResult
  public mutating func leave(_ ticket: Ticket) -> Bool {
    ticket.isBackground ? background.remove(ticket) : foreground.remove(ticket)
  }

  /// Whose turn it is; the place is taken then. Nil if none is free or nobody waits.
  public mutating func next() -> Ticket? {
    guard taken < capacity else { return nil }
    let isPassed = background.count > 0 && (foreground.count == 0 || passes >= Self.patience)
    let ticket = isPassed ? background.popFirst() : foreground.popFirst()
    guard let ticket else { return nil }
    taken += 1
    passes = isPassed || background.count == 0 ? 0 : passes + 1
    return ticket
  }
}
