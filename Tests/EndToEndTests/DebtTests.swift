import FoundationEssentials
import HoldfastCore
import Testing

/// What providers are owed, with real plugins and the command line.
@Suite struct DebtTests {
  @Test func aBackfillSendsWhatWasSaidBeforeOnce() throws {
    let stage = try Stage(["notes": 1])
    try stage.start()
    let chat = try stage.chat()
    for text in ["one", "two", "/new", "three", "wrong"] { try chat.ask(text) }
    try chat.ask("/undo")
    let sessions = try stage.sessions().map(\.session.id.description)
    #expect(stage.stop() == 0)
    let late = try stage.provider("late")
    try stage.start()
    let dry = try stage.run("memory", "backfill", "late", "--dry-run")
    #expect(dry.status == 0 && dry.output.contains("3 turns of 2 sessions would be owed"))
    #expect(late.heard("stored").isEmpty)
    let one = try stage.run("memory", "backfill", "late", "--session", sessions[0])
    #expect(one.status == 0, "\(one.errors)")
    try stage.settled("late")
    #expect(late.heard("stored").map { $0["text"] } == ["three"])
    for _ in 1...2 {
      let all = try stage.run("memory", "backfill", "late")
      #expect(
        all.status == 0 && all.output.contains("late is owed what it lacked"), "\(all.errors)")
      try stage.settled("late")
    }
    try chat.connect()
    try chat.ask("four")
    try stage.settled("late")
    #expect(stage.stop() == 0)
    let stored = late.heard("stored")
    #expect(stored.map { $0["text"] } == ["three", "one", "two", "four"])
    #expect(stored.map(\.session) == [0, 1, 1, 0].map { sessions[$0] })
    #expect(late.heard("withdraw").isEmpty, "it never had what was taken back")
  }

  @Test func aBackfillThatIsKilledGoesOn() throws {
    let stage = try Stage(["notes": 1])
    try stage.start()
    let chat = try stage.chat()
    for number in 1...300 { try chat.ask("\(number)") }
    #expect(stage.stop() == 0)
    let late = try stage.provider("late", every: 10)
    late.begin(with: "retain", .hang)
    try stage.start()
    let begun = try stage.run("memory", "backfill", "late", "--no-wait")
    #expect(begun.status == 0, "\(begun.errors)")
    try Patience.until("something is owed") { try stage.row("late").backlogTurns > 0 }
    stage.kill9()
    try stage.start()
    try Patience.until("the backfill is over") { try stage.row("late").backfill == nil }
    try stage.settled("late")
    #expect(stage.stop() == 0)
    let stored = late.heard("stored").map { $0["text"] }
    #expect(Set(stored).count == 300 && stored.count == 300)
  }

  @Test func aDebtIsWrittenOffByWhoeverSaysYes() throws {
    let stage = try Stage(["notes": 1, "gone": 1])
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("one")
    try stage.settled("gone")
    #expect(stage.stop() == 0)
    let section = stage.sections.removeValue(forKey: "gone")
    try stage.start()
    try chat.connect()
    try chat.ask("two")
    #expect(try stage.row("gone").backlogTurns == 1)
    let asked = try stage.run("memory", "detach", "gone")
    #expect(asked.status == 2 && asked.errors.contains("1 turn of 1 session"))
    #expect(try stage.row("gone").backlogTurns == 1, "nobody said yes")
    let done = try stage.run("memory", "detach", "gone", "--yes")
    #expect(done.status == 0 && done.output.contains("1 turn is given up"))
    #expect(try !stage.status().providers.contains { $0.instance == "gone" })
    #expect(try stage.run("memory", "detach", "gone", "--yes").status != 0)
    #expect(stage.stop() == 0)
    stage.sections["gone"] = section
    try stage.start()
    try chat.connect()
    try chat.ask("three")
    try stage.settled("gone")
    #expect(stage.stop() == 0)
    let stored = try stage.director("gone").heard("stored").map { $0["text"] }
    #expect(stored == ["one", "three"])
  }

  @Test func whatWasSaidAtAnotherBankStaysThere() throws {
    let stage = try Stage()
    let notes = try stage.provider("notes", settings: "config.bank = \"first\"")
    notes.begin(with: "retain", .fail)
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("one")
    #expect(stage.stop() == 0)
    for (bank, old, text) in [("second", "first", "two"), ("first", "second", "three")] {
      stage.sections["notes"]?.replace("\"\(old)\"", with: "\"\(bank)\"")
      try stage.start()
      try chat.connect()
      try chat.ask(text)
      try Patience.until("\(bank) has its turns") {
        try stage.status().providers.allSatisfy { $0.destination != bank || $0.backlogTurns == 0 }
      }
      #expect(stage.stop() == 0)
    }
    let folder = stage.state + "/plugins/notes"
    for (bank, texts) in [("first", ["one", "three"]), ("second", ["two"])] {
      let lines = try String(contentsOfFile: "\(folder)/\(bank)", encoding: .utf8)
      #expect(lines.split(separator: "\n").map { Call($0)["text"] } == texts)
    }
  }

  @Test func aProviderWhoseFileComesLateBeginsWhenItIsLoaded() throws {
    let stage = try Stage(["notes": 1])
    let folder = stage.folder.path + "/more"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    stage.head += "plugin_paths = [\"\(folder)\"]\n"
    let late = try stage.provider("late")
    stage.sections["late"]?.replace("path = \"\(Clone.fixture("scripted_memory"))\"\n", with: "")
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("one")
    #expect(try stage.plugin("late").state == "failed")
    try FileManager.default.copyItem(
      atPath: Clone.fixture("scripted_memory"), toPath: folder + "/scripted-memory.so")
    try stage.done(.startPlugin(InstanceID("late")))
    try Patience.until("it is loaded") { try stage.plugin("late").state == "running" }
    try chat.ask("two")
    try stage.settled("late")
    #expect(late.heard("stored").map { $0["text"] } == ["two"])
    #expect(try stage.run("memory", "backfill", "late").status == 0)
    try stage.settled("late")
    #expect(late.heard("stored").map { $0["text"] } == ["two", "one"])
    #expect(stage.stop() == 0)
  }
}
