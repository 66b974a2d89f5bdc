/// How many of something, for people.
enum Count {
  /// `1 turn`, `2 turns`; a word with a plural of its own says it.
  static func text(_ number: some BinaryInteger, _ one: String, _ many: String? = nil) -> String {
    number == 1 ? "1 \(one)" : "\(number) \(many ?? one + "s")"
  }
}
