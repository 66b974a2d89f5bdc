internal import HoldfastRuntime

/// `holdfast doctor`
enum DoctorCommand {
  static let command = Command(
    name: "doctor", summary: "look for what is wrong with the installation",
    details: """
      Looks at configuration, folders, locks, sessions, journal, plugins, crashes and disk, with a \
      host and without one, and says of each what to do. Exit status 1 if something does not work, \
      4 if something should be looked at. With --fix it closes folders of the state that are open \
      to others, removes sockets that no host has, and bundles beyond the newest 20; nothing else \
      is ever changed.
      """,
    options: [Option(name: "fix", help: "put right what is harmless")],
    examples: [
      Example("holdfast doctor", "What is wrong?"),
      Example("holdfast doctor --fix", "Put right what is harmless."),
    ],
    body: { invocation throws(CommandFailure) in
      var doctor = Doctor(
        paths: invocation.paths, environment: invocation.environment,
        pluginFolders: invocation.pluginFolders, fixes: invocation.has("fix"))
      let terminal = invocation.terminal
      let isTold = terminal.isInteractive && !invocation.isJSON
      let findings = doctor.examine { if isTold { Terminal.write("\($0) …\r", to: 1) } }
      if isTold { Terminal.write("\u{1B}[K", to: 1) }
      let worst = findings.map(\.level).max() ?? .ok
      if invocation.isJSON {
        invocation.printJSON(FindingsJSON(ok: worst == .ok, findings: findings))
      } else {
        for finding in findings { terminal.print(line(finding, terminal)) }
      }
      return worst == .ok ? .ok : worst == .warning ? .degraded : .failed
    })

  private struct FindingsJSON: Encodable {
    var ok: Bool
    var findings: [Finding]
  }

  private static func line(_ finding: Finding, _ terminal: Terminal) -> String {
    let (word, style): (String, Terminal.Style) =
      switch finding.level {
      case .ok: (finding.wasFixed ? "fixed" : "ok", .green)
      case .warning: ("warning", .yellow)
      case .error: ("error", .red)
      }
    let padding = String(repeating: " ", count: max(1, 9 - word.count))
    let room = String(repeating: " ", count: 9)
    let text = Terminal.withoutControls("\(finding.check): \(finding.text)")
    return terminal.styled(word, style) + padding
      + terminal.prose(room + text, hanging: room.count).dropFirst(room.count)
  }
}
