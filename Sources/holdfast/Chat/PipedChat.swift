internal import CShims
internal import Glibc
internal import HoldfastControl
internal import HoldfastCore

/// Carries a conversation between standard input, standard output and the console.
struct PipedChat {
  /// A line may be as long as the longest message that a host can be told to accept.
  private static let lineLimit = 16_777_216

  private let connection: ConsoleConnection
  private let isJSON: Bool
  private var conversation: PipedConversation
  /// Somebody reads what is answered.
  private var showsReplies: Bool
  private var lines = LineBuffer(limit: lineLimit)
  private var lineNumber = 0
  private var inputEnded = false
  private var status: ExitCode?

  init(_ connection: ConsoleConnection, waitsForReplies: Bool = true, isJSON: Bool) {
    self.connection = connection
    self.isJSON = isJSON
    showsReplies = waitsForReplies
    conversation = PipedConversation(names: MessageNames(), waitsForReplies: waitsForReplies)
  }

  /// Talks until standard input ends. `stops` are descriptors that become readable when it is to
  /// end earlier.
  mutating func run(stops: [Int32]) -> ExitCode {
    while true {
      feed()
      if let status { return status }
      wait(stops)
    }
  }

  /// Sends one message, and ends with its reply.
  mutating func run(saying text: String, stops: [Int32]) -> ExitCode {
    take(conversation.handle(.line(1, text), at: SystemClock.now))
    inputEnded = true
    return run(stops: stops)
  }

  /// Gives the conversation its next lines, as long as it wants any.
  private mutating func feed() {
    while status == nil, conversation.wantsLine {
      if let piece = lines.next() {
        lineNumber += 1
        take(conversation.handle(input(of: piece), at: SystemClock.now))
      } else if inputEnded {
        guard let rest = lines.rest() else {
          take(conversation.handle(.endOfInput, at: SystemClock.now))
          return
        }
        lineNumber += 1
        take(conversation.handle(input(of: .line(rest)), at: SystemClock.now))
      } else {
        return
      }
    }
    if inputEnded, status == nil, lines.count == 0 {
      take(conversation.handle(.endOfInput, at: SystemClock.now))
    }
  }

  private func input(of piece: LineBuffer.Piece) -> PipedConversation.Input {
    guard case .line(let bytes) = piece else {
      return .unreadable(lineNumber, reason: "it is longer than 16 MiB")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      return .unreadable(lineNumber, reason: "it is not UTF-8")
    }
    return .line(lineNumber, text)
  }

  private mutating func wait(_ stops: [Int32]) {
    let wantsLine = conversation.wantsLine && !inputEnded
    var entries = [
      pollfd(fd: connection.descriptor, events: connection.events, revents: 0),
      pollfd(fd: wantsLine ? 0 : -1, events: Int16(POLLIN), revents: 0),
    ]
    entries += stops.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    let left = conversation.deadline.map { $0.since(SystemClock.now).milliseconds + 1 }
    poll(&entries, nfds_t(entries.count), left.map { Int32(clamping: $0) } ?? -1)
    if entries[0].revents != 0 { hear() }
    if entries[1].revents != 0 { readInput() }
    if entries.dropFirst(2).contains(where: { $0.revents != 0 }) {
      take(conversation.handle(.stopped("interrupted"), at: SystemClock.now))
    }
    if let deadline = conversation.deadline, deadline <= SystemClock.now {
      take(conversation.handle(.time, at: SystemClock.now))
    }
  }

  private mutating func hear() {
    connection.flush()
    for message in connection.receive() {
      take(conversation.handle(.heard(message), at: SystemClock.now))
      if case .reply(let reply) = message, showsReplies { connection.shown(reply) }
    }
    if connection.isClosed { take(conversation.handle(.closed, at: SystemClock.now)) }
  }

  private mutating func readInput() {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = read(0, &bytes, bytes.count)
    if count > 0 {
      lines.append(bytes.prefix(count))
    } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
      inputEnded = true
    }
  }

  private mutating func take(_ effects: [PipedConversation.Effect]) {
    for effect in effects {
      switch effect {
      case .send(let id, let text): connection.say(id: id, text)
      case .print(let reply):
        guard Terminal.write(text(of: reply) + "\n", to: 1) else {
          // Nobody reads the replies any more, so nobody waits for further ones.
          status = status ?? .failed
          showsReplies = false
          continue
        }
      case .tell(let text): Terminal.write("holdfast: \(text)\n", to: 2)
      case .finish(let code): status = status ?? code
      }
    }
  }

  private struct ReplyJSON: Encodable {
    var replyTo: String
    var part: Int
    var parts: Int
    var notice: Bool
    var text: String
  }

  private func text(of reply: ConsoleReply) -> String {
    guard isJSON else { return reply.text }
    let entry = ReplyJSON(
      replyTo: reply.replyTo, part: reply.part, parts: reply.parts, notice: reply.isNotice,
      text: reply.text)
    return String(decoding: JSONText.encode(entry), as: UTF8.self)
  }
}
