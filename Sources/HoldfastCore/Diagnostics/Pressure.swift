/// What the kernel says of tasks that wait for one of the machine's resources.
public struct PressureRow: Codable, Sendable, Equatable {
  /// `cpu`, `memory` or `io`.
  public var resource = ""
  /// Hundredths of the last 10 s in which some task waited for it.
  public var someTenSeconds: Double = 0
  /// The same of the last minute.
  public var someMinute: Double = 0
  /// Hundredths of the last 10 s in which no task could go on for want of it.
  public var fullTenSeconds: Double = 0
  /// The same of the last minute.
  public var fullMinute: Double = 0

  /// No pressure.
  public init() {}

  /// Reads a file of `/proc/pressure`; nil if it is none.
  public init?(resource: String, text: String) {
    self.resource = resource
    var isKnown = false
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard let kind = words.first else { continue }
      var averages: [Substring: Double] = [:]
      for word in words.dropFirst() {
        let parts = word.split(separator: "=")
        if parts.count == 2, let number = Double(parts[1]) { averages[parts[0]] = number }
      }
      guard let short = averages["avg10"], let long = averages["avg60"] else { continue }
      switch kind {
      case "some":
        (someTenSeconds, someMinute) = (short, long)
        isKnown = true
      case "full": (fullTenSeconds, fullMinute) = (short, long)
      default: continue
      }
    }
    if !isKnown { return nil }
  }
}
