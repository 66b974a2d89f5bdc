import FoundationEssentials
import HoldfastCore
import Testing

/// Models call tools of plugins, in a whole host.
@Suite struct ToolTests {
  private func stage(settings: String = "", starts: Bool = true) throws -> (Stage, Director) {
    let stage = try Stage(["notes": 1])
    let box = try stage.tools("box", settings: settings)
    if starts {
      try stage.start()
      try known("box", count: 2, on: stage)
    }
    return (stage, box)
  }

  /// Waits until a plugin has named so many tools.
  private func known(_ name: String, count: Int, on stage: Stage) throws {
    try Patience.until("\(name) has named its tools") {
      try stage.plugin(name).tools.count == count
    }
  }

  @Test func aModelGetsWhatItsToolsAnswerAndTheTurnIsRetained() throws {
    let (stage, box) = try stage()
    let chat = try stage.chat()
    let text = #"use box__look:{"word":"tide"} box__write:{"word":"log"} box__gone"#
    let told = try chat.ask(text)
    let gone = "There is no tool “box__gone”."
    #expect(told == "re: \(text) [0 found tide] [0 wrote log] [-15 \(gone)]")
    let prompts = stage.model.heard("respond")
    #expect(prompts.map { $0["tools"] } == ["box__look box__write", "box__look box__write"])
    #expect(prompts.map { $0["left"] } == ["8", "7"] && prompts.map { $0["uses"] } == ["0", "3"])
    let call = try #require(box.heard("tool").first)
    #expect(call["name"] == "look" && call["arguments"] == #"{"word":"tide"}"#)
    #expect(call.session == (try stage.current()) && call["scope"] == prompts[0]["scope"])
    try stage.settled("notes")
    #expect(try stage.director("notes").heard("stored").map { $0["text"] } == [text])
    #expect(try chat.ask("and then?") == "re: and then?")
    let history = try stage.model.next("respond") { $0["last"] == "and then?" }["history"]
    #expect(history == "\(text)\nfound tide\nwrote log\n\(gone)\n\(told)")
    #expect(stage.stop() == 0)
    let rows = try Rows.of(stage.state + "/journal.sqlite", "SELECT * FROM tool_calls")
    #expect(rows.isEmpty)
  }

