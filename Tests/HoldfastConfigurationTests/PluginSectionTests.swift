import HoldfastConfiguration
import HoldfastCore
import Testing

struct PluginSectionTests {
  private let notes = InstanceID("notes")

  @Test(arguments: [
    (
      "isolaton = \"inprocess\"",
      "2:1: error: plugins.notes.isolaton: unknown key; did you mean \"isolation\"?"
    ),
    (
      "mode = 3",
      "2:1: error: plugins.notes.mode: unknown key; "
        + "a setting of the plugin itself is written config.mode"
    ),
    (
      "isolation = \"shared\"",
      "2:1: error: plugins.notes.isolation: \"shared\" is not available yet in this version; "
        + "write isolation = \"inprocess\""
    ),
    (
      "agent = \"mian\"",
      "2:1: error: plugins.notes.agent: no agent is called \"mian\"; did you mean \"main\"?"
    ),
    (
      "sha256 = \"abc\"",
      "2:10: error: plugins.notes.sha256: is not 64 hexadecimal digits; "
        + "write for example sha256 = \"\(String(repeating: "0", count: 64))\""
    ),
    (
      "config = 3",
      "2:1: error: plugins.notes.config: expected a section, found an integer; "
        + "write [plugins.notes.config]"
    ),
    (
      "config.since = 1979-05-27",
      "2:16: error: plugins.notes.config.since: a date is not known here; put it in quotes"
    ),
    (
      "config.rate = [1.0, nan]",
      "2:21: error: plugins.notes.config.rate: is not a finite number; write one such as 0.5"
    ),
    (
      "config.tls.key = { env = \"KEY\" }",
      "2:18: error: plugins.notes.config.tls.key: environment variable \"KEY\" is not set; "
        + "set it where the host is started"
    ),
    (
      "config.key = { file = \"key\" }",
      "2:14: error: plugins.notes.config.key: cannot take the secret from \"key\": no such file; "
        + "correct the file or its name"
    ),
  ])
  func faultDisablesItsOwnPluginOnly(line: String, expected: String) throws {
    let configuration = try load("[plugins.notes]\n\(line)\n\(recall)")
    #expect(configuration.problems.map(\.description) == ["holdfast.toml:" + expected])
    #expect(configuration.problems(of: notes).count == 1)
    #expect(configuration.plugins.count == 2)
    #expect(configuration.activePlugins.map(\.instance) == [InstanceID("recall")])
  }

  @Test(arguments: ["Notes", "a b", "-a", "a/b", "", "é", String(repeating: "a", count: 65)])
  func nameThatIsNoFileNameIsRefused(name: String) throws {
    let configuration = try load("[plugins.\"\(name)\"]\n\(recall)")
    #expect(configuration.plugins.map(\.instance) == [InstanceID("recall")])
    let problem = try #require(configuration.problems.first)
    #expect(problem.message.hasPrefix("a name is 1 to 64 lower-case letters"))
    #expect(problem.instance == InstanceID(name))
  }

  @Test func ownSettingsKeepTypesAndPlaces() throws {
    let configuration = try load(
      """
      [plugins.recall]
      [plugins.notes]
      config.path = "a"
      config.list = [1, "b"]
      [plugins.notes.config.tls]
      verify = true
      rate = 0.5
      "a.b" = -1
      """)
    #expect(configuration.problems == [])
    let plugin = try #require(configuration.plugin(notes))
    #expect(
      plugin.config == [
        "path": .string("a"), "list": .list([.integer(1), .string("b")]),
        "tls": .table(["verify": .boolean(true), "rate": .number(0.5), "a.b": .integer(-1)]),
      ])
    #expect(plugin.configPositions["path"]?.description == "holdfast.toml:3:8")
    #expect(plugin.configPositions["tls.verify"]?.description == "holdfast.toml:6:1")
    #expect(plugin.configPositions["tls.\"a.b\""]?.description == "holdfast.toml:8:1")
  }

  @Test func secretsComeFromEnvironmentAndFiles() throws {
    let configuration = try load(
      """
      [plugins.recall]
      [plugins.notes.config]
      key = { env = "KEY" }
      keys = [{ file = "secrets/key" }]
      plain = { env = 3 }
      """, environment: ["KEY": "k\n1"], files: ["/etc/secrets/key": "k2\n"], as: "/etc/h.toml")
    #expect(configuration.problems == [])
    let plugin = try #require(configuration.plugin(notes))
    #expect(plugin.config["key"] == .secret("k\n1"))
    #expect(plugin.config["keys"] == .list([.secret("k2")]))
    #expect(plugin.config["plain"] == .table(["env": .integer(3)]))
    let shown = "\(ConfigurationValue.table(plugin.config))"
    #expect(shown == #"{"key":"•••","keys":["•••"],"plain":{"env":3}}"#)
  }

  @Test(arguments: [
    ([UInt8](), "it is empty"), ([UInt8(ascii: "\n")], "it is empty"), ([0xFF], "it is not UTF-8"),
    ([UInt8](repeating: 97, count: 65_537), "it is larger than 65536 bytes"),
  ])
  func secretFileWithoutASecretIsRefused(content: [UInt8], reason: String) throws {
    let loader = ConfigurationLoader(environment: [:]) { _ in content }
    let configuration = try loader.load(
      "[plugins.notes]\nconfig.key = { file = \"/key\" }\n\(recall)", file: "h.toml")
    #expect(
      configuration.problems.map(\.message) == [
        "cannot take the secret from \"/key\": \(reason); correct the file or its name"
      ])
  }

  @Test func emptyVariableIsNoSecret() throws {
    let text = "[plugins.notes]\nconfig.key = { env = \"KEY\" }\n\(recall)"
    let configuration = try load(text, environment: ["KEY": ""])
    #expect(configuration.problems(of: notes).count == 1)
  }
}
