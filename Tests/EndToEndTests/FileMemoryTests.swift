import FoundationEssentials
import HoldfastControl
import HoldfastCore
import Testing

/// Memories in files, with the real host.
@Suite struct FileMemoryTests {
  private func stage() throws -> Stage {
    let stage = try Stage()
    stage.sections["diary"] = """
      plugin = "file-memory"
      path = "\(Clone.plugin("file-memory"))"

      """
    try stage.start()
    return stage
  }

  private func page(_ stage: Stage) throws -> String {
    let folder = stage.state + "/plugins/diary/memory"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".md") }
    guard let name = names.first, names.count == 1 else {
      throw TestFailure("there is no single page, but \(names)")
    }
    return "\(folder)/\(name)"
  }

  private func read(_ stage: Stage) throws -> String {
    try String(contentsOfFile: page(stage), encoding: .utf8)
  }

  /// What would be remembered, as texts.
  private func remembered(_ stage: Stage, _ query: String) throws -> [String] {
    guard case .recall(let view) = try stage.control.ask(.recall(query: query, .newest, nil)),
      let provider = view.providers.first
    else { throw TestFailure("nobody tells what is remembered") }
    guard provider.state == "answered" else { throw TestFailure(provider.state) }
    return provider.items.filter { $0.place != nil }.map(\.text)
  }

  @Test func whatAPersonEditsIsFoundByTheNextQuestion() throws {
    let stage = try stage()
    let chat = try stage.chat()
    try chat.ask("my cat is called Miso")
    try stage.settled("diary")
    try chat.ask("/new")
    #expect(
      try remembered(stage, "what is my cat called?") == [
        "user: my cat is called Miso\nassistant: re: my cat is called Miso"
      ])
    let edited = try read(stage).replacing("user: my cat is called Miso", with: "user: cat: Tiger")
    try (edited + "\n## Boats\nThe Petrel is red.\n").write(
      toFile: page(stage), atomically: true, encoding: .utf8)
    #expect(try remembered(stage, "cat").first?.hasPrefix("user: cat: Tiger") == true)
    #expect(try remembered(stage, "which colour has the Petrel?") == [" Boats\nThe Petrel is red."])
    #expect(stage.stop() == 0)
  }

  @Test func anUndoneTurnLeavesThePageAndWhatAPersonWroteStays() throws {
    let stage = try stage()
    let chat = try stage.chat()
    try chat.ask("the first thing")
    try chat.ask("the second thing")
    try stage.settled("diary")
    try (read(stage) + "A note of mine.\n").write(
      toFile: page(stage), atomically: true, encoding: .utf8)
    #expect(try chat.ask("/undo") == "One turn taken back.")
    try stage.settled("diary")
    let text = try read(stage)
    #expect(text.contains("the first thing") && !text.contains("the second thing"))
    #expect(text.contains("A note of mine."))
    #expect(stage.stop() == 0)
  }

  @Test func killedAtAnyTimeItHasEveryTurnOnce() throws {
    let stage = try stage()
    let chat = try stage.chat()
    var said: [String] = []
    for round in 1...6 {
      for turn in 1...round {
        said.append("round \(round) turn \(turn) is said")
        try chat.ask(said.last ?? "")
      }
      // What was answered is in the journal; its batches are anywhere.
      stage.kill9()
      try stage.start()
      try chat.connect()
    }
    try stage.settled("diary")
    let text = try read(stage)
    for sentence in said {
      #expect(text.ranges(of: "- user: \(sentence)\n").count == 1, "\(sentence)")
    }
    #expect(stage.stop() == 0)
  }

  @Test func theCommandLineShowsWhatWouldBeRemembered() throws {
    let stage = try stage()
    let chat = try stage.chat()
    try chat.ask("my cat is called Miso")
    try stage.settled("diary")
    try chat.ask("/new")
    let shown = try stage.run("memory", "recall", "cat")
    #expect(shown.status == 0)
    #expect(shown.output.contains("diary, priority 0: 1 memory in"))
    #expect(shown.output.contains("my cat is called Miso"))
    let json = try stage.run("memory", "recall", "cat", "--json", "--instance", "diary")
    #expect(json.output.contains("\"place\": 1"))
    #expect(json.output.contains("\"state\": \"answered\""))
    let nobody = try stage.run("memory", "recall", "cat", "--instance", "nobody")
    #expect(nobody.status == 1 && nobody.errors.contains("does not remember with “nobody”"))
    let twice = try stage.run("memory", "recall", "cat", "--scope", "a", "--key", "b")
    #expect(twice.status == 2)
    #expect(stage.stop() == 0)
  }
}
