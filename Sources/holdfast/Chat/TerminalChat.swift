internal import CEdit
internal import CShims
internal import Glibc
internal import HoldfastCore
internal import HoldfastRuntime

/// A conversation with a person at a terminal.
struct TerminalChat {
  private struct Retry {
    var id: String
    var at: Instant
  }

  private let connection: ConsoleConnection
  private let terminal: Terminal
  private let notices: NoticeQueue
  private var names = MessageNames()
  /// What was said and not accepted yet, for `busy`.
  private var unaccepted: [String: String] = [:]
  private var retries: [Retry] = []
  /// Messages of which it was told that they wait for the host.
  private var slow: Set<String> = []
  private var status: ExitCode?

  init(_ connection: ConsoleConnection, terminal: Terminal, notices: NoticeQueue) {
    self.connection = connection
    self.terminal = terminal
    self.notices = notices
  }

  /// Talks until the person or the host ends it. `signals` is where interrupts come out, `stop`
  /// what becomes readable when the host is asked to end.
  mutating func run(history: String, signals: Int32, stop: Int32) -> ExitCode {
    cedit_open("> ", history)
    while status == nil { wait(signals: signals, stop: stop) }
    cedit_close()
    return status ?? .ok
  }

  private mutating func wait(signals: Int32, stop: Int32) {
    var entries = [
      pollfd(fd: 0, events: Int16(POLLIN), revents: 0),
      pollfd(fd: connection.descriptor, events: connection.events, revents: 0),
      pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
      pollfd(fd: notices.waker, events: Int16(POLLIN), revents: 0),
      pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
    ]
    let next = retries.map(\.at).min()
    let left = next.map { Int32(clamping: $0.since(SystemClock.now).milliseconds + 1) } ?? -1
    poll(&entries, nfds_t(entries.count), left)
    sayAgain()
    if entries[3].revents != 0 { notices.take().forEach { show($0, .dim) } }
    if entries[1].revents != 0 { hear() }
    if entries[0].revents != 0, status == nil { readKeys() }
    if entries[2].revents != 0, status == nil { interrupted(cshims_next_stop_signal(signals)) }
    if entries[4].revents != 0, status == nil { end("the host was asked to stop", .ok) }
  }

  private mutating func readKeys() {
    switch cedit_step() {
    case CEDIT_LINE: say(String(cString: cedit_line()))
    case CEDIT_END:
      Terminal.write("\n", to: 1)
      status = .ok
    default: break
    }
  }

  private mutating func say(_ text: String) {
    if text.allSatisfy(\.isWhitespace) { return }
    if text == "/quit" {
      status = .ok
      // The next prompt stands there already.
      return cedit_hide()
    }
    let id = names.next()
    unaccepted[id] = text
    connection.say(id: id, text)
  }

  /// An interrupt clears the line; on an empty one it ends the conversation.
  private mutating func interrupted(_ signal: Int32) {
    if signal == SIGINT, cedit_is_empty() == 0 { return cedit_clear() }
    cedit_hide()
    status = .ok
  }

  private mutating func hear() {
    connection.flush()
    for message in connection.receive() { take(message) }
    if connection.isClosed { end("the host has ended", .failed) }
  }

  private mutating func take(_ message: ConsoleMessage) {
    switch message {
    case .ready: break
    case .accepted(let id), .duplicate(let id):
      unaccepted[id] = nil
      slow.remove(id)
    case .busy(let id, let milliseconds):
      let wait = Duration.milliseconds(Int64(clamping: max(10, milliseconds)))
      if milliseconds >= PipedConversation.longWait, slow.insert(id).inserted {
        show("not accepted yet; \(PipedConversation.waiting)", .yellow)
      }
      retries.append(Retry(id: id, at: SystemClock.now + wait))
    case .refused(let id, let reason):
      unaccepted[id] = nil
      show("not sent: \(reason)", .yellow)
    case .reply(let reply):
      show(reply.text, reply.isNotice ? .dim : nil)
      connection.shown(reply)
    case .bye(let reason): end(reason.isEmpty ? "the host has ended" : reason, .failed)
    }
  }

  private mutating func sayAgain() {
    let now = SystemClock.now
    for retry in retries where retry.at <= now {
      if let text = unaccepted[retry.id] { connection.say(id: retry.id, text) }
    }
    retries.removeAll { $0.at <= now }
  }

  /// Writes above the line that is being typed.
  private func show(_ text: String, _ style: Terminal.Style?) {
    cedit_hide()
    let lines = terminal.harmless(text).split(separator: "\n", omittingEmptySubsequences: false)
    for line in lines { terminal.print(terminal.styled(String(line), style)) }
    cedit_show()
  }

  private mutating func end(_ reason: String, _ code: ExitCode) {
    if status != nil { return }
    cedit_hide()
    terminal.print(terminal.styled(reason, .dim))
    status = code
  }
}
