/// What a host wrote down when it crashed.
public struct CrashReport: Codable, Sendable, Equatable {
  /// Unix time in milliseconds.
  public var timeMilliseconds: Int64 = 0
  /// Name of the signal, or `exit` if a plugin ended the process.
  public var kind = ""
  /// The instance whose call it happened in; empty: in none.
  public var plugin = ""
  /// That call.
  public var call = ""
  /// The session that the call was about, or empty.
  public var session = ""
  /// One sentence with all that is known.
  public var text = ""

  /// A report that says nothing.
  public init() {}

  /// Reads a record: lines of a name, `=` and a value. Nil if it does not say what happened; what
  /// two threads wrote at once counts as the first one's.
  public init?(record: String) {
    for line in record.split(separator: "\n") {
      guard let sign = line.firstIndex(of: "=") else { continue }
      let value = String(line[line.index(after: sign)...])
      switch line[..<sign] {
      case "time" where timeMilliseconds == 0: timeMilliseconds = Int64(value) ?? 0
      case "kind" where kind.isEmpty: kind = value
      case "plugin" where plugin.isEmpty: plugin = value
      case "call" where call.isEmpty: call = value
      case "session" where session.isEmpty: session = value
      case "text" where text.isEmpty: text = value
      default: break
      }
    }
    if kind.isEmpty { return nil }
  }
}
