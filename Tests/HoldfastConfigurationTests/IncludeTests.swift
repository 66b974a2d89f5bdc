import HoldfastConfiguration
import HoldfastCore
import Testing

struct IncludeTests {
  @Test func includedSectionsAddToTheMainOnes() throws {
    let configuration = try load(
      "include = [\"conf/more.toml\"]\n[host]\nqueue_cap = 3\n\(recall)",
      files: [
        "/etc/conf/more.toml":
          "include = \"deep.toml\"\n[host]\nhistory_turns = 4\n[plugins.notes]",
        "/etc/conf/deep.toml": "[memory]\nstrict = true",
      ], as: "/etc/h.toml")
    #expect(configuration.problems == [])
    #expect(configuration.host.queueCap == 3)
    #expect(configuration.host.historyTurns == 4)
    #expect(configuration.memory.strict)
    #expect(configuration.plugins.map(\.instance.description) == ["recall", "notes"])
    #expect(
      configuration.files == ["/etc/h.toml", "/etc/conf/more.toml", "/etc/conf/deep.toml"])
  }

  @Test func whatIsSetTwiceStandsAsTheMainFileHasIt() throws {
    let configuration = try load(
      "include = \"b.toml\"\n[host]\nqueue_cap = 3\n\(recall)",
      files: ["b.toml": "[host]\nqueue_cap = 4\n[plugins.recall]\nenabled = false"])
    #expect(configuration.host.queueCap == 3)
    #expect(
      configuration.problems.map(\.description) == [
        "b.toml:2:1: error: host.queue_cap: is already set at holdfast.toml:3:1, which stands; "
          + "remove one of them",
        "b.toml:3:10: error: plugins.recall: is already configured at holdfast.toml:4:10, "
          + "which stands; rename or remove one of them",
      ])
    #expect(configuration.activePlugins.map(\.instance) == [InstanceID("recall")])
  }

  @Test(arguments: [
    (
      "include = 3",
      "holdfast.toml:1:11: error: include: expected a file name, found an integer; "
        + "write include = [\"more.toml\"]"
    ),
    (
      "include = [\"none.toml\"]",
      "holdfast.toml:1:12: error: include: cannot read \"none.toml\": no such file; "
        + "correct the file or its name"
    ),
    (
      "include = [\"bad.toml\"]",
      "bad.toml:2:3: error: this is not TOML: "
    ),
    (
      "include = [\"loop.toml\"]",
      "loop.toml:1:11: error: include: \"holdfast.toml\" includes itself, "
        + "by way of holdfast.toml, loop.toml; remove it"
    ),
    (
      "include = [\"empty.toml\", \"empty.toml\"]",
      "holdfast.toml:1:26: error: include: \"empty.toml\" is included already; "
        + "remove it here or there"
    ),
  ])
  func fileThatCannotBeUsedIsAProblem(text: String, expected: String) throws {
    let files = [
      "bad.toml": "[host]\nx ?", "loop.toml": "include = \"holdfast.toml\"", "empty.toml": "",
    ]
    let configuration = try load("\(text)\n\(recall)", files: files)
    let problem = try #require(configuration.problems.first)
    #expect(configuration.problems.count == 1)
    #expect(problem.description.hasPrefix(expected), "\(problem)")
    #expect(configuration.activePlugins.count == 1)
  }

  @Test func depthIsBounded() throws {
    let files = Dictionary(
      uniqueKeysWithValues: (1...20).map { ("\($0).toml", "include = \"\($0 + 1).toml\"") })
    let configuration = try load("include = \"1.toml\"\n\(recall)", files: files)
    #expect(configuration.files.count == 1 + ConfigurationLoader.maxIncludeDepth)
    #expect(
      configuration.problems.map(\.description) == [
        "8.toml:1:11: error: include: \"9.toml\" is more than 8 files deep; "
          + "include it from a file further out"
      ])
  }

  @Test func numberOfFilesIsBounded() throws {
    let names = (1...70).map { "\($0).toml" }
    let files = Dictionary(uniqueKeysWithValues: names.map { ($0, "") })
    let configuration = try load("include = \(names)\n\(recall)", files: files)
    #expect(configuration.files.count == ConfigurationLoader.maxFiles)
    #expect(
      configuration.problems.map(\.message)
        == Array(repeating: "more than 64 files; join some", count: 7))
  }

  @Test func includedFileThatIsTooLargeIsAProblem() throws {
    let loader = ConfigurationLoader(environment: [:]) { _ in
      [UInt8](repeating: UInt8(ascii: "\n"), count: ConfigurationLoader.maxFileBytes + 1)
    }
    let configuration = try loader.load("include = \"b.toml\"\n\(recall)", file: "a.toml")
    #expect(
      configuration.problems.map(\.description) == [
        "b.toml:1:1: error: this is not TOML: the file is larger than 1 MiB; "
          + "the file is ignored until it is corrected"
      ])
  }
}
