import FoundationEssentials
import Glibc
import HoldfastCore
import HoldfastThreads
import Testing

/// What people and operators see when the disk under a running host fails them, and that it goes on
/// by itself.
@Suite struct DiskTests {
  /// A stage whose host's writes to its journal fail as long as a file is there.
  private struct Ground {
    let stage: Stage
    private var trouble: String { stage.folder.path + "/trouble" }

    init(_ call: String, _ error: String, of file: String = "journal.sqlite") throws {
      stage = try Stage(["notes": 1])
      stage.head += "[diagnostics]\nstuck_after_ms = 1000\nheartbeat_interval_ms = 200\n"
      stage.environment = [
        "LD_PRELOAD": Clone.preload("system_faults"),
        "HOLDFAST_FAULT": "\(call):\(error):1:0:\(file):\(stage.folder.path)/trouble",
      ]
    }

    func begin() throws { try stage.folder.write("trouble", "") }
    func end() { unlink(trouble) }
  }

  /// The whole of such a time, from the first message that is not written to the account.
  private func suffer(
    _ stage: Stage, remedy: String, isNamed: Bool = true, begin: () throws -> Void,
    end: () throws -> Void
  ) throws {
    try stage.start()
    let ana = try stage.chat("home", user: "ana")
    let bob = try stage.chat("work", user: "bob")
    #expect(try ana.ask("one") == "re: one")
    #expect(try bob.ask("two") == "re: two")
    try begin()
    // Its receipt waits for the disk, unless something else was in the way of the disk before it.
    // Whoever comes later is turned away.
    ana.tell("three", id: "ana-3")
    try stage.logged(remedy)
    let turnedAway = try bob.receipt("four", id: "bob-4")
    #expect(turnedAway.verb == "busy" && turnedAway.text == "5000")
    let status = try stage.run("status")
    #expect(status.status == 4)
    #expect(status.output.contains("! journal \(stage.state)/journal.sqlite") == isNamed)
    #expect(status.output.contains(remedy))
    #expect(!ana.takeOthers().contains { $0.verb == "ok" })
    try end()
    let receipt = try ana.next { $0.id == "ana-3" && $0.verb != "reply" }
    #expect(receipt.verb == "ok" || receipt.verb == "busy")
    try stage.logged("the journal is written again")
    if receipt.verb == "busy" { try ana.say("three", id: "ana-3") }
    #expect(try ana.reply(to: "ana-3") == "re: three")
    #expect(try bob.say("four", id: "bob-4") == "bob-4")
    #expect(try bob.reply(to: "bob-4") == "re: four")
    #expect(try stage.run("status").status == 0)
    #expect(stage.log.components(separatedBy: remedy).count == 2, "\(stage.log)")
    try stage.settled("notes")
    #expect(stage.stop() == 0)
    let texts = try stage.director("notes").ledger.map { $0.split(separator: " ")[2] }
    #expect(Set(texts) == ["one", "two", "three", "four"] && texts.count == 4)
  }

  @Test(arguments: [
    ("pwrite64", "ENOSPC", "cannot grow, the disk is full; free some space"),
    ("pwrite64", "EROFS", "make the file and its folder writable for this user"),
    ("pwrite64", "EIO", "look at the disk"),
    ("fdatasync", "EIO", "look at the disk"),
    ("fdatasync", "hang", "no error is reported: the disk does not answer; look at the disk"),
  ])
  func whileTheJournalCannotBeWrittenPeopleAreToldAndNothingIsLost(
    call: String, error: String, remedy: String
  ) throws {
    let ground = try Ground(call, error)
    try suffer(
      ground.stage, remedy: remedy, isNamed: error != "hang", begin: ground.begin, end: ground.end)
    #expect(!ground.stage.log.contains("recovery of session"), "nobody is blamed for the disk")
  }

  /// A person decides what waits for the disk; the operator gives up waiting for that.
  @Test func aCommandThatIsEndedWhileItWaitsIsNotCarriedOut() throws {
    let ground = try Ground("fdatasync", "hang")
    let stage = ground.stage
    try stage.start()
    let chat = try stage.chat()
    for text in ["one", "two", "three"] { try chat.ask(text) }
    try stage.settled("notes")
    try ground.begin()
    chat.tell("four", id: "4")
    chat.tell("/undo", id: "undo")
    try Patience.until("the person's command waits for the disk") {
      try stage.locks().sessions.contains { $0.purpose == "undo" && $0.waiters == 0 }
    }
    let command = try Spawned(
      [Clone.holdfast, "sessions", "undo", "main:console:dm:home", "--state-dir", stage.state],
      stderr: stage.folder.path + "/command.log")
    try Patience.until("the operator's waits for that") {
      try stage.locks().sessions.contains { $0.waiters == 1 }
    }
    kill(command.pid, SIGINT)
    #expect(command.wait() != 0)
    try stage.logged("undo at main:console:dm:home: Not done: whoever asked hung up")
    #expect(try stage.locks().sessions.allSatisfy { $0.waiters == 0 })
    ground.end()
    #expect(try chat.reply(to: "undo").contains("taken back"))
    #expect(try chat.ask("five") == "re: five")
    try stage.settled("notes")
    #expect(stage.stop() == 0)
    let turns = try Rows.of(
      stage.state + "/journal.sqlite",
      "SELECT user_text FROM turns WHERE status = 0 ORDER BY sequence")
    #expect(turns == [["one"], ["two"], ["five"]], "the person took one back")
  }

