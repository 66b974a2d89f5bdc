internal import HoldfastControl
internal import HoldfastCore
internal import HoldfastJournal
internal import HoldfastPorts

/// What is given to whoever looks for a fault: one JSON text without anything that people said,
/// were told or remember, and without secrets. What plugins say of themselves is left out too,
/// since it may be anything.
struct SupportBundle {
  /// Why it is made.
  enum Cause: String {
    /// Somebody asked for it.
    case request
    /// The last host crashed, and a record says where.
    case crash
    /// The last host ended without a word: it was killed, or the machine stopped.
    case endedWithoutAWord = "ended_without_a_word"
    /// The last host gave up, and said why.
    case gaveUp = "gave_up"
    /// A stop did not come to its end.
    case failedStop = "failed_stop"
  }

  /// What a file may hold.
  static let limit = 5 << 20
  /// Crash records that are shown.
  private static let shownCrashes = 20

  let cause: Cause
  /// What the recorder held.
  var ring: FlightRing?
  /// The state of the host, if it runs and answers.
  var status: HostStatus?
  /// What else the host was asked for, by name; without texts that may not be shown.
  var reports: [String: JSON] = [:]
  /// The newest sessions, if somebody could be asked.
  var sessions: [SessionID] = []
  /// The records of crashes, newest first.
  var crashes: [CrashReport] = []
  /// What the configuration says, nil if it cannot be read.
  var configuration: JSON?
  /// The process, if it is the host's.
  var process: ProcessRow?
  /// When it is made.
  var time = WallTime.now

  /// The text, at most `limit` bytes: of the recorder the oldest events are left out first.
  func text(limit: Int = Self.limit) -> [UInt8] {
    var head = head()
    let events = (ring?.events ?? []).map { JSONText.encode(EventLine($0)) }
    let fixed = Self.render(head, events: []).count + 512
    var room = limit - fixed
    var kept = 0
    for event in events.reversed() {
      room -= event.count + 2
      if room < 0 { break }
      kept += 1
    }
    head["recorder"] = recorder(kept: kept, of: events.count)
    return Self.render(head, events: events.suffix(kept))
  }

  /// All but the events; those stand last, each on a line of its own.
  private static func render(_ head: [String: JSON], events: some Sequence<[UInt8]>) -> [UInt8] {
    var text = Array(JSON.object(head).text(isIndented: true).utf8)
    text.removeLast(2)
    text += Array(",\n  \"events\": [".utf8)
    for (index, event) in events.enumerated() {
      text += Array((index == 0 ? "\n" : ",\n").utf8) + event
    }
    return text + Array("\n  ]\n}\n".utf8)
  }

  private func head() -> [String: JSON] {
    var head: [String: JSON] = [
      "bundle": .number("1"), "cause": .string(cause.rawValue),
      "written": .string(utcText(time.milliseconds)),
      "written_ms": .number("\(time.milliseconds)"), "versions": versions,
      "configuration": configuration ?? .null,
      "status": status.map { RedactedStatus.json($0) } ?? .null,
      "sessions": .array(sessions.map { .string($0.description) }),
      "sessions_in_events": .array(sessionsOfEvents),
      "crashes": .array(crashes.prefix(Self.shownCrashes).map(Self.json)),
      "process": process.map(Self.json) ?? .null, "recorder": recorder(kept: 0, of: 0),
    ]
    if !reports.isEmpty { head["reports"] = .object(reports) }
    head["last_heartbeat_ms"] =
      ring.map(\.header.heartbeatMilliseconds).flatMap { $0 == 0 ? nil : .number("\($0)") } ?? .null
    return head
  }

  private var versions: JSON {
    .object([
      "holdfast": .string(ring?.header.version ?? Holdfast.version),
      "written_by": .string(Holdfast.version), "abi": .string(PluginHeader.version),
      "kernel": .string(SystemText.kernel), "sqlite": .string(Journal.sqliteVersion),
    ])
  }

  private func recorder(kept: Int, of all: Int) -> JSON {
    guard let ring else { return .null }
    return .object([
      "pid": .number("\(ring.header.pid)"),
      "started_ms": .number("\(ring.header.startedMilliseconds)"),
      "words": .string(ring.header.words), "unreadable": .number("\(ring.unreadable)"),
      "events": .number("\(kept)"), "left_out_for_size": .number("\(all - kept)"),
    ])
  }

  /// Where nobody could be asked, the events say which sessions there were.
  private var sessionsOfEvents: [JSON] {
    let found = Set((ring?.events ?? []).compactMap(\.session))
    return found.sorted().map { .string($0.description) }
  }

  private static func json(_ value: some Encodable) -> JSON {
    (try? JSON(JSONText.encode(value))) ?? .null
  }
}
