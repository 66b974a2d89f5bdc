import FoundationEssentials
import Glibc
import HoldfastCore
import Testing

/// Configurations, folders and messages that are not as they should be.
@Suite struct BadInputTests {
  private func run(_ folder: TemporaryFolder, _ configuration: String) throws -> Finished {
    let file = try folder.write("bad.toml", configuration)
    return try Finished([
      Clone.holdfast, "run", "--state-dir", folder.path + "/state", "--config", file,
    ])
  }

  @Test func aFileThatIsNoTOMLEndsTheStartWithItsPlace() throws {
    let folder = try TemporaryFolder()
    let result = try run(folder, "[host]\nshutdown_timeout_ms = = 3\n")
    #expect(result.status == 2)
    #expect(result.errors.contains("bad.toml:2:"), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
  }

  @Test(arguments: [
    ("shutdwon_timeout_ms = 3000\n", ["holdfast.toml:3:1", "shutdown_timeout_ms"]),
    ("queue_cap = \"many\"\n", ["holdfast.toml:3:", "queue_cap", "integer"]),
  ]) func aMistakeInTheConfigurationIsNamedAndTheHostRuns(line: String, words: [String]) throws {
    let stage = try Stage(["notes": 1])
    stage.head = "[host]\nshutdown_timeout_ms = 1500\n" + line
    try stage.start()
    #expect(try stage.chat().ask("hello") == "re: hello")
    let said = stage.log.split(separator: "\n").filter { $0.contains("holdfast.toml:3:") }
    #expect(said.count == 1)
    for word in words { #expect(said.first?.contains(word) ?? false, "\(said)") }
    let file = stage.folder.path + "/holdfast.toml"
    let checked = try Finished([Clone.holdfast, "config", "check", "--config", file])
    #expect(checked.status == 2 && (checked.output + checked.errors).contains(words[1]))
    #expect(stage.stop() == 0)
  }

  @Test func aSessionThatDoesNotExistIsRefusedWithARemedy() throws {
    let stage = try Stage(["notes": 1])
    try stage.start()
    let result = try stage.run("sessions", "history", "01ARZ3NDEKTSV4RRFFQ69G5FAV")
    #expect(result.status == 1)
    #expect(result.errors.contains("01ARZ3NDEKTSV4RRFFQ69G5FAV"), "\(result.errors)")
    #expect(stage.stop() == 0)
  }

  @Test func aStateFolderThatIsNoneIsNamed() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("state", "in the way\n")
    let result = try Finished([Clone.holdfast, "run", "--state-dir", file])
    #expect(result.status == 1)
    #expect(result.errors.contains(file), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
  }

  @Test func aSecondHostOnTheSameStateIsToldOfTheFirst() throws {
    let stage = try Stage(["notes": 1])
    try stage.start()
    let file = stage.folder.path + "/holdfast.toml"
    let second = try stage.run("run", "--config", file)
    #expect(second.status == 1)
    #expect(second.errors.contains("another host runs on \(stage.state) (pid \(stage.pid), since "))
    #expect(second.errors.contains("holdfast stop") && second.errors.contains("--state-dir"))
    #expect(try stage.chat().ask("hello") == "re: hello")
    #expect(stage.stop() == 0)
  }

  @Test func aMessageOfAMebibyteIsTakenAndALongerOneIsNot() throws {
    let stage = try Stage(["notes": 1])
    try stage.start()
    let chat = try stage.chat()
    let text = String(repeating: "a", count: 1 << 20)
    #expect(try chat.receipt(text, id: "fits").verb == "ok")
    let refused = try chat.receipt(text + "a", id: "long")
    #expect(
      refused.verb == "refused" && refused.text.contains("1 MiB"), "\(refused.fields.last ?? "")")
    #expect(try !chat.reply(to: "fits").isEmpty)
    #expect(try chat.ask("hello") == "re: hello")
    #expect(stage.stop() == 0)
    let count = try Rows.of(
      stage.state + "/journal.sqlite", "SELECT length(text) FROM inputs WHERE message_id = 'fits'")
    #expect(count == [["1048576"]])
  }

  @Test func bytesThatAreNoTextAreRefused() throws {
    let stage = try Stage(["notes": 1])
    try stage.start()
    let chat = try stage.chat()
    for bytes in [[0xFF], [0xC3, 0x28], [0xE2, 0x82], [0xED, 0xA0, 0x80]] as [[UInt8]] {
      let refused = try chat.receipt(bytes: bytes, id: "odd \(bytes)")
      #expect(refused.verb == "refused" && refused.text == "the text is not UTF-8")
    }
    #expect(try chat.ask("hello") == "re: hello")
    #expect(stage.stop() == 0)
  }
}
