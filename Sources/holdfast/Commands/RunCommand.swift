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
      """,
    options: [
      Option(
        name: "log", value: "level", help: "what to log: debug, info, warning or error (info)")
    ],
    examples: [
      Example("holdfast run", "Run your host."),
      Example(
        "holdfast run --state-dir .state --plugins build/plugins",
        "Run one with a state of its own and plugins from a folder."),
    ],
    body: { invocation throws(CommandFailure) in
      let level = try LogWriter.level(invocation.value("log") ?? "info")
      let writer = LogWriter(level: level, hasTime: true, isJSON: invocation.isJSON)
      let host = try OwnHost(invocation) { line in writer.write(line) }
      try host.start()
      let version = Holdfast.version
      writer.write(LogLine(.info, "holdfast \(version) is ready, pid \(getpid())"))
      host.waitUntilToldToStop()
      if isatty(2) == 1 { writer.write(LogLine(.info, "a second signal ends it at once")) }
      let report = host.stop()
      for line in StopText.lines(report) { writer.write(line) }
      return report.isSafe ? .ok : .failed
    })
}
