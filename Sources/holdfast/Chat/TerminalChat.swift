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
  private struct Said {
    var text: String
    /// When to say that nobody accepts it, nil once that was said.
    var warning: Instant?
  }

  /// What was said and not accepted yet, for `busy`.
  private var unaccepted: [String: Said] = [:]
  /// What was said and has no reply yet, in that order.
  private var unanswered: [String] = []
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
    return part()
  }

  /// The last words, if something that was said is without a reply.
  private func part() -> ExitCode {
    let lost = unaccepted.count
    if lost > 0 {
      terminal.complain(
        "holdfast: the host has not accepted \(Count.text(lost, "message")); it may be lost. "
          + "`holdfast doctor` may say why")
      return .failed
    }
    if !unanswered.isEmpty {
      terminal.complain(
        "holdfast: no reply yet to \(Count.text(unanswered.count, "message")); the next `holdfast "
          + "chat` shows it")
    }
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
    let next = (retries.map(\.at) + unaccepted.values.compactMap(\.warning)).min()
    let left = next.map { Int32(clamping: $0.since(SystemClock.now).milliseconds + 1) } ?? -1
    poll(&entries, nfds_t(entries.count), left)
    sayAgain()
    warn()
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
    unaccepted[id] = Said(text: text, warning: SystemClock.now + PipedConversation.silence)
    unanswered.append(id)
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
      unaccepted[id]?.warning = nil
      if milliseconds >= PipedConversation.longWait, slow.insert(id).inserted {
        show("not accepted yet; \(PipedConversation.waiting)", .yellow)
      }
      retries.append(Retry(id: id, at: SystemClock.now + wait))
    case .refused(let id, let reason):
      unaccepted[id] = nil
      unanswered.removeAll { $0 == id }
      show("not sent: \(reason)", .yellow)
    case .reply(let reply):
      // A turn that answers several messages replies to the last of them.
      if let place = unanswered.firstIndex(of: reply.replyTo) { unanswered.removeFirst(place + 1) }
      show(reply.text, reply.isNotice ? .dim : nil)
      connection.shown(reply)
    case .bye(let reason): end(reason.isEmpty ? "the host has ended" : reason, .failed)
    }
  }

  private mutating func sayAgain() {
    let now = SystemClock.now
    for retry in retries where retry.at <= now {
      if let said = unaccepted[retry.id] { connection.say(id: retry.id, said.text) }
    }
    retries.removeAll { $0.at <= now }
  }

  /// Says once of what nobody accepts that it waits.
  private mutating func warn() {
    let now = SystemClock.now
    let late = unaccepted.filter { $0.value.warning.map { $0 <= now } ?? false }.keys
    if late.isEmpty { return }
    for id in late { unaccepted[id]?.warning = nil }
    show("the host has not accepted this yet; `holdfast doctor` may say why", .yellow)
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
