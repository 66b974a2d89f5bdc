import HoldfastCore
import Testing

@testable import holdfast

@Suite struct PipedConversationTests {
  private let start = Instant(nanoseconds: 0)

  private func conversation(waits: Bool = true) -> PipedConversation {
    PipedConversation(names: MessageNames(run: "m"), waitsForReplies: waits)
  }

  private func reply(
    _ text: String, to id: String, part: Int = 1, of parts: Int = 1, isNotice: Bool = false
  ) -> ConsoleReply {
    ConsoleReply(replyTo: id, part: part, parts: parts, isNotice: isNotice, text: text)
  }

  @Test func theNextLineWaitsForEveryPartOfTheReply() {
    var talk = conversation()
    #expect(talk.wantsLine)
    #expect(talk.handle(.line(1, "hi"), at: start) == [.send(id: "m-1", text: "hi")])
    #expect(!talk.wantsLine)
    #expect(talk.handle(.heard(.accepted(id: "m-1")), at: start).isEmpty)
    let first = reply("a", to: "m-1", part: 1, of: 2)
    let second = reply("b", to: "m-1", part: 2, of: 2, isNotice: true)
    #expect(talk.handle(.heard(.reply(first)), at: start) == [.print(first)])
    #expect(talk.handle(.heard(.reply(first)), at: start).isEmpty)
    #expect(!talk.wantsLine)
    #expect(talk.handle(.heard(.reply(second)), at: start) == [.print(second)])
    #expect(talk.wantsLine)
    #expect(talk.handle(.line(2, "on"), at: start) == [.send(id: "m-2", text: "on")])
    #expect(talk.handle(.endOfInput, at: start).isEmpty)
    let last = reply("c", to: "m-2")
    #expect(talk.handle(.heard(.reply(last)), at: start) == [.print(last), .finish(.ok)])
    #expect(talk.handle(.heard(.reply(last)), at: start).isEmpty)
  }

  @Test func emptyInputEndsWell() {
    var talk = conversation()
    #expect(talk.handle(.line(1, "  \t"), at: start).isEmpty)
    #expect(talk.handle(.endOfInput, at: start) == [.finish(.ok)])
    #expect(!talk.wantsLine)
  }

