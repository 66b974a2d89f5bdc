internal import Glibc
internal import HoldfastCore

/// `holdfast memory backfill`
enum MemoryBackfillCommand {
  static let command = Command(
    name: "backfill", summary: "send a provider what was said while it was not enrolled",
    details: """
      A provider gets what is said from the moment it is configured. This adds the turns from \
      before, and from while its memories went to another destination: each under its own \
      session, and none that the provider was ever to get at this destination. Interrupted and \
      withdrawn turns, and deleted sessions, are left out. It goes on in the background, after a \
      restart too; turns that are running do not wait for it.
      """,
    positionals: [Positional(name: "provider", help: "its name in the configuration")],
    options: [
      Option(name: "session", value: "session", help: "only this session; its id"),
      Option(name: "dry-run", letter: "n", help: "only say how much it would be"),
      Option(name: "no-wait", help: "do not show how far it is"),
    ],
    examples: [
      Example("holdfast memory backfill notes --dry-run", "How many turns that would be."),
      Example("holdfast memory backfill notes", "Send them, and show how far it is."),
    ],
    body: { invocation throws(CommandFailure) in
      let provider = invocation.positional(0) ?? ""
      let isDryRun = invocation.has("dry-run")
      let request = ControlRequest.backfill(
        InstanceID(provider), try session(invocation), isDryRun: isDryRun)
      // Counting may take minutes; a host that hangs is found out before.
      _ = try invocation.ask(.status)
      guard case .done(let text) = try invocation.ask(request, timeout: .seconds(600)) else {
        throw Invocation.strange
      }
      if isDryRun || invocation.has("no-wait") {
        invocation.tell(text)
      } else {
        invocation.tell(try follow(provider, invocation))
      }
      return .ok
    })

  private static func session(_ invocation: Invocation) throws(CommandFailure) -> SessionID? {
    guard let text = invocation.value("session") else { return nil }
    return try SessionArgument(invocation: invocation).session(text)
  }

  /// Looks until it is done; an interrupt ends the looking only.
  private static func follow(
    _ provider: String, _ invocation: Invocation
  ) throws(CommandFailure) -> String {
    let isShown = isatty(2) == 1 && !invocation.isJSON
    while true {
      guard case .status(let status) = try invocation.ask(.status) else { throw Invocation.strange }
      let rows = status.providers.filter { $0.instance == provider }
      let turns = rows.reduce(0) { $0 + $1.backfilledTurns }
      let running = rows.filter { $0.backfill != nil }
      guard let share = running.compactMap(\.backfill).min() else {
        if isShown { Terminal.write("\r\u{1B}[K", to: 2) }
        return "\(provider) is owed what it lacked; backfills added \(Count.text(turns, "turn")) "
          + "since the start."
      }
      if isShown {
        Terminal.write("\r\(Int(share * 100)) %, \(Count.text(turns, "turn")) \u{1B}[K", to: 2)
      }
      if !running.contains(where: { $0.state == "running" }) {
        return "The backfill goes on as soon as \(provider) takes something again."
      }
      usleep(200_000)
    }
  }
}
