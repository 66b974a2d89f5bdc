/// What the memory provider of the crowd was given, as it wrote it down.
struct Ledger {
  /// Messages that it was given, and how often each.
  private(set) var times: [Substring: Int] = [:]
  /// Turns that came behind a later one of their session.
  private(set) var disorder = 0

  /// Reads what the plugin wrote.
  init(_ text: String) {
    var last: [Substring: Int] = [:]
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard fields.count == 4, let index = Int(fields[1]),
        let id = fields[3].split(separator: " ").first
      else { continue }
      times[id, default: 0] += 1
      if index <= last[fields[0], default: 0] { disorder += 1 }
      last[fields[0]] = index
    }
  }

  /// Messages that it was given exactly once.
  var once: Int { times.values.count { $0 == 1 } }
  /// Messages that it was given more than once.
  var doubles: Int { times.values.count { $0 > 1 } }
}