  @Test func aHostThatSaysNothingIsToldOfOnce() {
    var talk = conversation()
    _ = talk.handle(.line(3, "hi"), at: start)
    let later = start + PipedConversation.silence
    #expect(talk.deadline == later)
    let told = talk.handle(.time, at: later)
    #expect(
      told == [.tell("the host has not accepted line 3 yet; `holdfast doctor` may say why")])
    #expect(talk.handle(.time, at: later).isEmpty)
    #expect(talk.deadline == start + PipedConversation.patience)
    var accepted = conversation()
    _ = accepted.handle(.line(3, "hi"), at: start)
    _ = accepted.handle(.heard(.accepted(id: "m-1")), at: start)
    #expect(accepted.deadline == start + PipedConversation.patience)
  }

  @Test(arguments: [
    "Interrupted by a newer message.", "Dropped by /stop.", "No answer: the model is not there.",
  ])
  func aMessageWithoutAnAnswerIsAFailure(notice: String) {
    for isNotice in [true, false] {
      var talk = conversation()
      _ = talk.handle(.line(1, "hi"), at: start)
      _ = talk.handle(.endOfInput, at: start)
      let reply = reply(notice, to: "m-1", isNotice: isNotice)
      let effects = talk.handle(.heard(.reply(reply)), at: start)
      #expect(effects == [.print(reply), .finish(isNotice ? .failed : .ok)])
    }
  }

  @Test func repliesToOthersAreNotPrinted() {
    var talk = conversation()
    _ = talk.handle(.line(1, "hi"), at: start)
    let effects = talk.handle(.heard(.reply(reply("old", to: "x-9"))), at: start)
    #expect(effects == [.tell("to an earlier message: old")])
    #expect(!talk.wantsLine)
  }

  @Test func aLongWaitIsToldOnceAndAShortOneNever() {
    var talk = conversation()
    _ = talk.handle(.line(3, "hi"), at: start)
    #expect(talk.handle(.heard(.busy(id: "m-1", milliseconds: 1000)), at: start).isEmpty)
    let told = talk.handle(.heard(.busy(id: "m-1", milliseconds: 5000)), at: start)
    #expect(
      told == [
        .tell(
          "line 3 is not accepted yet; it is sent again until it is; "
            + "`holdfast status` says what is in the way")
      ])
    #expect(talk.handle(.heard(.busy(id: "m-1", milliseconds: 5000)), at: start).isEmpty)
    #expect(!talk.wantsLine)
  }

  @Test func aRefusalIsToldAndTheNextLineGoesOn() {
    var talk = conversation()
    _ = talk.handle(.line(4, "hi"), at: start)
    #expect(
      talk.handle(.heard(.refused(id: "m-1", reason: "no")), at: start)
        == [.tell("line 4 was refused: no")])
    #expect(talk.wantsLine)
    _ = talk.handle(.line(5, "on"), at: start)
    #expect(
      talk.handle(.heard(.refused(id: "", reason: "the line is too long")), at: start)
        == [.tell("line 5 was refused: the line is too long")])
    #expect(talk.handle(.endOfInput, at: start) == [.finish(.failed)])
  }

  @Test func aLineThatIsNoTextMakesTheEndAFailure() {
    var talk = conversation()
    #expect(
      talk.handle(.unreadable(2, reason: "it is not UTF-8"), at: start)
        == [.tell("line 2 was not sent: it is not UTF-8")])
    #expect(talk.wantsLine)
    #expect(talk.handle(.endOfInput, at: start) == [.finish(.failed)])
  }

  @Test func aBusyHostIsAskedAgainWhenItSaid() {
    var talk = conversation()
    _ = talk.handle(.line(1, "hi"), at: start)
    #expect(talk.handle(.heard(.busy(id: "m-1", milliseconds: 250)), at: start).isEmpty)
    let soon = start + .milliseconds(250)
    #expect(talk.deadline == soon)
    #expect(talk.handle(.time, at: start + .milliseconds(249)).isEmpty)
    #expect(talk.handle(.time, at: soon) == [.send(id: "m-1", text: "hi")])
    #expect(talk.handle(.time, at: soon).isEmpty)
    #expect(talk.handle(.heard(.duplicate(id: "m-1")), at: soon).isEmpty)
    let answer = reply("yes", to: "m-1")
    #expect(talk.handle(.heard(.reply(answer)), at: soon) == [.print(answer)])
  }

  @Test func patienceEnds() {
    var talk = conversation()
    #expect(talk.deadline == nil)
    _ = talk.handle(.line(1, "hi"), at: start)
    _ = talk.handle(.heard(.accepted(id: "m-1")), at: start)
    let end = start + PipedConversation.patience
    #expect(talk.deadline == end)
    let effects = talk.handle(.time, at: end)
    #expect(effects.last == .finish(.failed))
    #expect(talk.deadline == nil)
  }

  @Test func aHostThatGoesIsAFailureEvenWithoutAQuestion() {
    for input in [
      PipedConversation.Input.closed, .heard(.bye(reason: "the host is stopping")),
      .stopped("interrupted"),
    ] {
      var idle = conversation()
      #expect(idle.handle(input, at: start).last == .finish(.failed))
      var asking = conversation()
      _ = asking.handle(.line(3, "hi"), at: start)
      let effects = asking.handle(input, at: start)
      guard case .tell(let text)? = effects.first else {
        Issue.record("nothing was told")
        continue
      }
      #expect(text.hasSuffix("; line 3 has no reply yet"))
      #expect(effects.last == .finish(.failed))
    }
  }

  @Test func withoutWaitingAcceptanceIsEnough() {
    var talk = conversation(waits: false)
    _ = talk.handle(.line(1, "hi"), at: start)
    _ = talk.handle(.endOfInput, at: start)
    #expect(talk.handle(.heard(.reply(reply("x", to: "m-1"))), at: start).isEmpty)
    #expect(talk.handle(.heard(.accepted(id: "m-1")), at: start) == [.finish(.ok)])
  }

  @Test func quitEndsBeforeTheInputDoes() {
    var talk = conversation()
    #expect(talk.handle(.line(1, "/quit"), at: start) == [.finish(.ok)])
    #expect(!talk.wantsLine)
  }
}
