/// Which memories of several providers go into one prompt, and why the others do not.
///
/// Providers of a higher priority come first, those of the same take turns, each with its best
/// first. A memory that another one has said already is left out, as is what does not fit.
public struct RecallMerge: Sendable, Equatable {
  /// What one provider answered.
  public struct Offer: Sendable, Equatable {
    /// Who.
    public var provider: InstanceID
    /// Larger comes first.
    public var priority: Int
    /// What it remembered, in any order.
    public var items: [RecallItem]

    /// An offer.
    public init(provider: InstanceID, priority: Int, items: [RecallItem]) {
      self.provider = provider
      self.priority = priority
      self.items = items
    }
  }

  /// What became of one memory.
  public enum Verdict: Sendable, Equatable {
    /// It is in the prompt, at this place from 1.
    case used(Int)
    /// That provider said the same.
    case duplicate(of: InstanceID)
    /// It is longer than the room that was left, in characters.
    case noRoom(Int)
    /// There were enough.
    case tooMany
    /// It says nothing.
    case empty
  }

  /// What is used, in its order, each with its provider.
  public private(set) var used: [RecallItem] = []
  /// What became of each item of each offer, in the order in which they were offered.
  public private(set) var verdicts: [[Verdict]]

  /// Merges offers within the bounds of one prompt.
  public init(_ offers: [Offer], maxCharacters: Int, maxItems: Int) {
    verdicts = offers.map { Array(repeating: .empty, count: $0.items.count) }
    var room = maxCharacters
    var said: [(core: [UInt8], provider: InstanceID)] = []
    for (offer, position) in Self.order(of: offers) {
      let provider = offers[offer].provider
      var item = offers[offer].items[position]
      item.text = RecallBlock.neutralised(item.text)
      item.provider = provider
      let core = Self.core(of: item.text)
      let verdict: Verdict
      if item.text.isEmpty {
        verdict = .empty
      } else if let other = said.first(where: { Self.says($0.core, core) }) {
        verdict = .duplicate(of: other.provider)
      } else if used.count >= maxItems {
        verdict = .tooMany
      } else if item.text.count > room {
        verdict = .noRoom(room)
      } else {
        room -= item.text.count
        used.append(item)
        said.append((core, provider))
        verdict = .used(used.count)
      }
      verdicts[offer][position] = verdict
    }
  }

  /// Places of all items, as they are to be looked at.
  private static func order(of offers: [Offer]) -> [(offer: Int, item: Int)] {
    let ranked = offers.map { offer in
      offer.items.indices.sorted { left, right in
        let (first, second) = (offer.items[left].score, offer.items[right].score)
        return first == second ? left < right : first > second
      }
    }
    var order: [(priority: Int, turn: Int, offer: Int, item: Int)] = []
    for (offer, items) in ranked.enumerated() {
      for (turn, item) in items.enumerated() {
        order.append((offers[offer].priority, turn, offer, item))
      }
    }
    return order.sorted { ($1.priority, $0.turn, $0.offer) < ($0.priority, $1.turn, $1.offer) }
      .map { ($0.offer, $0.item) }
  }

  /// Letters and digits alone: providers differ in blanks, case and marks.
  private static func core(of text: String) -> [UInt8] {
    var core: [UInt8] = []
    core.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
        core.append(byte)
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): core.append(byte | 0x20)
      default: break
      }
    }
    return core
  }

  /// Whether what was said before says this as well: the same, or cut short by one of the two.
  private static func says(_ before: [UInt8], _ now: [UInt8]) -> Bool {
    if before == now { return true }
    guard min(before.count, now.count) >= shortestBeginning else { return false }
    return before.starts(with: now) || now.starts(with: before)
  }

  /// A shorter beginning in common is chance.
  private static let shortestBeginning = 24
}
