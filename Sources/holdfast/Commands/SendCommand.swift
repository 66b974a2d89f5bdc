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
    let text = try StandardInput.text(what: "message; or say what to send")
    return text.last == "\n" ? String(text.dropLast()) : text
  }
}
