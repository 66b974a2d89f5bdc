import Glibc
import HoldfastCore

/// What it costs to take a session's write lock and to give it back, nobody in the way.
enum LockFigures {
  private static let sessions = 1000
  private static let round = 1000

  static func measure(_ around: Surroundings) throws -> [Figure] {
    var own: [Double] = []
    var files: [Double] = []
    var crowd = Locks(sessions)
    // In turns, so that both meet the same machine.
    for _ in 0..<around.times(20) {
      for _ in 0..<20 { own.append(crowd.nanosecondsEach(round) / 1000) }
      let child = try Child([around.program("file_lock"), "\(round)", around.folder])
      files += child.lines().compactMap { Double($0) }.map { $0 / 1000 }
      child.wait()
    }
    guard crowd.granted == own.count * round else {
      throw BenchmarkFailure("a lock was not given")
    }
    return [figure(Samples(own), Samples(files))]
  }

  /// The locks of many sessions, found by their places as the host finds them.
  private struct Locks {
    private var locks = Table<SessionKey, WriteLock<UInt64>>()
    private var keys: [SessionKey] = []
    private var tokens: [UInt64] = []
    private(set) var granted = 0

    init(_ count: Int) {
      for number in 0..<count {
        let key = SessionKey(
          agent: "main", channel: "console", kind: .direct, chat: "person \(number)")
        keys.append(key)
        tokens.append(UInt64(1 + number % 7))
        locks.fill(key, with: WriteLock())
      }
    }

    mutating func nanosecondsEach(_ count: Int) -> Double {
      let start = nanoseconds()
      for turn in 0..<count { take(turn % keys.count) }
      return Double(nanoseconds() - start) / Double(count)
    }

    private mutating func take(_ place: Int) {
      let (key, now) = (keys[place], Instant(nanoseconds: UInt64(granted)))
      _ = locks[key]?.wait(
        1, as: .message, for: "message", at: now, until: now + .seconds(60))
      locks[key]?.grant(at: now, token: tokens[place])
      if locks[key]?.release()?.token == tokens[place] { granted += 1 }
    }
  }

  private static func figure(_ own: Samples, _ files: Samples) -> Figure {
    Figure(
      "session lock, taken and given back", asked: "≤ 2 µs",
      measured: "\(short(own.median)) µs", isReached: own.median <= 2,
      note: """
        a session's write lock with its fencing token, found by its place among \(sessions),
        asked for, granted and given back, nobody in the way: median
        \(short(own.median)) µs, p10 \(short(own.quantile(0.1))), p90 \(short(own.quantile(0.9))),
        of \(own.count) rounds of \(round). A lock that is a file (O_EXCL, JSON about its owner,
        close, unlink) in plain C, in turns with it and on the disk of the state: median
        \(short(files.median)) µs, p10 \(short(files.quantile(0.1))), p90
        \(short(files.quantile(0.9))), of \(files.count); it has no queue, no deadline and no token
        that anything compares
        """)
  }
}
