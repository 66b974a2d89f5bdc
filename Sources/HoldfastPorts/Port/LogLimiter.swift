import HoldfastCore

/// Lets a burst of lines pass, then so many a second: a plugin that floods the log hides what
/// others say in it.
struct LogLimiter {
  private static let burst = 200.0
  private static let perSecond = 100.0

  private var tokens = LogLimiter.burst
  private var last = Instant(nanoseconds: 0)
  private var dropped = 0

  /// Whether a line may pass now, and how many were dropped since the last that did.
  mutating func admit(at now: Instant) -> (isAdmitted: Bool, dropped: Int) {
    let elapsed = Double(now.since(last).nanoseconds) / 1e9
    tokens = min(Self.burst, tokens + elapsed * Self.perSecond)
    last = max(last, now)
    guard tokens >= 1 else {
      dropped += 1
      return (false, 0)
    }
    tokens -= 1
    defer { dropped = 0 }
    return (true, dropped)
  }
}

/// How much a line of log matters.
public enum PluginLogLevel: Int32, Sendable {
  /// Something failed.
  case error = 1
  /// Something is not as it should be.
  case warning = 2
  /// Something happened.
  case info = 3
  /// Details for the plugin's author.
  case debug = 4
}

/// One line fit for a log and a terminal: no control characters, no more than 4096 characters.
func singleLine(_ text: String) -> String {
  var line = String.UnicodeScalarView()
  for scalar in text.unicodeScalars.prefix(4096) {
    let isControl = scalar.properties.generalCategory == .control
    let isSeparator = scalar == "\u{2028}" || scalar == "\u{2029}"
    line.append(isControl || isSeparator ? " " : scalar)
  }
  return String(line)
}
