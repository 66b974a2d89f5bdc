/// What a host wrote down when it crashed.
public struct CrashReport: Codable, Sendable, Equatable {
  /// Unix time in milliseconds.
  public var timeMilliseconds: Int64 = 0
  /// Name of the signal, or `exit` if a plugin ended the process.
  public var kind = ""
  /// The instance whose code it happened in, or several that share it, with “or” between them;
  /// empty: not known to be a plugin's.
  public var plugin = ""
  /// The call that it happened in; empty: in none, but in a thread that the plugin started.
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

  /// Who is to blame, as far as that is known.
  public var blame: String {
    if plugin.isEmpty { return "no plugin's call" }
    if call.isEmpty { return "plugin \(plugin), in a thread of its own" }
    return "plugin \(plugin), call \(call)"
  }
}
