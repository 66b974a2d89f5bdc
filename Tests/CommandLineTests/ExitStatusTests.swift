import FoundationEssentials
import HoldfastControl
import HoldfastCore
import Testing

/// What the program answers and how it ends.
@Suite struct ExitStatusTests {
  private func write(_ text: String, _ path: String) {
    #expect(FileManager.default.createFile(atPath: path, contents: Data(text.utf8)))
  }

  @Test func withoutAHostQuestionsEndWithThree() throws {
    let program = try Program()
    for words in [
      ["status"], ["sessions", "list"], ["memory", "status"], ["stop"], ["send", "hi"],
      ["sessions", "new", "main:console:dm:ada"],
    ] {
      let result = try program.run(words + ["--state-dir", program.state], input: [])
      #expect(result.status == 3, "\(words)")
      #expect(result.output == "")
      #expect(result.errors.contains("no host is running here (\(program.controlSocket))"))
      #expect(result.errors.contains("`holdfast run --state-dir \(program.state)`"))
    }
    let json = try program.run("status", "--json")
    #expect(json.status == 3 && json.errors == "")
    #expect(json.output.hasPrefix(#"{"error":"no host is running"#))
    #expect(json.output.hasSuffix(#","exit_status":3,"ok":false}"# + "\n"))
  }

  @Test func wrongUsageEndsWithTwo() throws {
    let program = try Program()
    for (words, text) in [
      (["sesions"], "did you mean \"sessions\"?"), (["status", "--jsn"], "did you mean --json?"),
      (["sessions", "list", "--limit", "many"], "--limit is a number from 1 to 1000"),
      (["completions", "tcsh"], "bash, zsh or fish"), (["run", "--log", "loud"], "--log is debug"),
      (["sessions", "undo", "main:console:dm:ada", "x"], "from 1 to 1000"),
      (["memory", "drop", "x", "--yes"], "no number of a batch"),
    ] {
      let result = try program.run(words, input: [])
      #expect(result.status == 2, "\(words)")
      #expect(result.errors.contains(text), "\(result.errors)")
      #expect(result.output == "")
    }
    #expect(try program.run().status == 2)
    #expect(try program.run("--help").status == 0)
    #expect(try program.run("--version").output == "holdfast \(Holdfast.version)\n")
  }

  @Test func aGroupWithoutACommandShowsItsCommands() throws {
    let program = try Program()
    let told = try program.run("sessions")
    #expect(told.status == 2 && told.errors.hasPrefix("holdfast sessions: list, read"))
    let json = try program.run("sessions", "--json")
    #expect(json.status == 2 && json.output.contains("a command is missing"))
    #expect(!json.output.contains("Everywhere"))
  }

  @Test func anEmptyPathIsRefused() throws {
    let program = try Program()
    for option in ["--state-dir", "--runtime-dir", "--config", "--plugins"] {
      let result = try program.run(["status", option, ""], input: [])
      #expect(result.status == 2 && result.errors.contains("\(option) is empty"))
      #expect(try program.run(["status", option + "="], input: []).status == 2)
    }
  }

  @Test func aConfigurationIsCheckedWithPlaces() throws {
    let program = try Program()
    let file = program.folder.path + "/a.toml"
    write("[host]\nqueue_cpa = 3\n", file)
    let wrong = try program.run("config", "check", file)
    #expect(wrong.status == 2)
    #expect(wrong.output.hasPrefix("\(file):2:1: error: host.queue_cpa:"))
    #expect(wrong.output.contains("did you mean \"queue_cap\"?"))
    write("[host\n", file)
    let broken = try program.run("config", "check", file)
    #expect(broken.status == 2 && broken.errors.contains("\(file):1:"))
    write("[host]\nqueue_cap = 3\n[plugins.recall]\n", file)
    #expect(try program.run("config", "check", file).status == 0)
    let shown = try program.run("config", "show", file)
    #expect(shown.output.contains("\nqueue_cap = 3\n") && shown.status == 0)
    let missing = try program.run("config", "check", file + "x")
    #expect(missing.status == 2 && missing.errors.contains("cannot be read: no such file"))
  }

  @Test func aConfigurationIsWrittenOnceAndWorks() throws {
    let program = try Program()
    let first = try program.run("init")
    #expect(first.status == 0 && first.output.hasPrefix("wrote \(program.state)/holdfast.toml\n"))
    #expect(program.folder.mode(of: program.state) == 0o700)
    #expect(program.folder.mode(of: program.state + "/holdfast.toml") == 0o600)
    let second = try program.run("init")
    #expect(second.status == 1 && second.errors.contains("it stays as it is"))
    let checked = try program.run("config", "check")
    #expect(checked.status == 0 && checked.output.hasPrefix("\(program.state)/holdfast.toml: no"))
    // What was shown can be read again.
    let shown = try program.run("config", "show")
    write(shown.output, program.folder.path + "/again.toml")
    let again = try program.run("config", "check", program.folder.path + "/again.toml")
    #expect(again.status == 0, "\(again.output)")
  }

