import FoundationEssentials

/// What came of trials.
struct Tally: Codable, Sendable {
  var seed: UInt64 = 0
  /// Lives of a host that ended.
  var lives = 0
  /// Wall-clock seconds.
  var seconds = 0.0
  /// Who let system calls fail: `strace` as well, or a preloaded library alone, and why.
  var tracer = ""
  /// How many lives ended how, or in which call on which file.
  var endings: [String: Int] = [:]
  /// How many lives met which fault.
  var faults: [String: Int] = [:]
  /// Messages whose sender was told that they are in the journal.
  var accepted = 0
  /// Messages that were sent again and recognised.
  var duplicates = 0
  /// Turns that count.
  var turns = 0
  /// Turns that answer several messages at once.
  var joined = 0
  var interrupted = 0
  var withdrawn = 0
  /// Messages that are not begun again, because the host ended three times in their turns.
  var setAside = 0
  var replies = 0
  /// Replies that may or may not have been shown.
  var unknownReplies = 0
  /// Turns stored by providers, each counted once for each provider.
  var retained = 0
  /// Batches that a provider was given again, and recognised.
  var batchesAgain = 0
  /// How often the memory server was killed.
  var serverEndings = 0
  /// Calls of a tool that were made, none of them twice.
  var toolCalls = 0
  var lost = 0
  var storedTwice = 0
  var problems: [String] = []

  /// So many of the same, told apart by nothing else.
  static func + (left: Tally, right: Tally) -> Tally {
    var sum = left
    sum.lives += right.lives
    sum.endings.merge(right.endings, uniquingKeysWith: +)
    sum.faults.merge(right.faults, uniquingKeysWith: +)
    sum.accepted += right.accepted
    sum.duplicates += right.duplicates
    sum.turns += right.turns
    sum.joined += right.joined
    sum.interrupted += right.interrupted
    sum.withdrawn += right.withdrawn
    sum.setAside += right.setAside
    sum.replies += right.replies
    sum.unknownReplies += right.unknownReplies
    sum.retained += right.retained
    sum.batchesAgain += right.batchesAgain
    sum.serverEndings += right.serverEndings
    sum.toolCalls += right.toolCalls
    sum.lost += right.lost
    sum.storedTwice += right.storedTwice
    sum.problems += right.problems
    return sum
  }

  /// For people.
  var text: String {
    func list(_ counts: [String: Int]) -> String {
      counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        .map { "  \($0.value) \($0.key)\n" }.joined()
    }
    let rate = (Double(lives) / max(seconds, 0.001) * 10).rounded() / 10
    return """
      \(lives) lives of a host, seed \(seed), \(rate) per second; \(tracer)
      \(list(endings))faults met on the way:
      \(list(faults))messages accepted \(accepted), sent again and recognised \(duplicates), \
      set aside \(setAside)
      turns \(turns), of them of several messages \(joined), interrupted \(interrupted), \
      withdrawn \(withdrawn); replies \(replies), of them unknown \(unknownReplies)
      turns retained by providers \(retained), batches given again \(batchesAgain); \
      calls of a tool \(toolCalls); the memory server killed \(serverEndings) times
      lost \(lost), stored twice \(storedTwice), problems \(problems.count)
      """
  }

  /// For scripts.
  func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try encoder.encode(self).write(to: URL(filePath: path))
  }
}
