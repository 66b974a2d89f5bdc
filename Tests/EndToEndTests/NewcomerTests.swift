import FoundationEssentials
import Glibc
import HoldfastCore
import Testing

/// What somebody sees who has read no more than the README.
@Suite struct NewcomerTests {
  @Test func aChatWithoutPluginsSaysWhereTheyWereLookedFor() throws {
    let folder = try TemporaryFolder()
    let typo = folder.path + "/plugs"
    let terminal = try TypedTerminal(
      [Clone.holdfast, "chat", "--state-dir", folder.path + "/state", "--plugins", typo],
      environment: ["HOME": folder.path])
    #expect(try terminal.end() == 1)
    for part in [
      "no file with the id “console”", "no file with the id “recall”", "looked in: \(typo), ",
      "there is no folder \(typo)", "the console cannot be reached",
    ] { #expect(terminal.shown.contains(part), "\(part) in \(terminal.shown)") }
    let list = try Finished([
      Clone.holdfast, "plugin", "list", "--state-dir", folder.path + "/state", "--plugins", typo,
    ])
    #expect(list.errors.contains("there is no folder \(typo)"))
  }

  @Test func aMemoryProviderThatNoAgentNamesIsSaidToBeIdle() throws {
    let stage = try Stage(["notes": 1, "mine": 1])
    stage.agent += "memory = [\"notes\"]\n"
    try stage.start()
    #expect(try stage.plugin("mine").detail.contains("no agent remembers with it"))
    #expect(try stage.plugin("notes").detail == "")
    #expect(stage.log.contains("info: mine: no agent remembers with it"))
    let file = stage.folder.path + "/holdfast.toml"
    let doctor = try Finished([
      Clone.holdfast, "doctor", "--state-dir", stage.state, "--config", file,
    ])
    #expect(doctor.status == 0, "\(doctor.output)")
    #expect(doctor.output.contains("plugin mine: no agent remembers with it"))
    #expect(stage.stop() == 0)
  }

  @Test func aConfigurationThatChangedIsSaidToCountFromTheNextStart() throws {
    let stage = try Stage()
    try stage.start()
    let file = stage.folder.path + "/holdfast.toml"
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let notice = "\(file) has changed since the host started"
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    #expect(try stage.status().configurationNotice == "", "it says the same as before")
    try ("# new\n" + text).write(toFile: file, atomically: true, encoding: .utf8)
    let status = try stage.run("status")
    #expect(status.status == 0 && status.output.contains(notice), "\(status.output)")
    let doctor = try stage.run("doctor", "--config", file)
    #expect(doctor.status == 4 && doctor.output.contains(notice), "\(doctor.output)")
    #expect(stage.stop() == 0)
    try stage.start()
    #expect(try stage.status().configurationNotice == "")
    #expect(stage.stop() == 0)
  }

  @Test func anAnswerThatNobodyCouldSeeIsAFailure() throws {
    let folder = try TemporaryFolder()
    let file = folder.path + "/errors"
    let full = try Spawned([Clone.holdfast, "--version"], stdout: "/dev/full", stderr: file)
    #expect(full.wait() == 1)
    #expect(try String(contentsOfFile: file, encoding: .utf8).contains("cannot be written"))
  }

  @Test func wordsThatAreNotUTF8AreRefused() throws {
    let script = "exec '\(Clone.holdfast)' send \"$(printf '\\377\\376')\""
    let result = try Finished(["/bin/sh", "-c", script])
    #expect(result.status == 2 && result.errors.contains("not UTF-8"), "\(result.errors)")
  }

  @Test func aMessageWithoutAnAnswerIsAFailure() throws {
    let stage = try Stage()
    try stage.start()
    try stage.model.rule("respond", .fail, times: 1)
    let failed = try stage.run("send", "hello")
    #expect(failed.status == 1 && failed.output.hasPrefix("No answer: "), "\(failed.output)")
    try stage.model.rule("respond", .hold, times: 1)
    let file = stage.folder.path + "/interrupted"
    let waiting = try Spawned(
      [Clone.holdfast, "send", "hello", "--chat", "home", "--state-dir", stage.state],
      stdout: file, stderr: file)
    try stage.model.next("respond") { $0["key"].hasSuffix(":home") }
    #expect(try stage.run("sessions", "stop", "main:console:dm:home").status == 0)
    #expect(waiting.wait() == 1)
    #expect(try String(contentsOfFile: file, encoding: .utf8).hasPrefix("Interrupted"))
    #expect(try stage.run("send", "hello").status == 0)
    #expect(stage.stop() == 0)
  }

  @Test func whatIsWrongWithAPluginsSectionIsLoggedOnce() throws {
    let stage = try Stage(["notes": 1], settings: "retain_evry_turns = 3")
    try stage.start()
    #expect(stage.log.components(separatedBy: "retain_evry_turns").count == 2, "\(stage.log)")
    #expect(stage.stop() == 0)
  }

  @Test func whatNobodyHoldsIsNotBroken() throws {
    let stage = try Stage()
    try stage.start()
    try stage.chat().ask("hello")
    let idle = try stage.run("locks", "break", try stage.current())
    #expect(idle.status == 1 && idle.errors.contains("nothing holds session"), "\(idle.errors)")
    #expect(stage.stop() == 0)
  }

  @Test func aSecretThatOnlyTheHostHasIsAWarning() throws {
    let stage = try Stage(["notes": 1])
    let control = try stage.director("notes").path
    stage.sections["notes"]?.replace("\"\(control)\"", with: "{ env = \"ONLY_FOR_THE_HOST\" }")
    stage.environment["ONLY_FOR_THE_HOST"] = control
    try stage.start()
    let file = stage.folder.path + "/holdfast.toml"
    let live = try stage.run("doctor", "--config", file)
    #expect(live.status == 4, "\(live.output)")
    #expect(live.output.contains("not set here, but the host that runs has it"))
    #expect(stage.stop() == 0)
    let still = try stage.run("doctor", "--config", file)
    #expect(still.status == 1 && still.output.contains("\"ONLY_FOR_THE_HOST\" is not set"))
  }
}
