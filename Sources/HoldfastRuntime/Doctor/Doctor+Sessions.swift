internal import HoldfastCore

/// Who holds what in a host that runs, and who waits.
extension Doctor {
  /// So many rows of a sort are shown.
  private static let shown = 20

  /// Sessions that are held, and hosts that stand by.
  mutating func examineLocks(_ report: LockReport) {
    if let standbys = report.host.standbys, standbys > 0 {
      add("host", .ok, standbys == 1 ? "1 host stands by" : "\(standbys) hosts stand by")
    }
    let overdue = report.sessions.filter(\.isOverdue)
    let rows = overdue + report.sessions.filter { !$0.isOverdue }
    for row in rows.prefix(Self.shown) {
      add(Self.name(row.session), row.isOverdue ? .warning : .ok, Self.text(row))
    }
    if rows.count > Self.shown {
      add(
        "locks", overdue.count > Self.shown ? .warning : .ok,
        "\(rows.count - Self.shown) more are held; `holdfast locks` shows them")
    }
  }

  /// Sessions that do not go on, and calls that keep the thread of a plugin.
  mutating func examineWork(_ status: HostStatus) {
    // What is left to a person is among the problems already.
    let rows = status.attention.filter { !$0.isLeftToPerson }
    for row in rows.prefix(Self.shown) {
      add(Self.name(row.session), Self.isAtWork(row) ? .ok : .warning, Self.text(row))
    }
    if rows.count > Self.shown {
      add(
        "sessions", rows.dropFirst(Self.shown).allSatisfy(Self.isAtWork) ? .ok : .warning,
        "\(rows.count - Self.shown) more need attention; `holdfast status` shows them")
    }
    let calls = status.longCalls
    for call in calls.prefix(Self.shown) {
      add("plugin \(call.plugin)", .warning, Self.text(call))
    }
    if calls.count > Self.shown {
      add(
        "plugins", .warning,
        "\(calls.count - Self.shown) more calls take long; `holdfast status` shows them")
    }
  }

  /// It takes long, and nothing has to be done.
  private static func isAtWork(_ row: AttentionStatusRow) -> Bool {
    row.event == DiagnosticEvent.Name.longRunning.rawValue
  }

  private static func name(_ session: String) -> String {
    session.isEmpty ? "sessions" : "session \(session)"
  }

  private static func text(_ row: SessionLockRow) -> String {
    let what = row.lock == "lane" ? "lane" : "write lock"
    var text =
      "its \(what) at \(row.place) is held by a \(row.purpose) of \(row.holder) for "
      + "\(words(row.ageMilliseconds)), which waits for \(row.waitsFor)"
    if row.waiters > 0 {
      text += "; \(row.waiters) wait, the first for \(words(row.oldestWaitMilliseconds))"
    }
    return row.isOverdue ? text + "; `holdfast locks break \(row.session)` ends it" : text
  }

  private static func text(_ row: AttentionStatusRow) -> String {
    var text = "is \(row.event.split(separator: ".").last ?? "") (\(row.reason))"
    if !row.plugin.isEmpty { text += " in \(row.call) of plugin \(row.plugin)" }
    text += " for \(words(row.ageMilliseconds))"
    if row.backlog > 0 { text += ", \(row.backlog) messages wait" }
    return text + "; `holdfast sessions explain \(row.session)` says more"
  }

  private static func text(_ call: CallInProgress) -> String {
    var text = "has been in \(call.call) for \(words(call.ageMilliseconds))"
    if !call.session.isEmpty { text += ", session \(call.session)" }
    if call.activity != .unknown { text += ", \(call.activity.rawValue)" }
    return text
  }

  private static func words(_ milliseconds: UInt64) -> String {
    Duration.milliseconds(Int64(clamping: milliseconds)).inWords
  }
}
