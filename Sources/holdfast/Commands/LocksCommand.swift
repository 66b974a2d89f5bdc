internal import HoldfastCore

/// `holdfast locks`
enum LocksCommand {
  static let command = Command(
    name: "locks", summary: "show who holds what, and who waits",
    details: """
      The host holds a lock on its state; a turn holds the lane of its session, and a decision, \
      such as /undo, its write lock. Shown is who holds which, what for, for how long, what it \
      waits for itself, and how many wait for it.
      """,
    examples: [
      Example("holdfast locks", "What is held now, the longest held first."),
      Example("holdfast locks --json", "The same for a program."),
      Example("holdfast locks break 01JCZK3V", "Take that session away from its holder."),
    ],
    subcommands: [breaking],
    body: { invocation throws(CommandFailure) in
      guard case .locks(let report) = try invocation.ask(.locks) else { throw Invocation.strange }
      if invocation.isJSON {
        invocation.printJSON(report)
      } else {
        invocation.terminal.print(render(report, invocation.terminal, now: Age.now))
      }
      return .ok
    })

  private static let breaking = Command(
    name: "break", summary: "take a session away from whoever holds it",
    details: """
      What runs there is interrupted and its person told; whoever waits goes on. Whatever the \
      former holder still writes or answers is refused and counted.
      """,
    positionals: [SessionsCommand.session],
    options: [Option(name: "yes", letter: "y", help: "do not ask")],
    examples: [
      Example("holdfast locks break 01JCZK3V", "Break it, after a question."),
      Example("holdfast locks break main:console:dm:ada --yes", "The same by its place, unasked."),
    ],
    body: { invocation throws(CommandFailure) in
      let session = try SessionArgument(invocation: invocation)
        .session(invocation.positional(0) ?? "")
      let purpose = try purpose(of: session, invocation)
      guard let purpose else {
        throw CommandFailure(
          "nothing holds session \(session); `holdfast locks` shows the sessions that are held")
      }
      try Confirmation.ask("Interrupt what holds \(session) (\(purpose))?", invocation)
      return try invocation.perform(.breakLock(session))
    })

  /// What is about to be interrupted, for the question; nil if nothing holds the session.
  private static func purpose(
    of session: SessionID, _ invocation: Invocation
  ) throws(CommandFailure) -> String? {
    guard case .locks(let report) = try invocation.ask(.locks) else { throw Invocation.strange }
    let rows = report.sessions.filter { $0.session == session.description }
    if rows.isEmpty { return nil }
    let parts = rows.map { "\($0.purpose), for \(Age.text(milliseconds: $0.ageMilliseconds))" }
    return parts.joined(separator: "; ")
  }

  /// The report for people.
  static func render(_ report: LockReport, _ terminal: Terminal, now: Int64) -> String {
    let head = self.head(report.host, terminal, now: now) + times(report, terminal)
    if report.sessions.isEmpty { return head + "\n\nNo session is held." }
    var table = Table([
      .init(title: "SESSION"), .init(title: "LOCK", rank: 1), .init(title: "HOLDER"),
      .init(title: "PURPOSE", minimum: 8), .init(title: "AGE", isNumber: true),
      .init(title: "WAITS FOR", minimum: 10), .init(title: "WAITERS", isNumber: true),
      .init(title: "OLDEST", isNumber: true, rank: 2),
      .init(title: "PLACE", minimum: 12, rank: 3),
    ])
    for row in report.sessions {
      let age = Age.text(milliseconds: row.ageMilliseconds)
      let oldest = row.waiters == 0 ? "-" : Age.text(milliseconds: row.oldestWaitMilliseconds)
      table.add([
        "\(row.session)", "\(row.lock)", "\(row.holder)", "\(row.purpose)",
        .init(text: age, style: row.isOverdue ? .red : nil), "\(row.waitsFor)",
        "\(row.waiters)", "\(oldest)", "\(row.place)",
      ])
    }
    return head + "\n\n" + table.render(terminal)
  }

  private static func head(_ row: HostLockRow, _ terminal: Terminal, now: Int64) -> String {
    let age = Age.text(since: row.sinceMilliseconds, now: now)
    var line = "\(row.stateFolder) is held by pid \(row.pid)"
    if !row.hostName.isEmpty { line += " on \(row.hostName)" }
    line += " for \(age), holdfast \(row.version), owner token \(row.token)"
    switch row.standbys {
    case nil: break
    case 0?: line += "; no host stands by"
    case 1?: line += "; 1 host stands by"
    case let count?: line += "; \(count) hosts stand by"
    }
    return terminal.prose(line)
  }

  /// How long locks were waited for and held.
  private static func times(_ report: LockReport, _ terminal: Terminal) -> String {
    guard report.holds.samples > 0 else { return "" }
    let figures = { (delay: DelayFigures) in
      "p99 \(delay.p99Milliseconds) ms, max \(delay.maxMilliseconds) ms"
    }
    return "\n"
      + terminal.prose(
        "write locks: \(report.holds.samples) taken; waited for: \(figures(report.waits)); "
          + "held: \(figures(report.holds))")
  }
}
