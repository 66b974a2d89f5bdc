extension Host {
  /// Tells diagnostics of something. Its number and its time are those of this moment.
  mutating func note(
    _ name: DiagnosticEvent.Name, _ fill: (inout DiagnosticEvent) -> Void = { _ in }
  ) {
    var event = DiagnosticEvent(name)
    event.sequence = numbers.diagnostic()
    event.time = wall
    event.at = now
    fill(&event)
    effects.append(.diagnostic(event))
  }

  /// Looks at every session that is busy or that somebody waits for.
  mutating func heartbeat(lateBy lateness: Duration) {
    note(.heartbeat) { $0.duration = lateness }
  }
}
