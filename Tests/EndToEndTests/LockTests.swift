import Glibc
import HoldfastCore
import Testing

/// Who holds what in a host that runs, and what becomes of one that has lost it.
@Suite struct LockTests {
  @Test func aTurnThatHangsIsShownAndBrokenAndItsLateAnswerChangesNothing() throws {
    let stage = try Stage(["notes": 1])
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("one")
    try stage.model.rule("respond", .hold, times: 1)
    let hung = try chat.say("two")
    let prompt = try stage.model.next("respond") { $0["last"] == "two" }
    let waiting = try chat.say("three")
    let session = try stage.current()

    let row = try #require(try stage.locks().sessions.first)
    #expect(row.session == "\(session)" && row.lock == "lane" && row.purpose == "turn")
    #expect(row.waitsFor == "model echo" && row.waiters == 1)
    #expect(try stage.run("locks", "--json").output.contains("\"waits_for\": \"model echo\""))
    let table = try stage.run("locks").output
    #expect(table.contains("is held by pid \(stage.pid)") && table.contains("model echo"))
    let asked = try stage.run("locks", "break", "\(session)")
    #expect(asked.status == 2 && asked.errors.contains("Say so with --yes."))
    #expect(asked.errors.contains("(turn, for "))

    let broken = try stage.run("locks", "break", "\(session)", "--yes")
    #expect(broken.status == 0 && broken.output.hasPrefix("Broken: turn of message, held for "))
    #expect(
      try chat.reply(to: hung) == "Interrupted: the operator took the session away from it.")
    #expect(try chat.reply(to: waiting) == "re: three")
    try stage.model.answer(prompt)
    try Patience.until("the late answer is counted") { try stage.status().fencedWrites == 1 }
    #expect(try chat.ask("four") == "re: four")
    try stage.settled("notes")
    #expect(
      notes.ledger == ["\(session) 1 one", "\(session) 3 three", "\(session) 4 four"])
    #expect(try stage.run("locks", "break", "\(session)", "--yes").status == 1)
    #expect(try stage.locks().sessions.isEmpty)
    #expect(try stage.run("status").output.contains("1 write refused"))
    #expect(stage.stop() == 0)
  }

  @Test func theLocksOfAHostSayWhoItIsAndWhoStandsBy() throws {
    let stage = try Stage()
    try stage.start()
    let alone = try stage.locks().host
    #expect(alone.pid == stage.pid && alone.token == 1 && alone.bootID.count == 36)
    #expect(alone.stateFolder == stage.state && alone.standbys == 0 && !alone.hostName.isEmpty)
    let file = stage.folder.path + "/standby.log"
    let standby = try Spawned(
      [Clone.holdfast, "run", "--standby", "--state-dir", stage.state]
        + ["--config", stage.folder.path + "/holdfast.toml"], stderr: file)
    try Patience.until("the kernel knows of the standby") {
      try stage.locks().host.standbys == 1
    }
    #expect(try stage.run("locks").output.contains("; 1 host stands by"))
    kill(standby.pid, SIGTERM)
    #expect(standby.wait() == 0)
    #expect(stage.stop() == 0)
    try stage.start()
    #expect(try stage.locks().host.token == 2, "each host raises it")
    #expect(stage.stop() == 0)
  }

  /// What a kernel lock cannot show: a host that another one has overtaken.
  @Test func aHostThatAnotherHasOvertakenEndsAtOnceAndWritesNothing() throws {
    let stage = try Stage(["notes": 1])
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("one")
    try stage.settled("notes")
    let journal = stage.state + "/journal.sqlite"
    try Rows.change(journal, "UPDATE meta SET value = value + 1 WHERE name = 'host_token'")
    chat.tell("two", id: "late")
    #expect(stage.waitForEnd() == 1)
    #expect(stage.lastLog.contains("error: another host has taken this state over"))
    #expect(stage.lastLog.contains("owner token is 2, this host writes under 1; of 1 transactions"))
    #expect(try Rows.of(journal, "SELECT text FROM inputs ORDER BY id") == [["one"]])
    // The next host goes on, and the channel gives again what got no receipt.
    try stage.start()
    try chat.connect()
    #expect(try chat.ask("two") == "re: two")
    #expect(stage.stop() == 0)
  }

  @Test func aTurnWhoseSessionWasTakenInTheJournalIsDroppedAndTheNextOneIsAnswered() throws {
    let stage = try Stage(["notes": 1])
    let notes = try stage.director("notes")
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("one")
    try stage.model.rule("respond", .hold, times: 1)
    let lost = try chat.say("two")
    let prompt = try stage.model.next("respond") { $0["last"] == "two" }
    let session = try stage.current()
    let journal = stage.state + "/journal.sqlite"
    try Rows.change(journal, "UPDATE tails SET token = 7 WHERE session = '\(session)'")
    try stage.model.answer(prompt)
    #expect(
      try chat.reply(to: lost)
        == "Not answered: the session was taken over meanwhile. Please ask again.")
    #expect(try stage.status().fencedWrites == 1)
    try stage.logged("a turn of session \(session) lost it, and its commit was refused")
    #expect(try chat.ask("three") == "re: three")
    try stage.settled("notes")
    #expect(notes.ledger == ["\(session) 1 one", "\(session) 2 three"])
    #expect(stage.stop() == 0)
  }

  @Test(arguments: [ENOLCK, EINVAL])
  func aFileSystemWithoutLocksIsRefusedWithTheRemedy(number: Int32) throws {
    let stage = try Stage()
    stage.environment = [
      "LD_PRELOAD": Clone.preload("no_locks"), "HOLDFAST_NO_LOCKS": "\(number)",
    ]
    try stage.start(isAwaited: false)
    #expect(stage.waitForEnd() == 1)
    #expect(stage.lastLog.contains("cannot lock \(stage.state)/host.lock: "))
    #expect(
      stage.lastLog.contains(
        "its file system has no such locks; put the state on a local file system"))
    stage.environment = [:]
    try stage.start()
    #expect(stage.stop() == 0)
  }
}
