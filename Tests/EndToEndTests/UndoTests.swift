import HoldfastCore
import Testing

/// What `/undo` takes back, from whom, and how often.
@Suite struct UndoTests {
  @Test func aTurnInNoBatchIsDropped() throws {
    let stage = try Stage(["notes": 3])
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("keep")
    try chat.ask("forget")
    #expect(try chat.ask("/undo") == "One turn taken back.")
    try chat.ask("/new")
    try notes.next("switched") { $0["reason"] == "new" }
    #expect(stage.stop() == 0)
    #expect(notes.heard("stored").map { $0["text"] } == ["keep"])
    #expect(notes.heard("withdraw").isEmpty)
  }

  @Test func aTurnInABatchOnItsWayIsWithdrawnAfterTheAcknowledgement() throws {
    let stage = try Stage(["notes": 1])
    let notes = try stage.director("notes")
    try stage.start()
    try notes.rule("retain", .hold, times: 1)
    let chat = try stage.chat()
    try chat.ask("forget")
    let batch = try notes.next("retain")
    #expect(try chat.ask("/undo") == "One turn taken back.")
    #expect(notes.heard("withdraw").isEmpty)
    try notes.answer(batch)
    let withdrawal = try notes.next("withdrawn")
    #expect(withdrawal["of"] == batch["batch"] && withdrawal["turn"] == "1")
    try stage.settled("notes")
    #expect(notes.heard("stored", "withdrawn").map(\.name) == ["stored", "withdrawn"])
    #expect(stage.stop() == 0)
  }

  @Test func anAcknowledgedTurnIsWithdrawnAndTheNextTurnHasANewIndexAndANewKey() throws {
    let stage = try Stage(["notes": 1])
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("keep")
    try chat.ask("forget")
    try stage.settled("notes")
    #expect(try chat.ask("/undo") == "One turn taken back.")
    #expect(try notes.next("withdrawn")["turn"] == "2")
    try chat.ask("instead")
    try stage.settled("notes")
    let batches = notes.heard("retain")
    #expect(batches.map(\.range) == ["1-1", "2-2", "3-3"])
    #expect(Set(batches.map { $0["batch"] }).count == 3)
    #expect(stage.model.heard("respond").last?["history"] == "keep\nre: keep")
    #expect(stage.stop() == 0)
  }

  @Test func aTurnInAParkedBatchIsWithdrawnNowAndAgainAfterARetry() throws {
    let stage = try Stage(["notes": 1])
    let notes = try stage.director("notes")
    try stage.start()
    try notes.rule("retain", .unknown, times: 1)
    let chat = try stage.chat()
    try chat.ask("forget")
    let first = try notes.next("retain")
    try notes.rule("retain", .refuse, times: 1)
    let second = try notes.next("retain")
    #expect(first["batch"] == second["batch"] && second["repeated"] == "1")
    try Patience.until("the batch is parked") { try stage.row("notes").parkedBatches == 1 }
    #expect(try chat.ask("/undo") == "One turn taken back.")
    try notes.next("withdrawn")
    let parked = try stage.parked("notes")
    #expect(parked.count == 1)
    try stage.done(.retryBatch(try #require(parked.first).id))
    let third = try notes.next("retain")
    #expect(third["batch"] == first["batch"])
    try notes.next("withdrawn")
    #expect(stage.stop() == 0)
    #expect(notes.ledger.count == 1 && notes.heard("withdrawn").count == 2)
  }

  @Test func anUndoThatIsDeliveredAgainAppliesOnceAlsoAfterARestart() throws {
    let stage = try Stage(["notes": 1])
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    for text in ["one", "two", "three"] { try chat.ask(text) }
    #expect(try chat.receipt("/undo", id: "u").verb == "ok")
    #expect(try chat.reply(to: "u") == "One turn taken back.")
    #expect(try chat.receipt("/undo", id: "u").verb == "duplicate")
    stage.kill9()
    try stage.start()
    try chat.connect()
    #expect(try chat.receipt("/undo", id: "u").verb == "duplicate")
    try chat.ask("four")
    try stage.settled("notes")
    let history = stage.model.heard("respond").last?["history"]
    #expect(history == "one\nre: one\ntwo\nre: two")
    #expect(Set(notes.heard("withdrawn").map { $0["turn"] }) == ["3"])
    #expect(stage.stop() == 0)
  }

  @Test func aMessageThatIsDeliveredTwiceIsAnsweredOnceAlsoAfterARestart() throws {
    let stage = try Stage(["notes": 1])
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    #expect(try chat.receipt("once", id: "m").verb == "ok")
    #expect(try chat.reply(to: "m") == "re: once")
    #expect(try chat.receipt("once", id: "m").verb == "duplicate")
    #expect(stage.stop() == 0)
    try stage.start()
    try chat.connect()
    #expect(try chat.receipt("once", id: "m").verb == "duplicate")
    try chat.ask("last")
    try stage.settled("notes")
    #expect(stage.stop() == 0)
    #expect(notes.heard("stored").map { $0["text"] } == ["once", "last"])
    #expect(stage.model.heard("respond").map { $0["last"] } == ["once", "last"])
  }
}
