import HoldfastCore
import Testing

/// What a change of the session brings to a memory provider.
@Suite struct SwitchTests {
  @Test func aSwitchSendsWhatIsBufferedUnderTheOldSessionAndThenTellsOfTheSwitch() throws {
    let stage = try Stage(["notes": 3])
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("one")
    try chat.ask("two")
    let old = try stage.current()
    try chat.ask("/new")
    let batch = try notes.next("retain")
    #expect(batch.session == old && batch.range == "1-2" && batch.number("count") == 2)
    #expect(batch["document"] == old && batch["tags"] == "session:\(old)" && batch["parent"] == "")
    let change = try notes.next("switched")
    let new = try stage.current()
    #expect(change.session == old && change["new"] == new)
    #expect(change["newparent"] == old && change["reason"] == "new" && change["reset"] == "0")
    let order = notes.heard("retain", "ended", "switched").map(\.name)
    #expect(order == ["retain", "ended", "switched"])
    #expect(stage.stop() == 0)
    #expect(notes.ledger == ["\(old) 1 one", "\(old) 2 two"])
  }

  @Test func aSwitchWithNothingBufferedSendsNoBatch() throws {
    let stage = try Stage(["notes": 3])
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("/new")
    let first = try stage.current()
    try chat.ask("/reset")
    let change = try notes.next("switched") { $0["reason"] == "reset" }
    let second = try stage.current()
    #expect(change.session == first && change["reset"] == "1" && change["new"] == second)
    #expect(stage.stop() == 0)
    #expect(notes.heard("retain").isEmpty)
  }

  @Test func aBatchThatIsBlockedHoldsUpNeitherTheCommandNorIsItMixedWithTheNextOne() throws {
    let stage = try Stage(["notes": 2])
    let notes = try stage.director("notes")
    try stage.start()
    try notes.rule("retain", .hold, times: 1)
    let chat = try stage.chat()
    for text in ["one", "two"] { try chat.ask(text) }
    let blocked = try notes.next("retain")
    try chat.ask("three")
    let old = try stage.current()
    // The answer comes though the provider has not answered.
    #expect(try chat.ask("/new").hasPrefix("New session."))
    #expect(notes.heard("switched").isEmpty)
    try notes.answer(blocked)
    let second = try notes.next("retain")
    #expect(blocked.range == "1-2" && second.range == "3-3" && second.session == old)
    try notes.next("switched")
    #expect(stage.stop() == 0)
    #expect(notes.heard("retain").count == 2)
    #expect(notes.ledger == ["\(old) 1 one", "\(old) 2 two", "\(old) 3 three"])
  }

  @Test func nothingIsSentAgainAtASwitchWhenEveryTurnWasRetained() throws {
    let stage = try Stage(["notes": 1])
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    for text in ["one", "two", "three"] { try chat.ask(text) }
    try stage.settled("notes")
    try chat.ask("/new")
    try notes.next("switched")
    #expect(stage.stop() == 0)
    #expect(notes.heard("retain").map(\.range) == ["1-1", "2-2", "3-3"])
  }
}
