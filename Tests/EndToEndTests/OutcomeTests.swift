import HoldfastCore
import Testing

/// What becomes of a batch, whatever its provider does.
@Suite struct OutcomeTests {
  @Test func aBatchThatIsRefusedForGoodIsParkedAndLaterOnesGoOn() throws {
    let stage = try Stage(["notes": 1])
    let notes = try stage.director("notes")
    try stage.start()
    try notes.rule("retain", .refuse, times: 1)
    let chat = try stage.chat()
    try chat.ask("bad")
    let refused = try notes.next("retain")
    try chat.ask("good")
    try stage.settled("notes")
    let row = try stage.row("notes")
    #expect(row.parkedBatches == 1 && row.lastError == "scripted refusal")
    #expect(notes.heard("stored").map { $0["text"] } == ["good"])
    let shown = try stage.run("memory", "pending")
    #expect(shown.status == 0 && shown.output.contains("notes"))
    let cut = try #require(stage.parked("notes").first)
    let retried = try stage.run("memory", "retry", "\(cut.id)")
    #expect(retried.status == 0, "\(retried.errors)")
    let again = try notes.next("retain") { $0["batch"] == refused["batch"] }
    #expect(again.range == "1-1")
    try stage.settled("notes")
    #expect(try stage.row("notes").parkedBatches == 0)
    #expect(stage.stop() == 0)
    #expect(notes.heard("stored").map { $0["text"] } == ["good", "bad"])
  }

  @Test func aProviderThatWasDownGetsEverythingInOrderWhenItIsBack() throws {
    let stage = try Stage(["notes": 1])
    let notes = try stage.director("notes")
    notes.begin(with: "retain", .fail)
    try stage.start()
    let chat = try stage.chat()
    for text in ["one", "two", "three"] { try chat.ask(text) }
    try chat.ask("/new")
    try chat.ask("four")
    try Patience.until("the failure is seen") {
      try stage.row("notes").lastError == "scripted failure"
    }
    #expect(stage.stop() == 0)
    notes.begin(with: "retain", .fail, times: 1)
    try stage.start()
    try stage.settled("notes")
    #expect(try stage.row("notes").parkedBatches == 0)
    #expect(stage.stop() == 0)
    let texts = notes.heard("stored").map { $0["text"] }
    #expect(texts.filter { $0 != "four" } == ["one", "two", "three"] && texts.count == 4)
  }

  @Test func aRequestThatLandsLateIsStoredOnce() throws {
    let stage = try Stage(["notes": 1], settings: "deadline_retain_ms = 100")
    let notes = try stage.director("notes")
    notes.begin(with: "retain", .hold, times: 1)
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("once")
    let lost = try notes.next("retain")
    try notes.rule("retain", .fail, times: 1)
    let failed = try notes.next("retain")
    try notes.land(lost)
    let last = try notes.next("retain")
    try stage.settled("notes")
    #expect(lost["batch"] == failed["batch"] && failed["batch"] == last["batch"])
    #expect(["1", "2", "3"] == [lost, failed, last].map { $0["attempt"] })
    #expect(notes.ledger.count == 1)
    #expect(try stage.plugin("notes").timeouts == 1)
    #expect(stage.stop() == 0)
  }

  @Test func aHungProviderNeitherHoldsUpTheStopNorLosesWhatItIsOwed() throws {
    let stage = try Stage(["notes": 5])
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    for text in ["one", "two", "three"] { try chat.ask(text) }
    let old = try stage.current()
    try notes.rule("retain", .hang)
    #expect(stage.stop() == 0)
    #expect(stage.log.contains("notes: 0 turns acknowledged, 3 deferred to the next start"))
    #expect(notes.ledger.isEmpty)
    let count = notes.heard("retain").count
    try stage.start()
    try stage.settled("notes")
    let batch = try #require(notes.heard("retain").dropFirst(count).first)
    #expect(batch.session == old && batch.range == "1-3")
    #expect(notes.ledger == ["\(old) 1 one", "\(old) 2 two", "\(old) 3 three"])
    #expect(stage.stop() == 0)
  }

  @Test func aProviderThatIsDownHoldsUpNeitherTheOtherOneNorTheTurns() throws {
    let stage = try Stage(["slow": 3, "fast": 1])
    let (slow, fast) = (try stage.director("slow"), try stage.director("fast"))
    try stage.start()
    try slow.rule("retain", .hang)
    let chat = try stage.chat()
    for number in 1...6 { #expect(try chat.ask("turn \(number)") == "re: turn \(number)") }
    try stage.settled("fast")
    #expect(try stage.row("fast").acknowledgedTurns == 6)
    #expect(try stage.row("slow").backlogTurns == 6)
    #expect(slow.ledger.isEmpty && fast.ledger.count == 6)
    try slow.release()
    try stage.settled("slow")
    #expect(slow.ledger == fast.ledger)
    #expect(slow.heard("retain").map(\.range) == ["1-3", "4-6"])
    #expect(stage.stop() == 0)
  }
}
