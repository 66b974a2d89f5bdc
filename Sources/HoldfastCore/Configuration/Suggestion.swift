/// Finds what a person probably meant.
public enum Suggestion {
  /// The candidate nearest to `name`, if it is near enough to be worth a question: at most two
  /// mistakes, and fewer for short names. Of equally near ones the first in byte order.
  public static func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
    let limit = min(2, name.utf8.count / 3 + 1)
    var best: (candidate: String, distance: Int)?
    for candidate in candidates.sorted() where candidate != name {
      let found = distance(name.lowercased(), candidate.lowercased(), limit: limit)
      if let found, found < best?.distance ?? .max { best = (candidate, found) }
    }
    return best?.candidate
  }

  /// "; did you mean "x"?", or an empty text.
  public static func question(for name: String, among candidates: some Sequence<String>) -> String {
    nearest(to: name, among: candidates).map { "; did you mean \"\($0)\"?" } ?? ""
  }

  /// Insertions, deletions, replacements and swaps of neighbours that lead from one to the other;
  /// nil if that takes more than `limit`.
  static func distance(_ left: String, _ right: String, limit: Int) -> Int? {
    let a = Array(left.utf8)
    let b = Array(right.utf8)
    // Long input is not a slip of the finger, and the table below is quadratic.
    if abs(a.count - b.count) > limit || a.count > 64 { return nil }
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        row.append(cost)
      }
      beforeLast = last
      last = row
    }
    return last[b.count] <= limit ? last[b.count] : nil
  }
}
