/// One row of the result.
struct Figure {
  /// What was measured.
  let name: String
  /// The bound, for people.
  let asked: String
  /// The result, for people.
  let measured: String
  /// Whether the bound was kept; nil for a row without one.
  let isReached: Bool?
  /// How it was measured, and what else was seen.
  let note: String

  init(
    _ name: String, asked: String = "", measured: String, isReached: Bool? = nil, note: String = ""
  ) {
    self.name = name
    self.asked = asked
    self.measured = measured
    self.isReached = isReached
    self.note = note
  }

  var verdict: String { isReached.map { $0 ? "yes" : "no" } ?? "" }
}

/// Why nothing can be measured.
struct BenchmarkFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
