import FoundationEssentials
import Glibc
import HoldfastCore
import Testing

/// Plugins that hang, in a whole host: who is named, who is answered meanwhile, what ends them.
@Suite struct AttentionTests {
  /// A host that looks at sessions five times a second, with a model that may hang for an hour.
  private func stage(abortAfter: Int, wait: Int = 500) throws -> Stage {
    let stage = try Stage()
    stage.head += """
      [diagnostics]
      heartbeat_interval_ms = 200
      stuck_after_ms = 500
      abort_after_ms = \(abortAfter)
      cancel_wait_ms = \(wait)

      """
    stage.sections["hung"] = """
      plugin = "hung-model"
      path = "\(Clone.fixture("hung_model"))"
      deadline_model_ms = 3600000

      """
    stage.agent = "model = \"hung\"\n"
    return stage
  }

  private func attention(_ stage: Stage, of chat: String = "home") throws -> AttentionStatusRow {
    let session = try stage.current(chat)
    var found: AttentionStatusRow?
    try Patience.until("\(chat) needs attention") {
      found = try stage.status().attention.first { $0.session == session }
      return found != nil
    }
    return try #require(found)
  }

  @Test(arguments: ["spin", "sleep"])
  func aModelThatHangsIsNamedAndOthersAreAnsweredMeanwhile(_ word: String) throws {
    let stage = try stage(abortAfter: 3_600_000)
    try stage.start()
    try stage.chat().say(word)
    let other = try stage.chat("office", user: "bob")
    #expect(try other.ask("hello") == "hello")
    let row = try attention(stage)
    #expect(row.plugin == "hung" && row.call == "respond" && row.ageMilliseconds > 300)
    #expect(row.place.contains("home") && row.state == "processing")
    #expect(row.classification == "long_running")
    let status = try stage.run("status", "--json").output.filter { !$0.isWhitespace }
    for text in [
      #""session":"\#(row.session)""#, #""plugin":"hung""#, #""call":"respond""#, #""age_ms":"#,
    ] {
      #expect(status.contains(text), "\(text) is not in \(status)")
    }
    #expect(try stage.run("status").output.contains("ATTEMPTS"))
    let explained = try stage.run("sessions", "explain", row.session)
    #expect(explained.status == 0)
    #expect(explained.output.contains("row 3b, active_model_call_without_progress"))
    #expect(explained.output.contains("“hung” has been in respond for"))
    #expect(try other.ask("again") == "again")
    #expect(!stage.log.contains("recovery of session"))
    stage.kill9()
  }

  @Test func aTurnThatIsSilentForTooLongIsCutOffAndItsPersonTold() throws {
    let stage = try stage(abortAfter: 1500)
    try stage.start()
    let chat = try stage.chat()
    let told = try chat.reply(to: try chat.say("sleep"))
    #expect(told.hasPrefix("Interrupted: “hung” made no progress in respond for "))
    #expect(told.contains("what it still does is refused"))
    try stage.logged("fenced")
    try Patience.until("nothing runs") { try stage.status().runningTurns == 0 }
    #expect(try stage.status().attention.isEmpty)
    stage.kill9()
  }

  @Test func turnsThatHangAreCutOffEachByItself() throws {
    let stage = try stage(abortAfter: 1500)
    try stage.start()
    let chats = try [stage.chat(), stage.chat("office", user: "bob")]
    let said = try chats.map { try $0.say("sleep") }
    for (chat, id) in zip(chats, said) {
      #expect(try chat.reply(to: id).hasPrefix("Interrupted: “hung” made no progress in "))
    }
    stage.kill9()
  }

  /// While a recovery waits for what it has cancelled, its session goes on.
  @Test func aRunThatIsNewerThanTheRecoveryIsKept() throws {
    let stage = try stage(abortAfter: 1500, wait: 3000)
    try stage.start()
    let chat = try stage.chat()
    try chat.say("sleep")
    let events = { (name: String) in
      try stage.run("events", "replay", "--name", name, "--json").output
    }
    try Patience.until("a recovery has begun") {
      try events("session.recovery.requested").contains("session.recovery.requested")
    }
    #expect(try chat.ask("/stop") == "Stopped.")
    let newer = try chat.say("spin")
    try Patience.until("the recovery has ended") {
      try events("session.recovery.completed").contains("newer_run")
    }
    // Nobody told its sender that it was interrupted.
    #expect(chat.takeOthers().allSatisfy { $0.verb != "reply" || $0.id != newer })
    stage.kill9()
  }

  @Test func workThatIsNeverEndedHoldsNobodyUp() throws {
    let stage = try stage(abortAfter: 600)
    stage.agent = "model = \"echo\"\n"
    stage.sections["busy"] = """
      plugin = "activities"
      path = "\(Clone.fixture("activities"))"

      """
    try stage.start()
    let chat = try stage.chat()
    #expect(try chat.ask("one") == "re: one")
    let session = try stage.current()
    try Patience.until("the plugin has taken up work") {
      let explained = try stage.run("sessions", "explain", session, "--json").output
        .replacing(": ", with: ":")
      return explained.contains(#""plugin":"busy""#) && explained.contains(#""call":"never ended""#)
        && explained.contains(#""is_owner_alive":false"#)
    }
    let pause = Moments(milliseconds: 1500)
    while !pause.isOver { poll(nil, 0, 100) }
    #expect(try stage.status().attention.isEmpty, "nobody waits")
    #expect(try chat.ask("two") == "re: two")
    #expect(!stage.log.contains("recovery of session"))
    #expect(stage.stop() == 0)
  }

  @Test func aHostThatStoodStillRecoversNobodyWhenItWakes() throws {
    let stage = try stage(abortAfter: 4000)
    try stage.start()
    try stage.chat().say("sleep")
    _ = try attention(stage)
    kill(stage.pid, SIGSTOP)
    let pause = Moments(milliseconds: 5000)
    while !pause.isOver { poll(nil, 0, 100) }
    kill(stage.pid, SIGCONT)
    try stage.logged("ms late; nothing is recovered this time")
    let row = try attention(stage)
    #expect(row.ageMilliseconds < 4000 && row.attempts == 0)
    #expect(!stage.log.contains("recovery of session"))
    try stage.logged("recovery of session")
    stage.kill9()
  }
}
