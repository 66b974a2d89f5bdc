import Testing

@testable import holdfast

@Suite struct HelpTests {
  /// Every command with those above it.
  private static let all = below([CommandTree.root])

  private static func below(_ path: [Command]) -> [[Command]] {
    [path] + (path.last?.subcommands ?? []).flatMap { below(path + [$0]) }
  }

  @Test func everyHelpFitsAndHasExamplesThatAreUnderstood() throws {
    #expect(Self.all.count > 25)
    for path in Self.all {
      let name = HelpText.name(of: path)
      let text = HelpText.render(path)
      #expect(text.contains("Examples:"), "\(name) shows no example")
      for line in text.split(separator: "\n") {
        #expect(line.count <= 100, "\(name): \(line)")
      }
      for example in path.last?.examples ?? [] { check(example) }
    }
  }

  private func check(_ example: Example) {
    // What a shell does with pipes and quotes is not the parser's business.
    guard example.line.hasPrefix("holdfast "), !example.line.contains(where: { "'>|".contains($0) })
    else { return }
    let words = example.line.split(separator: " ").dropFirst().map(String.init)
    #expect(throws: Never.self, "\(example.line)") {
      _ = try ArgumentParser.parse(words, by: CommandTree.root)
    }
  }

  @Test func everyCommandDoesSomethingOrHasOthers() {
    for path in Self.all {
      let command = path.last
      let isTaking = command?.positionals.isEmpty == false
      #expect(command?.body != nil || command?.subcommands.isEmpty == false)
      // A word behind one that has others is the name of one of those.
      #expect(!isTaking || command?.subcommands.isEmpty == true)
    }
  }

  @Test func namesAreUniqueWhereTheyAreTyped() {
    for path in Self.all {
      guard let command = path.last else { continue }
      let options = command.options + Option.everywhere
      let names = options.map(\.name) + options.compactMap { $0.letter.map(String.init) }
      #expect(Set(names).count == names.count, "\(HelpText.name(of: path))")
      let commands = command.subcommands.map(\.name)
      #expect(Set(commands).count == commands.count)
      // Everything after one that may be left out may be left out too.
      let required = command.positionals.map(\.isRequired)
      #expect(required == required.sorted { $0 && !$1 })
    }
  }

  @Test func wordsAreBrokenBetweenLines() {
    let text = String(repeating: "word ", count: 40)
    let lines = HelpText.wrap(text, indent: 2, hanging: 6)
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(lines[0].hasPrefix("  word") && lines[1].hasPrefix("      word"))
    #expect(lines.joined(separator: " ").split(separator: " ").count == 40)
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func completionsNameEveryCommand(shell: String) throws {
    let script = try #require(Completions.script(for: shell, root: CommandTree.root))
    for path in Self.all.dropFirst() {
      #expect(script.contains(path[path.count - 1].name))
    }
    #expect(Completions.script(for: "csh", root: CommandTree.root) == nil)
  }
}
