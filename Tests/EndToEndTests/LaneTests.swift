import HoldfastCore
import Testing

/// Messages that arrive while a turn runs, in a whole host.
@Suite struct LaneTests {
  private func stage(_ mode: QueueMode) throws -> Stage {
    let stage = try Stage(["notes": 1])
    stage.agent += "queue_mode = \"\(mode.rawValue)\"\n"
    return stage
  }

  @Test func aMessageThatFollowsHasTheNextTurn() throws {
    let stage = try stage(.followup)
    try stage.start()
    let chat = try stage.chat()
    try stage.model.rule("respond", .hold, times: 1)
    let first = try chat.say("one")
    let call = try stage.model.next("respond")
    let second = try chat.say("two")
    try stage.waiting(1)
    try stage.model.answer(call)
    #expect(try chat.reply(to: first) == "re: one")
    #expect(try chat.reply(to: second) == "re: two")
    #expect(stage.stop() == 0)
  }

  @Test func whatIsCollectedIsAnsweredTogether() throws {
    let stage = try stage(.collect)
    try stage.start()
    let chat = try stage.chat()
    try stage.model.rule("respond", .hold, times: 1)
    let first = try chat.say("one")
    let call = try stage.model.next("respond")
    try chat.say("two")
    let last = try chat.say("three")
    try stage.waiting(2)
    try stage.model.answer(call)
    #expect(try chat.reply(to: first) == "re: one")
    #expect(try chat.reply(to: last) == "re: two\nthree")
    #expect(stage.stop() == 0)
    let rows = try Rows.of(
      stage.state + "/journal.sqlite", "SELECT status FROM inputs WHERE is_command = 0")
    #expect(rows == [["1"], ["1"], ["1"]])
  }

  @Test func aTurnIsSteeredAfterItsTools() throws {
    let stage = try stage(.steer)
    let box = try stage.tools("box")
    try stage.start()
    try Patience.until("box has named its tools") { try stage.plugin("box").tools.count == 2 }
    let chat = try stage.chat()
    try box.rule("tool", .hold, times: 1)
    try chat.say(#"use box__look:{"word":"tide"}"#)
    let call = try box.next("tool")
    let second = try chat.say("and be brief")
    try stage.waiting(1)
    try box.answer(call)
    #expect(try chat.reply(to: second).hasPrefix("re: and be brief"))
    let prompts = stage.model.heard("respond")
    #expect(prompts.count == 2 && prompts[1]["last"] == "and be brief")
    #expect(stage.stop() == 0)
  }

  @Test func theNewestMessageInterruptsTheTurnThatRuns() throws {
    let stage = try stage(.interrupt)
    try stage.start()
    let chat = try stage.chat()
    try stage.model.rule("respond", .hold, times: 1)
    let first = try chat.say("one")
    try stage.model.next("respond")
    let second = try chat.say("two")
    #expect(try chat.reply(to: first) == "Interrupted by a newer message.")
    #expect(try chat.reply(to: second) == "re: two")
    #expect(stage.stop() == 0)
  }

  @Test func aModelThatHangsStopsNobodyBeyondItsOwnCalls() throws {
    let stage = try Stage(["notes": 1])
    stage.head += "max_concurrent_turns = 1\n"
    try stage.start()
    try stage.model.rule("respond", .hold, times: 4)
    for user in 1...4 { try stage.chat("room\(user)", user: "user\(user)").say("hangs") }
    for _ in 1...4 { try stage.model.next("respond") }
    #expect(try stage.status().turnsWaitingForSlot == 0)
    #expect(try stage.plugin("echo").outstanding == 4)
    #expect(try stage.chat("office", user: "bob").ask("one") == "re: one")
    #expect(stage.stop() == 0)
  }

  @Test func theModeOfASessionOutlivesARestart() throws {
    let stage = try Stage(["notes": 1])
    try stage.start()
    let chat = try stage.chat()
    #expect(try chat.ask("one") == "re: one")
    #expect(try chat.ask("/queue interrupt").hasSuffix("(interrupt)."))
    #expect(stage.stop() == 0)
    try stage.start()
    #expect(try stage.chat(user: "bob").ask("/queue").hasSuffix("(interrupt)."))
    #expect(stage.stop() == 0)
  }
}

extension Stage {
  /// Waits until so many messages wait.
  fileprivate func waiting(_ count: Int) throws {
    try Patience.until("\(count) messages wait") { try status().waitingMessages == count }
  }
}
