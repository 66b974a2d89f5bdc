/// Makes the marks in a text harmless: their brackets become round ones. Nothing is taken out, so
/// that a person may talk of marks. A name behind an opening bracket is enough, whatever follows.
struct MarkNeutraliser {
  private var text: [UInt8]
  /// Bytes of the text that are in `result` or stand for what is.
  private var done = 0
  private var result: [UInt8] = []
  private var grammar: MarkGrammar?
  private var opening = 0..<0
  private var entity: Int?

  private init(_ text: [UInt8]) { self.text = text }

  static func neutralised(_ text: String) -> String {
    guard RecallBlock.mayHoldMarks(text) else { return text }
    var neutraliser = MarkNeutraliser(Array(text.utf8))
    var position = 0
    for scalar in text.unicodeScalars {
      let end = position + UTF8.width(scalar)
      neutraliser.take(scalar, position..<end)
      position = end
    }
    guard neutraliser.done > 0 else { return text }
    neutraliser.result += neutraliser.text[neutraliser.done...]
    return String(decoding: neutraliser.result, as: UTF8.self)
  }

  private mutating func take(_ scalar: Unicode.Scalar, _ range: Range<Int>) {
    if grammar == nil, entity == nil, scalar != "&", !MarkSymbol.opens(scalar) { return }
    guard let begin = entity else {
      if scalar == "&" { entity = range.lowerBound } else { apply(MarkSymbol(scalar), range) }
      return
    }
    if scalar == ";" {
      entity = nil
      let name = text[(begin + 1)..<range.lowerBound]
      apply(MarkEntity.symbol(of: name), begin..<range.upperBound)
    } else if !MarkEntity.mayContain(scalar) || range.lowerBound - begin > MarkEntity.longest {
      entity = nil
      grammar = nil
      take(scalar, range)
    }
  }

  private mutating func apply(_ symbol: MarkSymbol, _ range: Range<Int>) {
    if symbol == .open {
      grammar = MarkGrammar()
      opening = range
      return
    }
    switch grammar?.take(symbol, isBounded: false) {
    case nil, .more: break
    case .named: replace(opening, by: UInt8(ascii: "("))
    case .mark:
      replace(range, by: UInt8(ascii: ")"))
      grammar = nil
    case .failed: grammar = nil
    }
  }

  private mutating func replace(_ range: Range<Int>, by byte: UInt8) {
    result += text[done..<range.lowerBound]
    result.append(byte)
    done = range.upperBound
  }
}
