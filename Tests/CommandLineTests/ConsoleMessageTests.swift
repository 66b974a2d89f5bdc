import HoldfastCore
import Testing

@testable import holdfast

@Suite struct ConsoleMessageTests {
  private func message(_ line: String) -> ConsoleMessage? { ConsoleMessage(Array(line.utf8)) }

  @Test func everyLineOfTheConsoleIsUnderstood() {
    #expect(message("ready\tholdfast console 1") == .ready(banner: "holdfast console 1"))
    #expect(message("ok\ta-1") == .accepted(id: "a-1"))
    #expect(message("duplicate\ta-1") == .duplicate(id: "a-1"))
    #expect(message("busy\ta-1\t250") == .busy(id: "a-1", milliseconds: 250))
    #expect(message("refused\ta-1\tno\\n more") == .refused(id: "a-1", reason: "no\n more"))
    #expect(
      message("reply\ta-1\t2\t3\t1\tx\\ty\\\\z\\r")
        == .reply(
          ConsoleReply(replyTo: "a-1", part: 2, parts: 3, isNotice: true, text: "x\ty\\z\r")))
    #expect(
      message("reply\ta\t1\t1\t0\thi\t77")
        == .reply(
          ConsoleReply(
            replyTo: "a", part: 1, parts: 1, isNotice: false, text: "hi", number: "77")))
    #expect(message("bye\tthe host is stopping") == .bye(reason: "the host is stopping"))
  }

  @Test(arguments: [
    "", "\t", "ok", "reply\ta", "reply\ta\tx\t1\t0\ttext", "unknown\tx", "ok\t1\t2",
  ])
  func otherLinesAreIgnored(line: String) {
    #expect(message(line) == nil)
  }

  @Test func whatIsSaidSurvivesTheWire() {
    for text in ["", "plain", "a\tb\nc\rd\\e", "\\n", "ü🪢\u{0}", "\\"] {
      let line = ConsoleMessage.line("say", "id", text)
      #expect(line.filter { $0 == 0x0A }.count == 1 && line.last == 0x0A)
      let fields = String(decoding: line.dropLast(), as: UTF8.self).split(
        separator: "\t", omittingEmptySubsequences: false)
      #expect(fields.count == 3)
      #expect(ConsoleMessage.unescaped(fields[2]) == text)
    }
  }

  @Test func namesDifferBetweenRuns() {
    var one = MessageNames()
    var other = MessageNames()
    let names = [one.next(), one.next(), other.next()]
    #expect(Set(names).count == 3)
    #expect(names[0].hasSuffix("-1") && names[0].utf8.count == 18)
  }
}
