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
    #expect(configuration.plugin(InstanceID("notes"))?.config["path"] == .string("notes.sqlite"))
  }

  @Test func builtInHasNoProblemsAndRemembersInNotes() throws {
    let configuration = try load(ConfigurationText.builtIn)
    #expect(configuration.problems == [])
    #expect(configuration.agents.map(\.name) == ["main"])
    #expect(configuration.agents.first?.memory == [InstanceID("notes")])
    #expect(configuration.plugin(InstanceID("notes"))?.plugin == "sqlite-memory")
    #expect(configuration.activePlugins.count == 3)
  }

  @Test func exampleStatesDefaultsOnly() throws {
    let example = try load(ConfigurationText.example)
    #expect(example.host == HostSettings())
    #expect(example.memory == MemorySettings())
  }
}
