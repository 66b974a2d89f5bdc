internal import HoldfastCore

/// `holdfast status`
enum StatusCommand {
  static let command = Command(
    name: "status", summary: "show how the host is, and what it owes to memory",
    details: """
      Shows plugins and, for each memory provider, how many turns it has acknowledged and how many \
      it is still owed. Exit status 4 if something is degraded, 3 if no host is running.
      """,
    examples: [
      Example("holdfast status", "The state of things in two tables."),
      Example("holdfast status --json", "The same for a program."),
    ],
    body: { invocation throws(CommandFailure) in
      guard case .status(let status) = try invocation.ask(.status) else {
        throw Invocation.strange
      }
      if invocation.isJSON {
        invocation.printJSON(status)
      } else {
        invocation.terminal.print(render(status, invocation.terminal, now: Age.now))
      }
      return status.state == "degraded" ? .degraded : .ok
    })

  /// The status for people.
  static func render(_ status: HostStatus, _ terminal: Terminal, now: Int64) -> String {
    var blocks = [head(status, terminal, now: now)]
    if !status.plugins.isEmpty { blocks.append(plugins(status.plugins, terminal)) }
    if !status.providers.isEmpty { blocks.append(ProviderTable.render(status.providers, terminal)) }
    if !status.attention.isEmpty {
      blocks.append(AttentionTable.render(status.attention, terminal))
    }
    return blocks.joined(separator: "\n\n")
  }

  private static func head(_ status: HostStatus, _ terminal: Terminal, now: Int64) -> String {
    let age = Age.text(since: status.readySinceMilliseconds, now: now)
    let state = terminal.styled(status.state, style(ofHost: status.state))
    var lines = ["holdfast \(status.version) is \(state), ready for \(age), pid \(status.pid)"]
    lines += status.problems.map {
      terminal.styled("! ", .yellow) + terminal.prose("! \($0)", hanging: 2).dropFirst(2)
    }
    let file = status.configurationFile.isEmpty ? "built-in" : status.configurationFile
    lines.append("state: \(status.stateFolder)")
    lines.append("configuration: \(file)")
    if !status.configurationNotice.isEmpty {
      lines.append(terminal.prose(status.configurationNotice, hanging: 2, .yellow))
    }
    lines.append(
      "\(Count.text(status.runningTurns, "turn")) running, "
        + "\(Count.text(status.waitingMessages, "message")) waiting, "
        + "\(Count.text(status.pendingReplies, "reply", "replies")) pending")
    lines += LoadText.lines(of: status).map(terminal.harmless)
    if status.turnsWaitingForSlot > 0 {
      lines.append(
        "\(Count.text(status.turnsWaitingForSlot, "turn waits", "turns wait")) until others have "
          + "gone on (host.max_concurrent_turns)")
    }
    for row in status.plugins where row.waiting > 0 {
      let turns = Count.text(row.waiting, "turn waits", "turns wait")
      let calls = Count.text(row.outstanding, "call")
      lines.append(
        "\(turns) for \(row.instance), which has \(calls) under way "
          + "(plugins.\(row.instance).max_outstanding)")
    }
    if status.runningTools > 0 {
      lines.append("\(Count.text(status.runningTools, "tool")) being called")
    }
    if status.inputsSetAside > 0 {
      lines.append(
        "\(Count.text(status.inputsSetAside, "message")) set aside after ending the host repeatedly"
      )
    }
    if status.unknownReplies > 0 {
      let replies = Count.text(status.unknownReplies, "reply", "replies")
      lines.append("\(replies) may or may not have been delivered")
    }
    if status.fencedWrites > 0 {
      let writes = Count.text(status.fencedWrites, "write")
      lines.append("\(writes) refused of turns that had lost their session")
    }
    if let crash = status.lastCrash { lines.append(text(of: crash, terminal, now: now)) }
    return lines.joined(separator: "\n")
  }

  private static func text(of crash: CrashReport, _ terminal: Terminal, now: Int64) -> String {
    var blame = crash.blame
    if !crash.session.isEmpty { blame += ", session \(crash.session)" }
    let age = Age.text(since: crash.timeMilliseconds, now: now)
    return terminal.harmless("last crash: \(crash.kind) in \(blame), \(age) ago")
  }

  private static func style(ofHost state: String) -> Terminal.Style {
    state == "running" ? .green : .yellow
  }

  /// Plugins as rows.
  static func plugins(_ rows: [PluginStatusRow], _ terminal: Terminal) -> String {
    var table = Table([
      .init(title: "PLUGIN", minimum: 8), .init(title: "KIND"), .init(title: "STATE"),
      .init(title: "CALLS", isNumber: true), .init(title: "FAILED", isNumber: true),
      .init(title: "BEHIND", isNumber: true), .init(title: "DETAIL", minimum: 10),
    ])
    for row in rows {
      table.add([
        "\(row.instance)", "\(row.kinds.joined(separator: ","))",
        .init(text: row.state, style: style(ofPlugin: row.state)), "\(row.calls)",
        "\(row.failures + row.timeouts)", "\(row.eventBacklog)", "\(row.detail)",
      ])
    }
    return table.render(terminal)
  }

  private static func style(ofPlugin state: String) -> Terminal.Style? {
    switch state {
    case "running": .green
    case "failed", "wedged": .red
    case "loading", "stopping": .yellow
    default: .dim
    }
  }
}
