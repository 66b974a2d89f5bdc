import FoundationEssentials
import Glibc
import HoldfastCore
import Testing

/// What the command line says and does while a host is there and answers nothing.
@Suite struct HungHostTests {
  @Test func everyCommandSaysWhatToDoAndNoneWaitsForEver() throws {
    let stage = try Stage(["notes": 1])
    _ = try stage.folder.folder("mine")
    _ = try stage.folder.copy(Clone.fixture("echo_model"), to: "mine/model.so")
    stage.sections["other"] = "plugin = \"echo-model\"\n"
    try stage.start(["--plugins", stage.folder.path + "/mine"])
    try stage.chat().ask("hello")
    try stage.settled("notes")
    let former = try stage.current()
    kill(stage.pid, SIGSTOP)
    // All at once, since each of them waits for ten seconds.
    let words = [
      ["status"], ["sessions", "new", "main:console:dm:home"], ["events", "replay"],
      ["events", "tail"], ["memory", "backfill", "notes"],
    ]
    let files = words.indices.map { "\(stage.folder.path)/hung-\($0)" }
    let asked = try zip(words, files).map { words, file in
      try Spawned([Clone.holdfast] + words + ["--state-dir", stage.state], stderr: file)
    }
    let bundle = stage.folder.path + "/bundle.json"
    let export = try Spawned(
      [Clone.holdfast, "diagnostics", "export", "--output", bundle, "--state-dir", stage.state],
      stderr: stage.folder.path + "/export")
    let doctor = try Finished([
      Clone.holdfast, "doctor", "--state-dir", stage.state, "--config",
      stage.folder.path + "/holdfast.toml",
    ])
    for (process, file) in zip(asked, files) {
      #expect(process.wait() == 5)
      let text = try String(contentsOfFile: file, encoding: .utf8)
      for part in [
        "the host (pid \(stage.pid)) did not answer within 10 s", "may still be done",
        "`holdfast doctor`", "`kill -9 \(stage.pid)` is safe",
      ] { #expect(text.contains(part), "\(part) in \(text)") }
    }
    #expect(export.wait() == 0)
    let told = try String(contentsOfFile: bundle, encoding: .utf8)
    #expect(told.contains("memory.retained"))
    #expect(doctor.status == 1 && doctor.output.contains("does not answer"))
    #expect(doctor.output.contains("warning  plugin other: no file with the id “echo-model”"))
    kill(stage.pid, SIGCONT)
    // As was said: what nobody waited for is done.
    try Patience.until("there is a new session") { try stage.current() != former }
    #expect(stage.stop() == 0)
  }

  @Test func whoeverTalksIsToldThatNobodyListens() throws {
    let stage = try Stage()
    try stage.start()
    let terminal = try TypedTerminal([Clone.holdfast, "chat", "--state-dir", stage.state])
    try terminal.shows("> ")
    terminal.type("hello\n")
    try terminal.shows("re: hello")
    kill(stage.pid, SIGSTOP)
    terminal.type("are you there?\n")
    try terminal.shows("the host has not accepted this yet; `holdfast doctor`")
    terminal.type("\u{4}")
    #expect(try terminal.end() == 1)
    #expect(terminal.shown.contains("the host has not accepted 1 message"), "\(terminal.shown)")
    kill(stage.pid, SIGCONT)
    #expect(stage.stop() == 0)
  }

  @Test func whoeverLeavesBeforeTheReplyIsToldSo() throws {
    let stage = try Stage()
    try stage.start()
    try stage.model.rule("respond", .hold, times: 1)
    let terminal = try TypedTerminal([Clone.holdfast, "chat", "--state-dir", stage.state])
    try terminal.shows("> ")
    terminal.type("hello\n")
    let call = try stage.model.next("respond")
    terminal.type("\u{4}")
    #expect(try terminal.end() == 0)
    #expect(terminal.shown.contains("no reply yet to 1 message"), "\(terminal.shown)")
    try stage.model.answer(call)
    #expect(stage.stop() == 0)
  }
}