  @Test func aDegradedHostEndsStatusWithFour() throws {
    let program = try Program()
    var status = HostStatus()
    status.version = "9"
    status.state = "degraded"
    status.problems = ["notes acknowledges nothing"]
    var row = ProviderStatusRow()
    row.instance = "notes"
    row.backlogTurns = 7
    row.lastError = "disk\u{1B}[2J full"
    status.providers = [row]
    let host = try FakeHost(program) { [status] _ in .status(status) }
    defer { host.stop() }
    let result = try program.run("status")
    #expect(result.status == 4)
    #expect(result.output.hasPrefix("holdfast 9 is degraded"))
    #expect(result.output.contains("! notes acknowledges nothing"))
    #expect(result.output.contains("7"))
    let json = try program.run("status", "--json")
    #expect(json.status == 4 && json.output.contains(#""backlog_turns": 7"#))
  }

  @Test func aSessionMayBeNamedByItsBeginning() throws {
    let program = try Program()
    let key = SessionKey(agent: "main", channel: "console", kind: .direct, chat: "ada")
    let names = ["01JCZK3V00000000000000000B", "01JCZK3V00000000000000000A"]
    let listings = try names.map { name in
      let record = SessionRecord(
        id: try #require(SessionID(name)), key: key, scope: Scope("main/ada"),
        created: WallTime(milliseconds: 0))
      return SessionListing(
        session: record, boundKey: name.hasSuffix("B") ? key : nil, turnCount: 3)
    }
    let last = SessionID(value: .max)
    let host = try FakeHost(program) { request in
      switch request {
      case .sessions(let before, let limit, _):
        .sessions(
          Array(listings.filter { $0.session.id < before ?? last }.prefix(limit)))
      case .command(let target, let command): .done("\(target) \(command)")
      default: .refused("not asked")
      }
    }
    defer { host.stop() }
    let listed = try program.run("sessions", "list")
    #expect(listed.output.split(separator: "\n").count == 3)
    #expect(listed.output.contains("\(names[0])") && listed.output.contains("current"))
    let several = try program.run("sessions", "undo", "01jczk3v")
    #expect(several.status == 1 && several.errors.contains("several sessions begin with"))
    #expect(several.errors.contains(names[0]) && several.errors.contains(names[1]))
    let one = try program.run("sessions", "undo", "01JCZK3V00000000000000000a", "2")
    #expect(one.status == 0 && one.output.contains("undo(count: 2)"))
    let none = try program.run("sessions", "undo", "01AAAAAAA")
    #expect(none.status == 1 && none.errors.contains("no session begins with"))
    let short = try program.run("sessions", "undo", "01JCZ")
    #expect(short.status == 2 && short.errors.contains("the first 6 or more will do"))
    let place = try program.run("sessions", "new", "main:console:dm:ada", "--title", "x y")
    #expect(place.output.contains("new(title: \"x y\")"))
    let shown = try program.run("sessions", "show", "main:console:dm:ada")
    #expect(shown.status == 0 && shown.output.contains(names[0]))
    let refused = try program.run("sessions", "history", names[0])
    #expect(refused.status == 1 && refused.errors == "holdfast: not asked\n")
  }

  @Test func whatIsGoneForGoodIsAskedForTwice() throws {
    let program = try Program()
    var status = HostStatus()
    var row = ProviderStatusRow()
    row.instance = "notes"
    status.providers = [row]
    let session = try #require(SessionID("01JCZK3V00000000000000000B"))
    let cut = CutRecord(
      id: 17, enrolment: EnrolmentID(1), session: session, turns: TurnSet(3...5),
      scope: Scope("main/ada"), created: WallTime(milliseconds: 0))
    let host = try FakeHost(program) { [status] request in
      switch request {
      case .status: .status(status)
      case .batches: .batches([cut])
      default: .done("\(request)")
      }
    }
    defer { host.stop() }
    let asked = try program.run("memory", "drop", "17")
    #expect(asked.status == 2 && asked.errors.contains("Say so with --yes"))
    #expect(asked.errors.contains("batch 17 of notes: 3 turns (3-5) of session \(session)"))
    let unknown = try program.run("memory", "drop", "999")
    #expect(unknown.status == 1 && unknown.errors.contains("there is no parked batch 999"))
    let sure = try program.run("memory", "drop", "17", "--yes")
    #expect(sure.status == 0 && sure.output == "dropBatch(17)\n")
    let retried = try program.run("memory", "retry", "17", "18")
    #expect(retried.output == "retryBatch(17)\nretryBatch(18)\n")
  }
}
