internal import CShims
internal import Glibc
internal import HoldfastControl
internal import HoldfastCore
internal import HoldfastRuntime

/// `holdfast chat`
enum ChatCommandLine {
  static let command = Command(
    name: "chat", summary: "talk to an agent",
    details: """
      Talks through the running host, or through one of its own while it lasts. On a terminal \
      lines can be edited and come back with the arrow keys; Ctrl-D or /quit ends.

      Piped input is one message a line, each sent when the reply to the last one is there. Only \
      replies go to standard output.
      """,
    options: ChatPlace.options,
    examples: [
      Example("holdfast chat", "Talk."),
      Example("printf 'my cat is called Miso\\n' | holdfast chat", "Say it from a program."),
      Example("holdfast chat --chat work", "Another conversation of yours."),
    ],
    body: { invocation throws(CommandFailure) in
      let place = try ChatPlace(invocation)
      let isTyped = isatty(0) == 1 && invocation.terminal.isInteractive && !invocation.isJSON
      let notices = NoticeQueue()
      if invocation.isHostRunning {
        let connection = try place.connect(patience: .seconds(2))
        let ends = Ends(signals: cshims_stop_signals(), stop: -1)
        signal(SIGPIPE, SIG_IGN)
        return talk(invocation, connection, notices, ends, isTyped)
      }
      let writer = LogWriter(level: .warning)
      defer { writer.finish() }
      let host = try OwnHost(invocation) { line in
        if isTyped, line.level >= writer.level { notices.add(writer.text(line)) }
        if !isTyped { writer.write(line) }
      }
      invocation.terminal.complain("holdfast: no host is running; this conversation has its own")
      try host.start()
      let status: ExitCode
      do throws(CommandFailure) {
        let connection = try place.connect(patience: .seconds(2))
        let ends = Ends(signals: host.signals, stop: host.stopAsked)
        status = talk(invocation, connection, notices, ends, isTyped)
      } catch {
        _ = host.stop()
        // Why there is no console was said already, but nobody has seen it yet.
        for line in notices.take() { invocation.terminal.complain(line) }
        throw error
      }
      let report = host.stop()
      for line in StopText.lines(report) { writer.write(line) }
      return report.isSafe ? status : .failed
    })

  /// What ends a conversation from outside.
  private struct Ends {
    var signals: Int32
    var stop: Int32
  }

  private static func talk(
    _ invocation: Invocation, _ connection: ConsoleConnection, _ notices: NoticeQueue,
    _ ends: Ends, _ isTyped: Bool
  ) -> ExitCode {
    guard isTyped else {
      var chat = PipedChat(connection, isJSON: invocation.isJSON)
      return chat.run(stops: [ends.signals, ends.stop])
    }
    var chat = TerminalChat(connection, terminal: invocation.terminal, notices: notices)
    let history = invocation.paths.chatHistory
    return chat.run(history: history, signals: ends.signals, stop: ends.stop)
  }
}
