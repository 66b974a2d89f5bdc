import FoundationEssentials
import Glibc
import HoldfastCore
import Testing

/// `holdfast plugin enable` and `disable`, with a host that alone knows where the files are.
@Suite struct EnableTests {
  /// A host with the plugin `other` from a folder of its command line.
  private func started() throws -> Stage {
    let stage = try Stage()
    _ = try stage.folder.folder("mine")
    _ = try stage.folder.copy(Clone.fixture("echo_model"), to: "mine/model.so")
    try stage.start(["--plugins", stage.folder.path + "/mine"])
    return stage
  }

  private func waitUntil(_ stage: Stage, is state: String) throws {
    try Patience.until("it is \(state)") { try stage.plugin("echo-model").state == state }
  }

  @Test func whatWasDisabledIsEnabledAgainWithoutNamingItsFolder() throws {
    let stage = try started()
    #expect(try stage.run("plugin", "disable", "echo-model").status == 0)
    try waitUntil(stage, is: "stopped")
    let enabled = try stage.run("plugin", "enable", "echo-model")
    #expect(enabled.status == 0, "\(enabled.errors)")
    try waitUntil(stage, is: "running")
    #expect(stage.stop() == 0)
  }

  @Test func whatChangedWhileItRunsCountsFromItsNextStart() throws {
    let stage = try started()
    let same = try stage.run("plugin", "enable", "echo-model")
    #expect(same.output == "Plugin echo-model is running.\n")
    let file = stage.folder.path + "/mine/model.so"
    let content = try Data(contentsOf: URL(filePath: file)) + Data([0])
    try FileManager.default.removeItem(atPath: file)
    try content.write(to: URL(filePath: file))
    let changed = try stage.run("plugin", "enable", "echo-model")
    #expect(changed.status == 0)
    #expect(changed.output.contains("runs on until the host starts again"), "\(changed.output)")
    #expect(try stage.run("plugin", "disable", "echo-model").status == 0)
    try waitUntil(stage, is: "stopped")
    #expect(try stage.run("plugin", "enable", "echo-model").status == 0)
    try waitUntil(stage, is: "running")
    #expect(stage.stop() == 0)
  }

  @Test func aFileThatNobodyKnowsIsAnErrorWithAHostToo() throws {
    let stage = try Stage()
    stage.sections["gone"] = "plugin = \"nowhere\"\n"
    try stage.start()
    let enabled = try stage.run("plugin", "enable", "gone")
    #expect(enabled.status == 1 && enabled.errors.contains("--plugins"), "\(enabled.errors)")
    #expect(stage.stop() == 0)
  }
}
