internal import HoldfastCore

/// The rules of a conversation in which a program speaks: one message at a time, the next one when
/// every part of the reply to the last one is there.
struct PipedConversation {
  /// How long a reply may take.
  static let patience = Duration.seconds(600)

  /// A host that asks for so much patience, in milliseconds, has something in its way.
  static let longWait: UInt64 = 2000
  static let waiting = "it is sent again until it is; `holdfast status` says what is in the way"

  /// How long a host may say nothing of a message before that is told.
  static let silence = Duration.seconds(10)

  enum Input {
    /// A message, with its place in the input.
    case line(Int, String)
    /// One that cannot be sent, and why.
    case unreadable(Int, reason: String)
    case endOfInput
    case heard(ConsoleMessage)
    /// The console hung up.
    case closed
    /// Somebody wants an end; with the reason.
    case stopped(String)
    /// The time at `deadline` has come.
    case time
  }

  enum Effect: Equatable {
    case send(id: String, text: String)
    case print(ConsoleReply)
    /// For standard error.
    case tell(String)
    case finish(ExitCode)
  }

  private struct Current {
    var line: Int
    var id: String
    var text: String
    var deadline: Instant
    /// When to say that nobody accepts it, nil once somebody has said something.
    var warning: Instant?
    var again: Instant?
    var hasWaited = false
    var parts: Set<Int> = []
  }

  private var names: MessageNames
  private let waitsForReplies: Bool
  private var current: Current?
  private var hasFailed = false
  private var isOver = false
  private var inputEnded = false

  /// A conversation. Without `waitsForReplies` a message is done with once it is accepted.
  init(names: MessageNames, waitsForReplies: Bool = true) {
    self.names = names
    self.waitsForReplies = waitsForReplies
  }

  /// Whether the next line may come.
  var wantsLine: Bool { current == nil && !inputEnded && !isOver }
  /// When to come back though nothing happened.
  var deadline: Instant? {
    guard !isOver, let current else { return nil }
    return [current.again, current.warning].compactMap(\.self).reduce(current.deadline, min)
  }

  mutating func handle(_ input: Input, at now: Instant) -> [Effect] {
    if isOver { return [] }
    switch input {
    case .line(let number, let text): return begin(number, text, now)
    case .unreadable(let number, let reason):
      hasFailed = true
      return [.tell("line \(number) was not sent: \(reason)")]
    case .endOfInput:
      inputEnded = true
      return current == nil ? finish() : []
    case .heard(let message): return hear(message, now)
    case .closed: return fail("the host has ended" + unanswered())
    case .stopped(let reason): return fail(reason + unanswered())
    case .time: return tick(now)
    }
  }

  private mutating func begin(_ number: Int, _ text: String, _ now: Instant) -> [Effect] {
    if text.allSatisfy(\.isWhitespace) { return [] }
    if text == "/quit" {
      inputEnded = true
      return finish()
    }
    let id = names.next()
    current = Current(
      line: number, id: id, text: text, deadline: now + Self.patience,
      warning: now + Self.silence)
    return [.send(id: id, text: text)]
  }

  private mutating func hear(_ message: ConsoleMessage, _ now: Instant) -> [Effect] {
    switch message {
    case .ready: return []
    case .accepted(let id), .duplicate(let id):
      guard id == current?.id else { return [] }
      current?.warning = nil
      return waitsForReplies ? [] : done()
    case .busy(let id, let milliseconds):
      guard id == current?.id else { return [] }
      current?.warning = nil
      current?.again = now + .milliseconds(Int64(clamping: max(10, milliseconds)))
      // A queue that is full for a moment is not worth a word.
      guard milliseconds >= Self.longWait, let line = current?.line, current?.hasWaited == false
      else { return [] }
      current?.hasWaited = true
      return [.tell("line \(line) is not accepted yet; \(Self.waiting)")]
    case .refused(let id, let reason):
      // A line that was too long for the console loses its name.
      guard let line = current?.line, id.isEmpty || id == current?.id else { return [] }
      hasFailed = true
      return [.tell("line \(line) was refused: \(reason)")] + done()
    case .reply(let reply): return take(reply)
    case .bye(let reason):
      return fail((reason.isEmpty ? "the host has ended" : reason) + unanswered())
    }
  }

  private mutating func take(_ reply: ConsoleReply) -> [Effect] {
    guard reply.replyTo == current?.id, waitsForReplies else {
      return waitsForReplies ? [.tell("to an earlier message: \(reply.text)")] : []
    }
    // A part that may have been delivered before can come twice.
    guard current?.parts.insert(reply.part).inserted == true else { return [] }
    let isComplete = current?.parts.count == reply.parts
    if reply.isFailure { hasFailed = true }
    return [.print(reply)] + (isComplete ? done() : [])
  }

  private mutating func tick(_ now: Instant) -> [Effect] {
    guard let message = current else { return [] }
    if now >= message.deadline {
      return fail(
        "no reply to line \(message.line) within 10 minutes; `holdfast status` may say why")
    }
    if let warning = message.warning, now >= warning {
      current?.warning = nil
      return [
        .tell("the host has not accepted line \(message.line) yet; `holdfast doctor` may say why")
      ]
    }
    guard let again = message.again, now >= again else { return [] }
    current?.again = nil
    return [.send(id: message.id, text: message.text)]
  }

  private func unanswered() -> String {
    current.map { "; line \($0.line) has no reply yet" } ?? ""
  }

  private mutating func done() -> [Effect] {
    current = nil
    return inputEnded ? finish() : []
  }

  private mutating func fail(_ reason: String) -> [Effect] {
    hasFailed = true
    return [.tell(reason)] + finish()
  }

  private mutating func finish() -> [Effect] {
    isOver = true
    return [.finish(hasFailed ? .failed : .ok)]
  }
}
