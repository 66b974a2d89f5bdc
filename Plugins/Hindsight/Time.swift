internal import Glibc

/// Wall clock times as the server has them: `2026-11-20T16:18:32.405Z`.
enum Time {
  /// UTC, to the millisecond where there are some.
  static func text(milliseconds: Int64) -> String {
    var seconds = time_t(milliseconds / 1000)
    var rest = milliseconds % 1000
    if rest < 0 {
      rest += 1000
      seconds -= 1
    }
    var parts = tm()
    gmtime_r(&seconds, &parts)
    return String(unsafeUninitializedCapacity: 32) { bytes in
      var count = 0
      let write = { (number: Int, width: Int, before: Unicode.Scalar?) in
        if let before {
          bytes[count] = UInt8(ascii: before)
          count += 1
        }
        var rest = number
        for place in (count..<count + width).reversed() {
          bytes[place] = UInt8(ascii: "0") + UInt8(rest % 10)
          rest /= 10
        }
        count += width
      }
      write(min(max(Int(parts.tm_year) + 1900, 0), 9999), 4, nil)
      write(Int(parts.tm_mon) + 1, 2, "-")
      write(Int(parts.tm_mday), 2, "-")
      write(Int(parts.tm_hour), 2, "T")
      write(Int(parts.tm_min), 2, ":")
      write(Int(parts.tm_sec), 2, ":")
      if rest > 0 { write(Int(rest), 3, ".") }
      bytes[count] = UInt8(ascii: "Z")
      return count + 1
    }
  }

  /// 0 if it is no time. Without an offset it counts as UTC.
  static func milliseconds(_ text: String) -> Int64 {
    var rest = text.utf8[...]
    guard let year = number(4, &rest), let month = number(2, &rest), let day = number(2, &rest),
      let hour = number(2, &rest), let minute = number(2, &rest), let second = number(2, &rest)
    else { return 0 }
    var parts = tm()
    parts.tm_year = Int32(year - 1900)
    parts.tm_mon = Int32(month - 1)
    parts.tm_mday = Int32(day)
    parts.tm_hour = Int32(hour)
    parts.tm_min = Int32(minute)
    parts.tm_sec = Int32(second)
    var thousandths: Int64 = 0
    if rest.first == UInt8(ascii: ".") {
      var weight: Int64 = 100
      rest = rest.dropFirst()
      while let digit = rest.first, isDigit(digit) {
        thousandths += Int64(digit - 0x30) * weight
        weight /= 10
        rest = rest.dropFirst()
      }
    }
    return (Int64(timegm(&parts)) - offset(rest)) * 1000 + thousandths
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// So many digits, and the one sign that may stand in front of them.
  private static func number(_ count: Int, _ rest: inout Substring.UTF8View) -> Int? {
    if let first = rest.first, !isDigit(first), count == 2 { rest = rest.dropFirst() }
    let digits = rest.prefix(count)
    guard digits.count == count, digits.allSatisfy(isDigit) else { return nil }
    rest = rest.dropFirst(count)
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  /// Seconds that local time is ahead of UTC: `+01:00`, `-0330`, `Z`.
  private static func offset(_ text: Substring.UTF8View) -> Int64 {
    var rest = text.dropFirst()
    guard let hours = number(2, &rest), let minutes = number(2, &rest) else { return 0 }
    let seconds = Int64(hours * 3600 + minutes * 60)
    return text.first == UInt8(ascii: "-") ? -seconds : seconds
  }
}
