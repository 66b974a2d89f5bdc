/// The words of a question that are worth looking for.
struct Query {
  /// So many words are looked for, the first ones.
  static let termLimit = 10
  /// Of a longer question the beginning counts.
  static let characterLimit = 4000

  /// Different from each other, letters and digits only, in lower case.
  let terms: [String]

  init(_ question: String) {
    let words = question.prefix(Self.characterLimit).lowercased()
      .split { !($0.isLetter || $0.isNumber) }
    var seen: Set<Substring> = []
    let distinct = words.filter { seen.insert($0).inserted }
    let telling = distinct.filter { !Self.empty.contains(String($0)) && $0.utf8.count > 1 }
    terms = (telling.isEmpty ? distinct : telling).prefix(Self.termLimit).map(String.init)
  }

  /// A word as the index's query language has it. It holds no quote, by its making.
  static func phrase(_ term: String, in column: String) -> String { "\(column) : \"\(term)\"" }

  /// Words that begin alike, for languages whose endings the index does not know. Nil for words
  /// that are too short: the time grows with all words that begin so.
  static func beginning(_ term: String, in column: String) -> String? {
    let shortest = term.utf8.count == term.count ? 6 : 5
    return term.count < shortest ? nil : "\(column) : \"\(term.dropLast())\" *"
  }

  /// Words that say nothing about what is asked.
  private static let empty: Set<String> = Set(
    """
    a about all am an and any are as at be been but by can could did do does don ever find for \
    from had has have he her hers him his how i if in is it its know let list me my mine not now \
    of on or our please re remember remind say she should show so some tell than thank thanks \
    that the their them then there these they thing things this to told us ve was we were what \
    when where which who whom whose why will with would you your yours
    """.split(separator: " ").map(String.init))
}
