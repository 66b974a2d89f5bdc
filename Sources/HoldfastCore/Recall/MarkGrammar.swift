/// How far a mark has been read behind its opening bracket: fillers, a slash or none, the name with
/// fillers anywhere in it, attributes or none, the closing bracket.
struct MarkGrammar: Equatable, Sendable {
  enum Step: Equatable {
    /// It may still become a mark.
    case more
    /// The name is complete.
    case named
    /// It is a mark.
    case mark
    /// It is none.
    case failed
  }

  /// The name, as its letters fold.
  private static let name = Array("recallednotes".utf8)
  /// A mark with more than so many fillers is none in an answer: an answer that waits for the end
  /// of a mark has to go on some time.
  static let mostFillers: UInt8 = 64
  /// At most so many characters of attributes.
  static let mostAttributes: UInt8 = 80

  private(set) var isClosing = false
  private var isSpaced = false
  private var matched: UInt8 = 0
  private var fillers: UInt8 = 0
  private var attributes: UInt8 = 0

  private var isNamed: Bool { Int(matched) == Self.name.count }

  /// Takes the next symbol. Without a bound any number of fillers will do.
  mutating func take(_ symbol: MarkSymbol, isBounded: Bool) -> Step {
    if attributes > 0 { return takeAttribute(symbol) }
    switch symbol {
    case .open: return .failed
    case .close: return isNamed ? .mark : .failed
    case .slash:
      if matched == 0 { isClosing = true }
      return matched == 0 || isNamed ? .more : .failed
    case .letter(let letter):
      if isNamed { return isSpaced ? takeAttribute(symbol) : .failed }
      guard letter == Self.name[Int(matched)] else { return .failed }
      matched += 1
      return isNamed ? .named : .more
    case .space, .filler:
      if isNamed, symbol == .space { isSpaced = true }
      guard isBounded else { return .more }
      fillers += 1
      return fillers <= Self.mostFillers ? .more : .failed
    case .other: return isSpaced ? takeAttribute(symbol) : .failed
    }
  }

  private mutating func takeAttribute(_ symbol: MarkSymbol) -> Step {
    if symbol == .close { return .mark }
    attributes += 1
    return symbol != .open && attributes <= Self.mostAttributes ? .more : .failed
  }
}
