import FoundationEssentials
import HoldfastCore
import Testing

/// The host dies between two steps that a batch takes, and the next start goes on with the same
/// row: one copy, under its own session. What journal and provider hold at the moment of the death
/// says between which steps it was.
@Suite struct CrashSpanTests {
  /// A stage on which the second turn of a batch of two ends the host.
  private struct Death {
    let stage: Stage
    let notes: Director
    let chat: Chat
    let session: String
    /// What the provider was called with.
    let call: Call

    init(_ behaviour: Director.Behaviour) throws {
      stage = try Stage(["notes": 2])
      notes = try stage.director("notes")
      try stage.start()
      chat = try stage.chat()
      try chat.ask("one")
      session = try stage.current()
      try notes.rule("retain", behaviour, times: 1)
      try chat.say("two")
      call = try notes.next("retain")
      #expect(stage.waitForEnd() == 1000 + 9)
    }

    /// Cuts in the journal: session, first and last turn, status.
    var cuts: [[String]] {
      get throws {
        try Rows.of(
          stage.state + "/journal.sqlite", "SELECT session, first_turn, last_turn, status FROM cuts"
        )
      }
    }

    var watermark: [[String]] {
      get throws {
        try Rows.of(
          stage.state + "/journal.sqlite",
          "SELECT watermark FROM cursors WHERE session = '\(session)'")
      }
    }

    /// Turns in the provider's own file.
    var ledger: [String] {
      let text = try? String(contentsOfFile: stage.state + "/plugins/notes/ledger", encoding: .utf8)
      return (text ?? "").split(separator: "\n").map { Call($0) }.filter { $0.name == "stored" }
        .map { "\($0.session) \($0["turn"]) \($0["text"])" }
    }

    var both: [String] { ["\(session) 1 one", "\(session) 2 two"] }

    /// The same row goes out again, and everything is there once.
    func goOn() throws {
      try stage.start()
      let again = try notes.next("retain")
      for field in ["batch", "session", "document", "tags", "first", "last", "scope", "parent"] {
        #expect(call[field] == again[field])
      }
      #expect(again["repeated"] == "1")
      try stage.settled("notes")
      try chat.connect()
      try chat.ask("three")
      #expect(stage.stop() == 0)
      #expect(ledger == both + ["\(session) 3 three"])
      #expect(try cuts.map { $0[1] + "-" + $0[2] } == ["1-2", "3-3"])
    }
  }

  @Test func aCrashBetweenCutAndSendSendsTheRowThatWasWritten() throws {
    let death = try Death(.killBefore)
    #expect(try death.cuts == [[death.session, "1", "2", "0"]], "the cut is written")
    #expect(death.ledger.isEmpty, "nothing of it is stored")
    try death.goOn()
  }

  @Test func aCrashBetweenSendAndAnswerSendsTheSameRowAgain() throws {
    let death = try Death(.killAfter)
    #expect(try death.cuts == [[death.session, "1", "2", "0"]])
    #expect(death.ledger == death.both, "it is stored, and nobody was told")
    #expect(try death.watermark == [["0"]])
    try death.goOn()
  }

  /// The provider answers and ends the process at once, on the same thread. Should the journal
  /// have been faster, it was another span, and the next host is another try.
  @Test func aCrashBetweenAnswerAndWatermarkSendsTheSameRowAgain() throws {
    for _ in 0..<20 {
      let death = try Death(.killAnswered)
      #expect(death.ledger == death.both)
      guard try death.watermark == [["0"]] else { continue }
      #expect(try death.cuts == [[death.session, "1", "2", "0"]])
      try death.goOn()
      return
    }
    Issue.record("twenty times the watermark was moved before the process had ended")
  }
}
