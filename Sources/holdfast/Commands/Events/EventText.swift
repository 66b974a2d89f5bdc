internal import HoldfastCore

/// An event as a line for people.
enum EventText {
  static func line(_ event: EventLine, _ terminal: Terminal) -> String {
    var parts = [Age.clock(event.timeMilliseconds), terminal.styled(event.name, style(of: event))]
    if let plugin = event.plugin { parts.append(plugin) }
    if let subject = event.subject { parts.append(subject) }
    if let outcome = event.outcome { parts.append(outcome) }
    if let reason = event.reason { parts.append("(\(reason))") }
    if let count = event.count { parts.append("×\(count)") }
    if let duration = event.durationMilliseconds { parts.append(time(duration)) }
    if let session = event.session { parts.append(terminal.styled(session, .dim)) }
    return terminal.isInteractive
      ? parts.joined(separator: " ")
      : Terminal.withoutControls(parts.joined(separator: " "))
  }

  private static func time(_ milliseconds: Double) -> String {
    milliseconds < 10
      ? "\((milliseconds * 10).rounded() / 10) ms"
      : Age.text(milliseconds: UInt64(max(0, milliseconds)))
  }

  private static func style(of event: EventLine) -> Terminal.Style? {
    switch DiagnosticEvent.Name(rawValue: event.name) {
    case .stuck, .stalled, .pluginCrashed, .pluginQuarantined, .memoryParked, .lockTimeout: .red
    case .longRunning, .recoveryRequested, .recoveryCompleted, .pluginCallSlow,
      .memoryRetainFailed, .recallStale, .livenessWarning:
      .yellow
    case nil: .dim
    default: nil
    }
  }
}
