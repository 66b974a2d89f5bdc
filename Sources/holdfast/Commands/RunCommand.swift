internal import Glibc
internal import HoldfastControl
internal import HoldfastRuntime

/// `holdfast run`
enum RunCommand {
  static let command = Command(
    name: "run", summary: "run a host until it is told to stop",
    details: """
      Stays in the foreground and writes its log to standard error. SIGINT, SIGTERM, SIGHUP and \
      `holdfast stop` end it in an orderly way; a second signal ends it at once, and even then \
      nothing that was accepted is lost.

      With --standby a second host waits, without using the processor, until the first is gone, \
      however that ended, and then serves in its place.
      """,
    options: [
      Option(name: "standby", help: "wait while another host runs on the state, then take over"),
      Option(
        name: "log", value: "level", help: "what to log: debug, info, warning or error (info)"),
    ],
    examples: [
      Example("holdfast run", "Run your host."),
      Example(
        "holdfast run --state-dir .state --plugins build/plugins",
        "Run one with a state of its own and plugins from a folder."),
      Example("holdfast run --standby", "Take over when the host that runs now ends."),
    ],
    body: { invocation throws(CommandFailure) in
      let level = try LogWriter.level(invocation.value("log") ?? "info")
      let writer = LogWriter(level: level, hasTime: true, isJSON: invocation.isJSON)
      defer { writer.finish() }
      guard let host = try host(invocation, writer) else { return .ok }
      try host.start()
      let version = Holdfast.version
      writer.write(LogLine(.info, "holdfast \(version) is ready, pid \(getpid())"))
      let isSignalled = host.waitUntilToldToStop()
      if isSignalled, isatty(2) == 1 {
        writer.write(LogLine(.info, "a second signal ends it at once"))
      }
      let report = host.stop()
      for line in StopText.lines(report) { writer.write(line) }
      return report.isSafe ? .ok : .failed
    })

  private static func host(
    _ invocation: Invocation, _ writer: LogWriter
  ) throws(CommandFailure) -> OwnHost? {
    let log: @Sendable (LogLine) -> Void = { writer.write($0) }
    guard invocation.has("standby") else { return try OwnHost(invocation, log: log) }
    return try OwnHost.afterAnother(invocation, log: log)
  }
}
