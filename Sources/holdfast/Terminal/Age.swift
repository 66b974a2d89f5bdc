internal import CShims
internal import Glibc

/// Lengths of time for people.
enum Age {
  /// Such as `350 ms`, `45 s`, `12 min`, `3 h`, `2 d`: the largest unit that fits twice, so that
  /// little is lost.
  static func text(milliseconds: UInt64) -> String {
    switch milliseconds {
    case ..<2000: "\(milliseconds) ms"
    case ..<120_000: "\(milliseconds / 1000) s"
    case ..<7_200_000: "\(milliseconds / 60_000) min"
    case ..<172_800_000: "\(milliseconds / 3_600_000) h"
    default: "\(milliseconds / 86_400_000) d"
    }
  }

  /// Time since a moment of the wall clock; a moment that lies ahead counts as now.
  static func text(since moment: Int64, now: Int64) -> String {
    text(milliseconds: UInt64(max(0, now - moment)))
  }
}

extension Age {
  /// Unix time in milliseconds.
  static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  /// A moment as people write it, in local time: `2026-11-20 14:05`.
  static func date(_ milliseconds: Int64) -> String {
    var seconds = time_t(milliseconds / 1000)
    var parts = tm()
    guard localtime_r(&seconds, &parts) != nil else { return "?" }
    let two = { (number: Int32) in number < 10 ? "0\(number)" : "\(number)" }
    return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday)) "
      + "\(two(parts.tm_hour)):\(two(parts.tm_min))"
  }
}

extension Age {
  /// The time of day with milliseconds, in local time: `14:05:09.042`.
  static func clock(_ milliseconds: Int64) -> String {
    var seconds = time_t(milliseconds / 1000)
    var parts = tm()
    guard localtime_r(&seconds, &parts) != nil else { return "?" }
    let fraction = String(1000 + milliseconds % 1000).dropFirst()
    let fields = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { String(100 + $0).dropFirst() }
    return fields.joined(separator: ":") + "." + fraction
  }
}
