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
  /// What stands in the way where the bound is not kept.
  let obstacle: String

  init(
    _ name: String, asked: String = "", measured: String, isReached: Bool? = nil,
    note: String = "", obstacle: String = ""
  ) {
    self.name = name
    self.asked = asked
    self.measured = measured
    self.isReached = isReached
    self.note = note
    self.obstacle = obstacle
  }

  /// A paragraph of the document.
  var paragraph: String {
    let isMissed = isReached == false && !obstacle.isEmpty
    let words = "**\(name)**: \(note)\(isMissed ? ". Not reached: \(obstacle)" : "")."
    return filled(words, first: "* ", rest: "  ")
  }

  var verdict: String { isReached.map { $0 ? "yes" : "no" } ?? "" }
}

/// A text in lines of at most 96 columns.
private func filled(_ text: String, first: String, rest: String) -> String {
  var lines = [first]
  for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
    let last = lines[lines.count - 1]
    let isBare = last == first || last == rest
    if last.count + word.count + 1 > 96, !isBare {
      lines.append(rest + word)
    } else {
      lines[lines.count - 1] = last + (isBare ? "" : " ") + word
    }
  }
  return lines.joined(separator: "\n")
}

/// Why nothing can be measured.
struct BenchmarkFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