  @Test func argumentsThatDoNotFitNeverReachThePlugin() throws {
    let (stage, box) = try stage()
    let told = try stage.chat().ask(#"use box__look:{} box__look:{"word":7} box__look:x"#)
    #expect(told.contains("[-1 “word” is required and missing.]"))
    #expect(told.contains("[-1 “word” must be of type string.]"))
    #expect(told.contains("[-1 The arguments are no JSON"))
    #expect(box.heard("tool").isEmpty)
    #expect(stage.stop() == 0)
  }

  @Test(arguments: [
    (Director.Behaviour.fail, "[-7 scripted failure]"), (.refuse, "[-8 scripted refusal]"),
    (.unknown, "[-16 scripted doubt]"), (.garbage, "[-7 The tool failed (status -7).]"),
  ])
  func aToolThatFailsIsToldToTheModel(behaviour: Director.Behaviour, told: String) throws {
    let (stage, box) = try stage()
    try box.rule("tool", behaviour, times: 1)
    #expect(try stage.chat().ask(#"use box__look:{"word":"a"}"#).hasSuffix(told))
    #expect(stage.stop() == 0)
  }

  @Test(arguments: ["/stop", "/new", "/undo"])
  func aCallInFlightIsDroppedAndItsLateResultRefused(command: String) throws {
    let (stage, box) = try stage()
    let chat = try stage.chat()
    try chat.ask("good morning")
    try box.rule("tool", .hold, times: 1)
    let asked = try chat.say(#"use box__write:{"word":"late"}"#)
    let call = try box.next("tool")
    #expect(try stage.status().runningTools == 1)
    #expect(try stage.chat("office", user: "bob").ask("hello") == "re: hello")
    #expect(try chat.ask(command).isEmpty == false)
    #expect(try chat.reply(to: asked).hasSuffix("is not done again: box__write."))
    try box.next("cancelled") { $0["op"] == call["op"] }
    try box.answer(call)
    #expect(try chat.ask("and now?") == "re: and now?")
    #expect(try stage.plugin("box").staleAnswers >= 1)
    #expect(stage.model.heard("respond").allSatisfy { !$0["history"].contains("wrote late") })
    #expect(stage.stop() == 0)
  }

  @Test(arguments: [Director.Behaviour.killBefore, .killAfter])
  func aTurnWhoseToolWasBegunIsNotRunAgainAfterACrash(behaviour: Director.Behaviour) throws {
    let (stage, box) = try stage()
    let chat = try stage.chat()
    try box.rule("tool", behaviour, times: 1)
    try chat.say(#"use box__write:{"word":"once"}"#, id: "m-1")
    #expect(stage.waitForEnd() == 1009)
    try stage.start()
    try chat.connect()
    let notice = try chat.next { $0.isNotice }
    #expect(
      notice.text == "Interrupted: the host ended while it was answering. What was begun may have "
        + "taken effect and is not done again: box__write.")
    try chat.ask("go on")
    #expect(box.heard("tool").count == 1)
    #expect(stage.model.heard("respond").filter { $0["last"].hasPrefix("use") }.count == 1)
    try stage.settled("notes")
    #expect(try stage.director("notes").heard("stored").map { $0["text"] } == ["go on"])
    #expect(stage.stop() == 0)
    let turns = try Rows.of(
      stage.state + "/journal.sqlite", "SELECT status, tools <> '' FROM turns ORDER BY idx")
    #expect(turns == [["1", "1"], ["0", "0"]])
  }

  @Test func aToolThatHangsIsGivenUpAtItsDeadline() throws {
    let (stage, box) = try stage(settings: "deadline_tool_ms = 200")
    try box.rule("tool", .hang, times: 1)
    let told = try stage.chat().ask(#"use box__look:{"word":"a"}"#)
    #expect(told.contains("[-5 no answer to tool within 2"))
    try box.release()
    #expect(stage.stop() == 0)
  }

  @Test func toolsThatChangeAreOfferedFromTheNextTurnOn() throws {
    let (stage, _) = try stage()
    let chat = try stage.chat()
    try chat.ask(#"use box__write:{"word":"more"}"#)
    try known("box", count: 3, on: stage)
    try chat.ask("what is there?")
    let prompt = try stage.model.next("respond") { $0["last"] == "what is there?" }
    #expect(prompt["tools"] == "box__look box__more box__write")
    #expect(stage.stop() == 0)
  }

  @Test func theCommandLineShowsTools() throws {
    let (stage, _) = try stage(settings: "enabled = true")
    let shown = try stage.run("plugin", "list")
    #expect(shown.status == 0 && shown.output.contains("looks up a word"))
    #expect(shown.output.contains("box__look") && shown.output.contains("box__write"))
    let inspected = try stage.run("plugin", "inspect", Clone.fixture("scripted_tools")).output
    #expect(inspected.contains("named when it runs; `holdfast plugin list` shows them then"))
    let json = try stage.run("plugin", "list", "--json").output
    #expect(json.contains("\"box__look\"") && json.contains("\"is_read_only\""))
    #expect(stage.stop() == 0)
  }

  /// The shipped provider: a model finds what was said long ago, of the same person only.
  @Test func memoriesAreSearchedWithinTheirScope() throws {
    let stage = try Stage()
    stage.sections["echo"]? += "config.tools = true\n"
    stage.sections["notes"] = """
      plugin = "sqlite-memory"
      path = "\(Clone.plugin("sqlite-memory"))"

      """
    try stage.start()
    try known("notes", count: 1, on: stage)
    let ana = try stage.chat("home", user: "ana")
    let bob = try stage.chat("office", user: "bob")
    try ana.ask("my cat is called Miso")
    try bob.ask("my cat is called Nori")
    try stage.settled("notes")
    try ana.ask("/new")
    let told = try ana.ask(#"use notes__search:{"query":"cat"}"#)
    #expect(told.contains("turn 1]\nuser: my cat is called Miso\nassistant: re: my cat"))
    #expect(!told.contains("Nori"))
    #expect(
      try ana.ask(#"use notes__search:{"query":"zebra"}"#).hasSuffix("[0 Nothing was found.]"))
    #expect(try ana.ask(#"use notes__search:{"query":""}"#).hasSuffix("[-1 “query” is empty]"))
    let wrong = try ana.ask(#"use notes__search:{"query":"cat","limit":51}"#)
    #expect(wrong.hasSuffix("[-1 “limit” is not between 1 and 50]"))
    #expect(stage.stop() == 0)
  }
}
