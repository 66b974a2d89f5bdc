import HoldfastConfiguration
import HoldfastCore
import Testing

struct SectionTests {
  @Test func emptyTextGivesDefaults() throws {
    let configuration = try load("")
    #expect(configuration.host == HostSettings())
    #expect(configuration.memory == MemorySettings())
    #expect(configuration.agents.map(\.name) == ["main"])
    #expect(configuration.problems == [])
  }

  @Test func anAgentWithoutAModelIsAProblem() throws {
    let configuration = try load("[plugins.console]\n")
    #expect(
      configuration.problems.map(\.description) == [
        "holdfast.toml:1:1: error: agents.main.model: no plugin instance is called \"recall\"; "
          + "add [plugins.recall] or name another"
      ])
  }

  @Test func everySectionIsRead() throws {
    let configuration = try load(
      """
      [host]
      max_concurrent_turns = 3
      shutdown_timeout_ms = 2500
      state_dir = "state"
      plugin_paths = ["/opt/plugins", "~/more", "here"]
      [memory]
      scope = "chat"
      alarm_after_ms = 1000
      [agents.helper]
      model = "recall"
      memory = []
      scope = "session"
      [plugins.recall]
      [plugins.talk]
      plugin = "console"
      priority = -3
      deadline_send_ms = 7
      sha256 = "\(String(repeating: "AB", count: 32))"
      """, environment: ["HOME": "/home/ada"], as: "/etc/holdfast/holdfast.toml")
    #expect(configuration.problems == [])
    #expect(configuration.host.maxConcurrentTurns == 3)
    #expect(configuration.host.shutdownTimeout == .milliseconds(2500))
    #expect(configuration.host.stateDirectory == "/etc/holdfast/state")
    #expect(
      configuration.host.pluginPaths == ["/opt/plugins", "/home/ada/more", "/etc/holdfast/here"])
    #expect(configuration.memory.scope == .chat)
    let agent = try #require(configuration.agent(named: "helper"))
    #expect(agent.memory == [])
    #expect(!agent.remembers(with: InstanceID("notes")))
    #expect(configuration.scope(of: agent) == .session)
    let talk = try #require(configuration.plugin(InstanceID("talk")))
    #expect(talk.plugin == "console")
    #expect(talk.agent == "helper", "the only agent answers")
    #expect(talk.priority == -3)
    #expect(talk.deadlines.send == .milliseconds(7))
    #expect(talk.sha256 == String(repeating: "ab", count: 32))
    #expect(talk.position == .init(file: "/etc/holdfast/holdfast.toml", line: 14, column: 10))
  }

  @Test(arguments: [
    ("[hots]", "1:2: error: hots: unknown section; did you mean \"host\"?"),
    (
      "[zebra]",
      "1:2: error: zebra: unknown section; known are host, memory, lock, diagnostics, metrics, "
        + "agents, plugins, include"
    ),
    ("host = 3", "1:1: error: host: expected a section, found an integer; write [host]"),
    (
      "[[agents.main]]",
      "1:10: error: agents.main: expected a section, found a list; write [agents.main]"
    ),
    (
      "[host]\nqueue_kap = 3",
      "2:1: error: host.queue_kap: unknown key; did you mean \"queue_cap\"?"
    ),
    (
      "[host]\nqueue_cap = \"3\"",
      "2:13: error: host.queue_cap: expected an integer, found a string; "
        + "write for example queue_cap = 20"
    ),
    (
      "[host]\nqueue_cap = 0",
      "2:13: error: host.queue_cap: 0 is not between 1 and 1000; write for example queue_cap = 20"
    ),
    (
      "[memory]\nstrict = 1",
      "2:10: error: memory.strict: expected true or false, found an integer; "
        + "write for example strict = true"
    ),
    (
      "[memory]\nscope = \"usr\"",
      "2:9: error: memory.scope: \"usr\" is not one of \"agent\", \"user\", \"channel\", \"chat\", "
        + "\"session\"; did you mean \"user\"?; write for example scope = \"user\""
    ),
    (
      "[host]\nplugin_paths = [\"a\", \"a\"]",
      "2:16: error: host.plugin_paths: names \"a\" twice; "
        + "write for example plugin_paths = [\"plugins\"]"
    ),
    (
      "[host]\nstate_dir = \"a\\u0000b\"",
      "2:13: error: host.state_dir: contains a NUL character; "
        + "write for example state_dir = \"state\""
    ),
    (
      "[agents.main]\nmodel = \"recal\"",
      "2:1: error: agents.main.model: no plugin instance is called \"recal\"; "
        + "did you mean \"recall\"?"
    ),
    (
      "[agents.main]\nmemory = [\"elephant\"]",
      "2:1: error: agents.main.memory: no plugin instance is called \"elephant\"; "
        + "add [plugins.elephant] or name another"
    ),
  ])
  func faultIsASentenceWithPlaceAndRemedy(text: String, expected: String) throws {
    let configuration = try load("\(text)\n\(recall)")
    #expect(configuration.problems.map(\.description) == ["holdfast.toml:" + expected])
    #expect(configuration.activePlugins.map(\.instance) == [InstanceID("recall")])
  }

  @Test func disabledModelIsSaid() throws {
    let configuration = try load("[plugins.recall]\nenabled = false")
    #expect(
      configuration.problems.map(\.message) == [
        "\"recall\" is disabled, so nothing writes this agent's answers; "
          + "write enabled = true in [plugins.recall] or name another model"
      ])
  }

  @Test func faultyKeyLeavesTheOthersOfItsSection() throws {
    let configuration = try load("[host]\nqueue_cap = 0\nhistory_turns = 7\n" + recall)
    #expect(configuration.host.queueCap == 20)
    #expect(configuration.host.historyTurns == 7)
  }

  @Test func problemsAreBoundedButEveryFaultyPluginStaysOut() throws {
    let keys = (0..<1000).map { "unknown\($0) = 1\n" }.joined()
    let configuration = try load("[host]\n\(keys)[plugins.bad]\nx = 1\n" + recall)
    #expect(configuration.problems.count == ConfigurationLoader.maxProblems + 1)
    #expect(configuration.activePlugins.map(\.instance) == [InstanceID("recall")])
  }

  @Test func tooManyPluginsAreRefused() throws {
    let sections = (0...4096).map { "[plugins.p\($0)]\n" }.joined()
    let configuration = try load(recall + sections)
    #expect(configuration.plugins.count == ConfigurationLoader.maxSections)
    #expect(configuration.problems.count == 2)
    #expect(
      configuration.problems.allSatisfy { $0.message == "more than 4096 of them; remove some" })
  }
}
