/// Takes recalled blocks and stray marks out of a model's answer while it streams. However the
/// answer is cut into pieces, also inside a character, the same text comes out.
///
/// A block goes from an opening mark to the next closing one. Marks without their counterpart are
/// taken out alone. What is taken out leaves no mark behind where the ends meet. Time is linear in
/// the text. What is held back is what may still be part of a mark, and what stands behind an
/// opening mark until the block's end is seen.
public struct RecallScrubber: Sendable {
  /// Something that may become a mark.
  private struct Frame {
    /// Where it begins in `held`.
    var start: Int32
    /// How far it has been read, nil if that is not known before its entity is complete.
    var grammar: MarkGrammar?
    /// Where an entity that is not complete begins in `held`.
    var entity: Int32?
  }

  /// What was held when a block began.
  private struct Outside {
    var frames: [Frame]
    var held: [UInt8]
  }

  /// Whether all that was fed, whatever became of it, is UTF-8 so far; after `finish` in all.
  public private(set) var isWellFormed = true

  /// Blocks are looked for, not only marks.
  private let findsBlocks: Bool
  private var reader = CharacterReader()
  private var frames: [Frame] = []
  private var held: [UInt8] = []
  private var outside: Outside?
  /// The text of a block whose end was not seen yet.
  private var inside: [UInt8] = []

  /// A scrubber at the beginning of an answer.
  public init() { findsBlocks = true }

  private init(findsBlocks: Bool) { self.findsBlocks = findsBlocks }

  /// Takes the next piece and gives what may go on.
  public mutating func feed(_ piece: Span<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(piece.count)
    for place in piece.indices {
      let byte = piece[place]
      // Most of an answer is here.
      if byte < 0x80, byte != UInt8(ascii: "<"), byte != UInt8(ascii: "&"), isIdle {
        output.append(byte)
      } else {
        take(byte, &output)
      }
    }
    return output
  }

  /// The same for bytes that lie anywhere.
  public mutating func feed(_ piece: some Sequence<UInt8>) -> [UInt8] {
    feed(Array(piece).span)
  }

  /// Nothing is held, and no block has begun.
  private var isIdle: Bool { frames.isEmpty && reader.pending == 0 && outside == nil }

  /// The answer is over: gives what was still held.
  public mutating func finish() -> [UInt8] {
    if reader.pending > 0 { isWellFormed = false }
    defer { self = RecallScrubber(findsBlocks: findsBlocks, isWellFormed: isWellFormed) }
    guard let outside else { return held }
    // The block has no end, so its beginning was a stray mark and its text is none of a block's.
    var marks = RecallScrubber(findsBlocks: false)
    return marks.feed(outside.held) + marks.feed(inside) + marks.feed(held) + marks.finish()
  }

  private init(findsBlocks: Bool, isWellFormed: Bool) {
    self.findsBlocks = findsBlocks
    self.isWellFormed = isWellFormed
  }

  private mutating func take(_ byte: UInt8, _ output: inout [UInt8]) {
    switch reader.take(byte) {
    case .more: held.append(byte)
    case .scalar(let scalar, let length):
      held.append(byte)
      take(scalar, at: held.count - length, &output)
    case .broken:
      isWellFormed = false
      release(&output)
      take(byte, &output)
    case .stray:
      isWellFormed = false
      held.append(byte)
      release(&output)
    }
  }

  private mutating func take(
    _ scalar: Unicode.Scalar, at start: Int, _ output: inout [UInt8]
  ) {
    if frames.isEmpty, scalar != "&", !MarkSymbol.opens(scalar) { return release(&output) }
    let isEntity = frames.last?.entity != nil
    if scalar == "&" {
      beginEntity(at: start, isNested: isEntity)
    } else if isEntity {
      goOnWithEntity(scalar, at: start, &output)
    } else {
      apply(MarkSymbol(scalar), at: start, &output)
    }
  }

  /// An entity within another: the other one goes on if this one begins a mark, which then is taken
  /// out.
  private mutating func beginEntity(at start: Int, isNested: Bool) {
    if frames.isEmpty || isNested {
      frames.append(Frame(start: Int32(start), grammar: nil, entity: Int32(start)))
    } else {
      frames[frames.count - 1].entity = Int32(start)
    }
  }

  private mutating func goOnWithEntity(
    _ scalar: Unicode.Scalar, at start: Int, _ output: inout [UInt8]
  ) {
    let begin = Int(frames[frames.count - 1].entity ?? 0)
    if scalar == ";" {
      frames[frames.count - 1].entity = nil
      apply(MarkEntity.symbol(of: held[(begin + 1)..<start]), at: begin, &output)
    } else if MarkSymbol(scalar) == .open {
      frames.append(Frame(start: Int32(start), grammar: MarkGrammar(), entity: nil))
    } else if !MarkEntity.mayContain(scalar) || start - begin > MarkEntity.longest {
      release(&output)
    }
  }

  /// A whole symbol that begins at `start`.
  private mutating func apply(
    _ symbol: MarkSymbol, at start: Int, _ output: inout [UInt8]
  ) {
    if symbol == .open {
      if let last = frames.last, last.grammar == nil, last.entity == nil { frames.removeLast() }
      frames.append(Frame(start: Int32(start), grammar: MarkGrammar(), entity: nil))
      return
    }
    guard var grammar = frames.last?.grammar else { return release(&output) }
    switch grammar.take(symbol, isBounded: true) {
    case .more, .named: frames[frames.count - 1].grammar = grammar
    case .mark: takeOut(isClosing: grammar.isClosing)
    case .failed: release(&output)
    }
  }

  /// None of what is held can become a mark any more: each one would need another character where
  /// the next one begins.
  private mutating func release(_ output: inout [UInt8]) {
    if outside == nil { output += held } else { inside += held }
    held.removeAll(keepingCapacity: held.capacity <= 4096)
    frames.removeAll(keepingCapacity: frames.capacity <= 256)
  }

  /// The last of what is held is a mark.
  private mutating func takeOut(isClosing: Bool) {
    let mark = frames.removeLast()
    held.removeLast(held.count - Int(mark.start))
    guard findsBlocks else { return }
    if isClosing, let outside {
      frames = outside.frames
      held = outside.held
      self.outside = nil
      inside = []
    } else if !isClosing, outside == nil {
      outside = Outside(frames: frames, held: held)
      frames = []
      held = []
    }
  }
}
