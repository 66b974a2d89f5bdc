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
}
