import FoundationEssentials
import Glibc
import HoldfastCore
import Testing

/// Files that are no plugins, and plugins that break a rule: one sentence, and the host runs on.
@Suite struct BadPluginTests {
  /// A host with the file as a plugin must talk, remember, and say what is wrong with the file.
  private func refuses(
    _ file: String, id: String, saying words: [String], location: SourceLocation = #_sourceLocation,
    in stage: Stage
  ) throws {
    stage.sections["bad"] = "plugin = \"\(id)\"\npath = \"\(file)\"\n"
    try stage.start()
    let chat = try stage.chat()
    #expect(try chat.ask("hello") == "re: hello", sourceLocation: location)
    try stage.settled("notes")
    let plugin = try stage.plugin("bad")
    #expect(plugin.state == "failed", sourceLocation: location)
    for word in words {
      #expect(plugin.detail.contains(word), "\(plugin.detail)", sourceLocation: location)
    }
    #expect(!plugin.detail.contains("\n"), sourceLocation: location)
    let status = try stage.status()
    #expect(status.state == "degraded", sourceLocation: location)
    #expect(status.problems.first == plugin.detail, sourceLocation: location)
    // A memory that is missing is a problem of its own: what it would have kept waits for it.
    let others = status.problems.dropFirst()
    #expect(
      others.allSatisfy { $0.hasPrefix("Agent main runs turns without memory “bad”") },
      "\(others)", sourceLocation: location)
    #expect(stage.log.contains(plugin.detail), sourceLocation: location)
    #expect(stage.stop() == 0, sourceLocation: location)
  }

  @Test func aFileThatIsNoLibraryIsNamed() throws {
    let stage = try Stage(["notes": 1])
    let file = try stage.folder.write("text.so", "This is no library.\n")
    try refuses(file, id: "text", saying: ["text.so", "not a shared library"], in: stage)
  }

  @Test func aLibraryForAnotherProcessorIsNamed() throws {
    let stage = try Stage(["notes": 1])
    let file = try stage.folder.copy(Clone.fixture("listener"), to: "foreign.so")
    let handle = try #require(fopen(file, "r+"))
    fseek(handle, 18, SEEK_SET)
    // 183 is AArch64 and 62 is x86-64.
    fputc(Stage.isARM ? 62 : 183, handle)
    fputc(0, handle)
    fclose(handle)
    try refuses(file, id: "listener", saying: ["foreign.so", "built for"], in: stage)
  }

  @Test(arguments: [
    ("no_entry", "does not export hf_plugin_main"),
    ("null_table", "hf_plugin_main returned no table"),
    ("unknown_major", "was built with header 7.3"),
    ("unknown_major_note", "was built with header 7.3"),
    ("kinds_mismatch", "make the two agree"),
    ("events_mismatch", "make the two agree"),
    ("concurrency_mismatch", "make the two agree"),
    ("no_note", "has no note"),
  ]) func aPluginThatBreaksARuleIsNamed(fixture: String, words: String) throws {
    let stage = try Stage(["notes": 1])
    let id = fixture.split(separator: "_").joined(separator: "-")
    let file = Clone.fixture(fixture)
    try refuses(file, id: id, saying: ["\(fixture).so", words], in: stage)
  }

  @Test func aLibraryThatOthersMayWriteIsNotLoaded() throws {
    let stage = try Stage(["notes": 1])
    let file = try stage.folder.copy(Clone.fixture("listener"), to: "open.so")
    chmod(file, 0o666)
    try refuses(file, id: "listener", saying: ["open.so", "chmod"], in: stage)
  }

  @Test func ofTwoPluginsWithOneIdTheFirstIsUsedAndTheOtherNamed() throws {
    let stage = try Stage(["notes": 1])
    let folder = try stage.folder.folder("plugins")
    for name in ["first", "second"] {
      _ = try stage.folder.copy(Clone.fixture("listener"), to: "plugins/\(name).so")
    }
    try stage.start(["--plugins", folder])
    #expect(try stage.chat().ask("hello") == "re: hello")
    #expect(try stage.plugin("listener").state == "running")
    let warning = stage.log.split(separator: "\n").first { $0.contains("second.so") } ?? ""
    #expect(warning.contains("first.so") && warning.contains("listener"), "\(stage.log)")
    #expect(stage.stop() == 0)
  }

  @Test func anAnswerThatComesTwiceCountsOnce() throws {
    let stage = try Stage(["notes": 1])
    stage.sections["twice"] = """
      plugin = "answers-twice"
      path = "\(Clone.fixture("answers_twice"))"

      """
    try stage.start()
    #expect(try stage.chat().ask("hello") == "re: hello")
    try stage.settled("twice")
    try Patience.until("the second answer is counted") {
      try stage.plugin("twice").staleAnswers > 0
    }
    let row = try stage.row("twice")
    #expect(row.acknowledgedTurns == 1 && row.parkedBatches == 0)
    #expect(stage.stop() == 0)
  }

  @Test(arguments: ["answers_late", "never_answers"])
  func anAnswerThatDoesNotComeInTimeIsCountedAndTheTurnStaysOwed(fixture: String) throws {
    let stage = try Stage(["notes": 1])
    let id = fixture.split(separator: "_").joined(separator: "-")
    stage.sections["slow"] = """
      plugin = "\(id)"
      path = "\(Clone.fixture(fixture))"
      deadline_retain_ms = 50

      """
    try stage.start()
    #expect(try stage.chat().ask("hello") == "re: hello")
    try stage.settled("notes")
    try Patience.until("the deadline is over") { try stage.plugin("slow").timeouts > 0 }
    let row = try stage.row("slow")
    #expect(row.backlogTurns == 1 && row.acknowledgedTurns == 0)
    #expect(row.lastError.hasPrefix("no answer to retain within"))
    #expect(stage.stop() == 0)
    #expect(stage.log.contains("slow: 0 turns acknowledged, 1 deferred to the next start"))
  }

  @Test(arguments: ["retain", "recall", "event"])
  func aStatusThatMeansNothingIsTakenForAFailure(entry: String) throws {
    let stage = try Stage(["notes": 1, "odd": 1])
    let odd = try stage.director("odd")
    odd.begin(with: entry, .garbage, times: 1)
    try stage.start()
    #expect(try stage.chat().ask("hello") == "re: hello")
    try stage.settled("notes")
    try Patience.until("the failure is counted") {
      let row = try stage.plugin("odd")
      return row.failures + row.timeouts > 0
    }
    try stage.settled("odd")
    #expect(odd.ledger.count == 1)
    #expect(stage.stop() == 0)
  }

  /// What a library registered for the end of the process does not run under its own threads.
  @Test func aPluginThatIsStillAtWorkIsNotTakenApartAtTheEnd() throws {
    let stage = try Stage(["notes": 1])
    stage.sections["spinner"] = """
      plugin = "spins-to-the-end"
      path = "\(Clone.fixture("spins_to_the_end"))"

      """
    try stage.start()
    #expect(try stage.chat().ask("hello") == "re: hello")
    try stage.settled("notes")
    try Patience.until("it is at work") {
      access(stage.state + "/plugins/spinner/calls.log", F_OK) == 0
    }
    #expect(stage.stop() == 0)
  }
}
