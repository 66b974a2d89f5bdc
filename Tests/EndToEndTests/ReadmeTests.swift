import FoundationEssentials
import Testing

/// What the README promises, done as it says.
@Suite struct ReadmeTests {
  @Test func aNewSessionRemembersTheEndedOne() throws {
    let folder = try TemporaryFolder()
    let plugins = try folder.folder("plugins")
    for name in ["console", "recall-model", "sqlite-memory"] {
      _ = try folder.copy(Clone.plugin(name), to: "plugins/\(name).so")
    }
    let result = try Finished(
      [Clone.holdfast, "chat", "--state-dir", folder.path + "/state", "--plugins", plugins],
      input: "my cat is called Miso\n/new\nwhat is my cat called?\n")
    #expect(result.status == 0, "\(result.errors)")
    let replies = result.output.split(separator: "\n")
    #expect(replies.count == 3 && replies.last?.contains("Miso") ?? false, "\(result.output)")
  }

  @Test func theSmallestPluginWorksAsItStandsThere() throws {
    let readme = try String(contentsOfFile: Clone.root + "/README.md", encoding: .utf8)
    let lines = readme.split(separator: "\n", omittingEmptySubsequences: false)
    let place = try #require(lines.firstIndex { $0.contains("hello.c") })
    let source = lines[place...].drop { $0 != "```c" }.dropFirst().prefix { $0 != "```" }
    #expect(source.count > 5 && source.count <= 17)
    let stage = try Stage(["notes": 1])
    let text = source.map { "\($0)\n" }.joined()
    let file = try stage.folder.write("hello.c", text)
    let folder = try stage.folder.folder("my-plugins")
    let compiled = try Finished([
      "/usr/bin/cc", "-shared", "-fPIC", "-I\(Clone.root)/include", file, "-o",
      folder + "/hello.so",
    ])
    #expect(compiled.status == 0 && compiled.errors == "")
    try stage.start(["--plugins", folder])
    #expect(try stage.chat().ask("hello") == "re: hello")
    try stage.logged("hello: a turn!")
    #expect(stage.stop() == 0)
  }
}