  @Test func aRecorderWhoseDiskHangsHoldsNobodyUp() throws {
    let ground = try Ground("pwrite64", "hang", of: "/recorder")
    let stage = ground.stage
    try ground.begin()
    try stage.start()
    let chat = try stage.chat()
    #expect(try chat.ask("one") == "re: one")
    let told = try stage.run("events", "replay", "--name", "turn.started").output
    #expect(told.contains("turn.started"))
    #expect(try stage.run("status").status == 0)
    let pause = Moments()
    #expect(stage.stop() == 0)
    #expect(pause.seconds < 30, "whoever ends the host waits for a second")
    ground.end()
    try stage.start()
    #expect(stage.stop() == 0)
  }

  /// A file system of its own, really full. Only root may mount one; else the test above has to do.
  @Test func aFullFileSystemIsOutlivedByTheRunningHost() throws {
    let stage = try Stage(["notes": 1])
    let state = try stage.folder.folder("state")
    chmod(state, 0o700)
    let mounted = try Finished(
      ["/bin/mount", "-t", "tmpfs", "-o", "size=16m,mode=0700", "none", state])
    guard mounted.status == 0 else {
      print("no file system of its own, injection has to do: \(mounted.errors)")
      return
    }
    defer { _ = try? Finished(["/bin/umount", "-l", state]) }
    let filler = state + "/filler"
    try suffer(
      stage, remedy: "cannot grow, the disk is full; free some space", begin: { fill(filler) },
      end: { unlink(filler) })
    withExtendedLifetime(stage) { _ = stage.stop() }
  }

  /// Takes all the room that there is.
  private func fill(_ path: String) {
    let file = open(path, O_WRONLY | O_CREAT, 0o600)
    defer { close(file) }
    let block = [UInt8](repeating: 1, count: 65_536)
    var size = block.count
    while size > 0 {
      if write(file, block, size) < size { size /= 2 }
    }
    #expect(errno == ENOSPC)
  }

  @Test func aJournalThatIsMovedAwayIsMissedAndGoesOnWhenItIsBack() throws {
    let stage = try Stage(["notes": 1])
    let journal = stage.state + "/journal.sqlite"
    try suffer(
      stage, remedy: "was moved, deleted or replaced while the host ran",
      begin: { rename(journal, journal + ".away") }, end: { rename(journal + ".away", journal) })
  }

  @Test func aJournalThatIsGoneIsNotMadeAnewOverItsLog() throws {
    let stage = try Stage(["notes": 1])
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("one")
    try stage.settled("notes")
    stage.kill9()
    let journal = stage.state + "/journal.sqlite"
    let log = FileManager.default.contents(atPath: journal + "-wal")
    #expect(log?.isEmpty == false)
    rename(journal, journal + ".away")
    try stage.start(isAwaited: false)
    #expect(stage.waitForEnd() == 1)
    #expect(stage.lastLog.contains("journal \(journal) is missing or empty, but its log"))
    #expect(FileManager.default.contents(atPath: journal + "-wal") == log)
    rename(journal + ".away", journal)
    try stage.start()
    try chat.connect()
    #expect(try chat.ask("two") == "re: two")
    try stage.settled("notes")
    #expect(stage.stop() == 0)
    let texts = try stage.director("notes").ledger.map { $0.split(separator: " ")[2] }
    #expect(texts == ["one", "two"])
  }

  @Test func aDamagedJournalIsNamedAndLeftAsItIs() throws {
    let stage = try Stage(["notes": 1])
    try stage.start()
    let chat = try stage.chat()
    for number in 1...40 { try chat.ask("\(number)") }
    try stage.settled("notes")
    #expect(stage.stop() == 0)
    let journal = stage.state + "/journal.sqlite"
    let root = try #require(
      try Rows.of(journal, "SELECT rootpage FROM sqlite_schema WHERE name = 'turns'").first?.first)
    let file = open(journal, O_WRONLY)
    let noise = [UInt8](repeating: 0x5A, count: 64)
    pwrite(file, noise, noise.count, off_t(((Int(root) ?? 1) - 1) * 4096))
    close(file)
    let before = FileManager.default.contents(atPath: journal)
    try stage.start(isAwaited: false)
    #expect(stage.waitForEnd() == 1)
    #expect(stage.lastLog.contains("journal \(journal) is damaged ("))
    #expect(stage.lastLog.contains("sqlite3 \(journal) .recover"))
    #expect(FileManager.default.contents(atPath: journal) == before)
  }

  /// A file of which only the first bytes were written.
  @Test func aHalfWrittenConfigurationIsRefusedWithItsPlaceOrMeansWhatItSays() throws {
    let stage = try Stage(["notes": 1])
    try stage.start()
    #expect(stage.stop() == 0)
    let path = stage.folder.path + "/holdfast.toml"
    let whole = Array(try String(contentsOfFile: path, encoding: .utf8).utf8)
    var dice = Dice(seed: UInt64(whole.count))
    for _ in 0..<12 {
      let half = String(decoding: whole.prefix(dice.next(below: whole.count)), as: UTF8.self)
      try stage.folder.write("half.toml", half)
      let check = try Finished(
        [Clone.holdfast, "config", "check", "--config", stage.folder.path + "/half.toml"])
      #expect(check.status == 0 || check.status == 2, "\(half)\n\(check)")
      if check.status == 2 { #expect((check.output + check.errors).contains("half.toml:")) }
    }
  }
}
