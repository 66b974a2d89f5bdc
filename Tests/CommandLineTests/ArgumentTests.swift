import Testing

@testable import holdfast

@Suite struct ArgumentTests {
  private let root = Command(
    name: "tool", summary: "a tool",
    subcommands: [
      Command(
        name: "group", summary: "a group",
        subcommands: [
          Command(
            name: "do", summary: "do it",
            positionals: [
              Positional(name: "what", help: "this"),
              Positional(name: "more", count: .optional, help: "that"),
            ],
            options: [
              Option(name: "limit", letter: "n", value: "n", help: "how many"),
              Option(name: "all", letter: "a", help: "everything"),
            ], body: { _ throws(CommandFailure) in .ok }),
          Command(
            name: "say", summary: "say it",
            positionals: [Positional(name: "word", count: .anyNumber, help: "words")],
            body: { _ throws(CommandFailure) in .ok }),
        ])
    ])

  private func parsed(_ line: String) throws -> ParsedArguments {
    let words = line.split(separator: " ").map(String.init)
    guard case .run(_, let parsed) = try ArgumentParser.parse(words, by: root) else {
      throw CommandFailure("not run")
    }
    return parsed
  }

  private func failure(_ line: String) -> CommandFailure? {
    #expect(throws: CommandFailure.self) { try parsed(line) }
  }

  @Test func optionsMayStandAnywhere() throws {
    for line in [
      "group do x --limit 3 -a", "group do --limit=3 -a x", "group do -a -n 3 x",
      "--json group do x -a -n 3",
    ] {
      let found = try parsed(line)
      #expect(found.path == ["group", "do"])
      #expect(found.positionals == ["x"])
      #expect(found.options["limit"] == ["3"])
      #expect(found.options["all"] == [""])
    }
  }

  @Test func nothingIsAnOptionAfterTwoDashes() throws {
    let found = try parsed("group say -- --all -x --")
    #expect(found.positionals == ["--all", "-x", "--"])
    #expect(found.options.isEmpty)
  }

  @Test func dashesAndNegativeNumbersAreValues() throws {
    #expect(try parsed("group say - -5").positionals == ["-", "-5"])
    #expect(try parsed("group do x --limit -5").options["limit"] == ["-5"])
    #expect(try parsed("group do x --limit=a=b").options["limit"] == ["a=b"])
  }

  @Test func foldersOfPluginsMayBeSeveral() throws {
    let found = try parsed("--plugins a group do x --plugins=b")
    #expect(found.options["plugins"] == ["a", "b"])
  }

  @Test(arguments: [
    ("grop", "there is no command \"grop\"; did you mean \"group\"?"),
    ("group od", "did you mean \"do\"?"),
    ("group do x --limti 3", "there is no option --limti; did you mean --limit?"),
    ("group do x --zzzzzzz", "there is no option --zzzzzzz\n"),
    ("group do", "<what> is missing"),
    ("group do x y z", "\"z\" is one argument too many"),
    ("group do x --limit", "--limit needs a value: --limit <n>"),
    ("group do x --all=3", "--all takes no value"),
    ("group do x -n 1 -n 2", "--limit was given twice"),
    ("group", "`tool group --help` lists those of tool group"),
    ("", "a command is missing"),
  ])
  func whatIsWrongIsNamed(line: String, expected: String) {
    let found = failure(line)
    #expect(found?.status == .usage)
    #expect(found?.message.contains(expected) == true, "\(found?.message ?? "")")
  }

  @Test func withoutACommandThereIsHelp() {
    #expect(failure("group")?.help?.contains("Commands:") == true)
    #expect(failure("")?.help?.contains("Usage: tool <command>") == true)
    #expect(failure("group do")?.help == nil)
  }

  @Test func aFaultShowsTheUsage() {
    #expect(
      failure("group do")?.message
        == """
        <what> is missing
        Usage: tool group do <what> [<more>] [--limit <n>] [--all]
        More: tool group do --help
        """)
  }

  @Test func helpIsGivenAtEachLevelAndWhateverElseIsThere() throws {
    for (line, depth) in [
      ("--help", 1), ("help", 1), ("group -h", 2), ("group do --help", 3), ("help group do", 3),
      ("group do a b --help", 3),
    ] {
      let words = line.split(separator: " ").map(String.init)
      guard case .help(let commands) = try ArgumentParser.parse(words, by: root) else {
        Issue.record("no help for \(line)")
        continue
      }
      #expect(commands.count == depth)
    }
  }
}
