import FoundationEssentials
import Glibc
import HoldfastCore
import HoldfastThreads
import Testing

/// Time that a process does not live through, and clocks that people set.
@Suite struct ClockTests {
  @Test func aHostThatStoodStillBlamesNoPluginForThatTime() throws {
    let stage = try Stage(["notes": 1], settings: "deadline_retain_ms = 4000")
    let notes = try stage.director("notes")
    notes.begin(with: "retain", .hold, times: 1)
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("one")
    let call = try notes.next("retain")
    kill(stage.pid, SIGSTOP)
    let pause = Moments(milliseconds: 5000)
    while !pause.isOver { poll(nil, 0, 100) }
    kill(stage.pid, SIGCONT)
    try stage.logged("the host stood still for")
    try notes.answer(call)
    try stage.settled("notes")
    #expect(try stage.plugin("notes").timeouts == 0)
    #expect(try stage.plugin("notes").staleAnswers == 0)
    #expect(!stage.log.contains("did not answer"))
    #expect(stage.stop() == 0)
    #expect(notes.ledger.count == 1)
  }

  @Test(arguments: [-3600, 3600, -86_400 * 400] as [Int64])
  func settingTheClockChangesNeitherAgesNorWhatIsKnown(seconds: Int64) throws {
    let stage = try Stage(["notes": 2])
    let clock = try stage.folder.write("clock", "\0\0\0\0\0\0\0\0")
    stage.environment = [
      "LD_PRELOAD": Clone.preload("wall_clock"), "HOLDFAST_WALL_CLOCK": clock,
    ]
    try stage.start()
    let chat = try stage.chat()
    let first = try chat.say("one")
    #expect(try chat.reply(to: first) == "re: one")
    try chat.ask("/new")
    let old = try stage.sessions().map(\.session.id)
    set(clock, ahead: seconds)
    #expect(try chat.receipt("one", id: first).verb == "duplicate")
    #expect(try chat.ask("two") == "re: two")
    #expect(try stage.row("notes").oldestAgeMilliseconds < 3_000_000)
    try chat.ask("/new")
    // A later session stands before an earlier one, whatever the clock said.
    let sessions = try stage.sessions().map(\.session.id)
    #expect(Array(sessions.dropFirst(sessions.count - old.count)) == old)
    try chat.ask("three")
    stage.kill9()
    try stage.start()
    try chat.connect()
    #expect(try chat.receipt("one", id: first).verb == "duplicate")
    #expect(try chat.ask("four") == "re: four")
    #expect(try stage.row("notes").oldestAgeMilliseconds < 3_000_000)
    try stage.flushed("notes")
    #expect(stage.stop() == 0)
    let texts = try stage.director("notes").ledger.map { $0.split(separator: " ")[2] }
    #expect(texts == ["one", "two", "three", "four"])
  }

  private func stageWithAClock(_ head: String) throws -> (Stage, clock: String) {
    let stage = try Stage(["notes": 2])
    stage.head += head
    let clock = try stage.folder.write("clock", "\0\0\0\0\0\0\0\0")
    stage.environment = [
      "LD_PRELOAD": Clone.preload("wall_clock"), "HOLDFAST_WALL_CLOCK": clock, "TZ": "XST-5:30",
    ]
    return (stage, clock)
  }

  /// A silence of half an hour, and a time of day that lies half an hour ahead where the host is.
  @Test(arguments: [true, false])
  func aConversationThatIsOverByItselfEndsWithTheNextMessage(isIdle: Bool) throws {
    let there = time(nil) / 60 + 5 * 60 + 30
    let minutes = (there + 30) % (24 * 60)
    let parts = [minutes / 60, minutes % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
    let (stage, clock) = try stageWithAClock(
      isIdle
        ? "session_idle_expiry_ms = 1_800_000\n"
        : "session_daily_expiry = \"\(parts.joined(separator: ":"))\"\n")
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    #expect(try chat.ask("one") == "re: one")
    #expect(try chat.ask("two") == "re: two")
    #expect(try chat.ask("three") == "re: three")
    let old = try stage.current()
    set(clock, ahead: 3600)
    let id = try chat.say("four")
    #expect(
      try chat.reply(to: id)
        == "New session, since the last one has expired. /resume \(old) goes back.")
    #expect(try chat.reply(to: id) == "re: four")
    let change = try notes.next("switched")
    #expect(change.session == old && change["reason"] == "expired" && change["reset"] == "0")
    #expect(try stage.current() == change["new"])
    #expect(notes.heard("retain", "ended", "switched").map(\.name).suffix(3).first == "retain")
    try stage.flushed("notes")
    #expect(stage.stop() == 0)
    let new = change["new"]
    #expect(notes.ledger == ["\(old) 1 one", "\(old) 2 two", "\(old) 3 three", "\(new) 1 four"])
  }

  @Test func settingTheClockChangesNoAgeOfWhoeverWaitsForASession() throws {
    let stage = try Stage()
    let clock = try stage.folder.write("clock", "\0\0\0\0\0\0\0\0")
    stage.environment = [
      "LD_PRELOAD": Clone.preload("wall_clock"), "HOLDFAST_WALL_CLOCK": clock,
    ]
    let begin = Moments()
    try stage.start()
    let chat = try stage.chat()
    try stage.model.rule("respond", .hold)
    try chat.say("one")
    try stage.model.next("respond")
    try chat.say("two")
    var ages: [Double] = []
    for seconds in [0, 3600, -3600] as [Int64] {
      set(clock, ahead: seconds)
      ages.append(try oldestWait(stage))
    }
    #expect(ages.allSatisfy { $0 <= begin.seconds } && ages == ages.sorted(), "\(ages)")
    // What the last host was told counts from the start of the next one.
    stage.model.begin(with: "respond", .hold)
    stage.kill9()
    let again = Moments()
    try stage.start()
    try stage.model.next("respond")
    let age = try oldestWait(stage)
    #expect(age <= again.seconds, "\(age) s")
    try stage.model.rule("respond", .work)
    stage.kill9()
  }

  /// In seconds, once it can be told from none.
  private func oldestWait(_ stage: Stage) throws -> Double {
    var wait: UInt64 = 0
    try Patience.until("somebody waits for a session") {
      wait = try stage.locks().sessions.first?.oldestWaitMilliseconds ?? 0
      return wait > 0
    }
    return Double(wait) / 1000
  }

  private func set(_ clock: String, ahead seconds: Int64) {
    let file = open(clock, O_WRONLY)
    var seconds = seconds
    #expect(pwrite(file, &seconds, 8, 0) == 8)
    close(file)
  }
}
