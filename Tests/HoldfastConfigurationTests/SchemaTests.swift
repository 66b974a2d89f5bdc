import HoldfastConfiguration
import HoldfastCore
import Testing

struct SchemaTests {
  private let schema = PluginSchema([
    "path": .init(.string, defaultValue: .string("notes.sqlite")),
    "api_key": .init(.string, required: true, secret: true, help: "from the account page"),
    "limit": .init(.integer, defaultValue: .integer(8)),
    "rate": .init(.number),
    "tls.verify": .init(.boolean, defaultValue: .boolean(true)),
    "tags": .init(.list),
  ])

  private func notes(_ lines: String) throws -> PluginSettings {
    let configuration = try load(
      "[plugins.notes]\n\(lines)\n\(recall)", environment: ["KEY": "s3cret"])
    try #require(configuration.problems == [])
    return try #require(configuration.plugin(InstanceID("notes")))
  }

  @Test func goodSettingsHaveNoProblems() throws {
    let plugin = try notes(
      "config = { api_key = { env = \"KEY\" }, limit = 3, rate = 1, tags = [\"a\", 2] }")
    #expect(schema.check(plugin) == [])
  }

  @Test func eachFaultNamesPlaceAndRemedy() throws {
    let plugin = try notes(
      """
      config.pth = "x"
      config.limit = "many"
      config.tls.verfy = false
      config.tls.verify = 1
      config.path = { a = 1 }
      """)
    let problems = schema.check(plugin)
    #expect(
      problems.map(\.description) == [
        "holdfast.toml:3:8: error: plugins.notes.config.limit: expected an integer, found a string",
        "holdfast.toml:6:8: error: plugins.notes.config.path: expected a string, found a table",
        "holdfast.toml:2:8: error: plugins.notes.config.pth: plugin \"notes\" has no such setting; "
          + "did you mean \"path\"?",
        "holdfast.toml:4:12: error: plugins.notes.config.tls.verfy: plugin \"notes\" has no such "
          + "setting; did you mean \"tls.verify\"?",
        "holdfast.toml:5:12: error: plugins.notes.config.tls.verify: expected a boolean, "
          + "found an integer",
        "holdfast.toml:1:10: error: plugins.notes.config.api_key: is missing; plugin \"notes\" "
          + "needs a string (from the account page)",
      ])
    #expect(problems.allSatisfy { $0.instance == plugin.instance && $0.severity == .error })
  }

  @Test func plainSecretIsAWarning() throws {
    let plugin = try notes("config.api_key = \"hunter2\"")
    let problems = schema.check(plugin)
    #expect(problems.map(\.severity) == [.warning])
    #expect(!problems.contains { $0.message.contains("hunter2") })
    #expect(!"\(schema.complete(plugin))".contains("hunter2"))
  }

  @Test func pluginWithoutSettingsRefusesThemAll() throws {
    let plugin = try notes("config.a = 1")
    #expect(
      PluginSchema().check(plugin).map(\.message) == [
        "plugin \"notes\" takes no settings; remove it"
      ])
    #expect(PluginSchema().check(try notes("")) == [])
  }

  @Test func defaultsAreFilledInForThePlugin() throws {
    let plugin = try notes("config.api_key = { env = \"KEY\" }\nconfig.tags = [\"a\\\"b\", 2]")
    let complete = schema.complete(plugin)
    #expect(
      complete.json
        == #"{"api_key":"s3cret","limit":8,"path":"notes.sqlite","tags":["a\"b",2],"#
        + #""tls":{"verify":true}}"#
    )
    #expect(
      complete.pairs == [
        .init(key: "api_key", text: "s3cret"), .init(key: "limit", text: "8"),
        .init(key: "path", text: "notes.sqlite"), .init(key: "tags", text: #"["a\"b",2]"#),
        .init(key: "tls.verify", text: "true"),
      ])
  }

  @Test func requiredSettingWithADefaultIsNotMissing() throws {
    let schema = PluginSchema([
      "a": .init(.integer, defaultValue: .integer(1), required: true)
    ])
    #expect(schema.check(try notes("")) == [])
  }

  @Test func whatIsSetStandsOverItsDefault() throws {
    let complete = schema.complete(try notes("config = { tls = { verify = false }, limit = 1 }"))
    #expect(complete.json == #"{"limit":1,"path":"notes.sqlite","tls":{"verify":false}}"#)
  }
}
