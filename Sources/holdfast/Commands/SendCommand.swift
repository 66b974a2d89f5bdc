internal import CShims
internal import Glibc

/// `holdfast send`
enum SendCommand {
  static let command = Command(
    name: "send", summary: "send one message, and print the reply",
    details: "Without a text, the message is all of standard input.",
    positionals: [
      Positional(name: "text", count: .anyNumber, help: "the message; words are joined by spaces")
    ],
    options: ChatPlace.options + [
      Option(name: "no-wait", help: "end as soon as the message is accepted")
    ],
    examples: [
      Example("holdfast send what is my cat called", "Ask, and wait for the answer."),
      Example("holdfast send --no-wait -- -5 degrees today", "A text that begins with a dash."),
    ],
    body: { invocation throws(CommandFailure) in
      let place = try ChatPlace(invocation)
      let words = invocation.arguments.positionals
      let text = try words.isEmpty ? standardInput() : words.joined(separator: " ")
      guard !text.allSatisfy(\.isWhitespace) else {
        throw CommandFailure("there is nothing to send", status: .usage)
      }
      try invocation.requireHost()
      let connection = try place.connect(patience: .seconds(2))
      signal(SIGPIPE, SIG_IGN)
      var chat = PipedChat(
        connection, waitsForReplies: !invocation.has("no-wait"), isJSON: invocation.isJSON)
      return chat.run(saying: text, stops: [cshims_stop_signals()])
    })

  private static func standardInput() throws(CommandFailure) -> String {
    guard isatty(0) == 0 else { throw CommandFailure("say what to send", status: .usage) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while bytes.count <= 16 << 20 {
      let count = read(0, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      bytes += piece.prefix(count)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CommandFailure("the message is not UTF-8")
    }
    return text.last == "\n" ? String(text.dropLast()) : text
  }
}
