import HoldfastConfiguration
import HoldfastCore
import Testing

struct ConfigurationTextTests {
  @Test func exampleHasNoProblems() throws {
    let configuration = try load(ConfigurationText.example)
    #expect(configuration.problems == [])
    #expect(
      configuration.plugins.map(\.instance.description) == [
        "console", "recall", "notes", "hindsight",
      ])
    #expect(
      configuration.activePlugins.map(\.instance.description) == ["console", "recall", "notes"])
    // As the built-in one has it, or whoever writes the file begins to forget.
    #expect(configuration.plugin(InstanceID("notes"))?.config["path"] == .string("memory.sqlite"))
  }

  @Test func builtInHasNoProblemsAndRemembersInNotes() throws {
    let configuration = try load(ConfigurationText.builtIn)
    #expect(configuration.problems == [])
    #expect(configuration.agents.map(\.name) == ["main"])
    #expect(configuration.agents.first?.memory == [InstanceID("notes")])
    #expect(configuration.plugin(InstanceID("notes"))?.plugin == "sqlite-memory")
    #expect(configuration.activePlugins.count == 3)
  }

  @Test(arguments: ["", "[host]\nqueue_cap = 3\n", "[metrics]\nlisten = \"127.0.0.1:0\"\n"])
  func whatAFileLeavesOutIsBuiltIn(_ text: String) throws {
    let (file, builtIn) = (try load(text), try load(ConfigurationText.builtIn))
    #expect(file.problems == [])
    #expect(file.agents.map(\.memory) == builtIn.agents.map(\.memory))
    #expect(file.plugins.map(\.instance) == builtIn.plugins.map(\.instance))
  }

  @Test func aFileWithAgentsAloneHasTheBuiltInPlugins() throws {
    let file = try load("[agents.ada]\nmemory = []\n")
    #expect(file.problems == [] && file.agents.map(\.name) == ["ada"])
    #expect(file.plugins.map(\.instance.description) == ["console", "recall", "notes"])
    #expect(file.plugins.allSatisfy { $0.agent == "ada" })
  }

  @Test func aFileWithPluginsHasNoOthers() throws {
    let file = try load("[plugins.recall]\n")
    #expect(file.plugins.map(\.instance.description) == ["recall"])
    #expect(file.agents.map(\.memory) == [nil])
    #expect(try load("[plugins]\n").plugins.isEmpty)
    let faulty = try load("[plugins.\"Not a name\"]\n")
    #expect(faulty.plugins.isEmpty && !faulty.problems.isEmpty)
    let included = try load(
      "include = [\"more.toml\"]\n", files: ["more.toml": "[plugins.recall]\n"])
    #expect(included.plugins.map(\.instance.description) == ["recall"])
  }

  @Test func exampleStatesDefaultsOnly() throws {
    let example = try load(ConfigurationText.example)
    #expect(example.host == HostSettings())
    #expect(example.memory == MemorySettings())
  }
}
