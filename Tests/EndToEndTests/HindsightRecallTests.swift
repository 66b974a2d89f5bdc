import HoldfastCore
import Testing

/// What the Hindsight provider asks for and gives.
@Suite struct HindsightRecallTests {
  private func stage(_ server: MemoryServer, budget: Int = 5000, settings: String = "") throws
    -> Stage
  {
    let stage = try Stage()
    stage.head += "[memory]\nrecall_budget_ms = \(budget)\n"
    stage.hindsight(server, settings: settings)
    try stage.start()
    return stage
  }

  /// What the model was given of memories with its last prompt.
  private func recalled(_ stage: Stage, _ question: String) throws -> String {
    try stage.model.next("respond") { $0["last"] == question }["recall"]
  }

  @Test func aQuestionIsAskedWithTheScopeAndWhatIsConfigured() throws {
    let server = try MemoryServer()
    let stage = try stage(
      server,
      settings: """
        config.recall_budget = "high"
        config.recall_types = ["world", "observation"]
        config.recall_max_tokens = 77
        config.recall_max_input_chars = 8
        config.recall_min_semantic = 0.25
        config.recall_tags = ["project:hf"]
        config.recall_tags_match = "all"
        """)
    try stage.chat().ask("Where is the bicycle?")
    let asked = try #require(
      try server.client.get("/__log").body.list.first { $0["op"].text == "memories/recall" })
    let body = asked["body"]
    #expect(asked["bank"].text == "bank" && body["query"].text == "Where is")
    #expect(body["budget"].text == "high" && body["max_tokens"].integer == 77)
    #expect(body["types"].list.map(\.text) == ["world", "observation"])
    #expect(body["min_scores"]["semantic"] == .number("0.25"))
    #expect(
      body["tags"].list.map(\.text) == ["scope:main/channel:console/user:ana", "project:hf"])
    #expect(body["tags_match"].text == "all_strict")
    #expect(stage.stop() == 0)
  }

  /// A server that ignores tags altogether, or leaves them out, gets nothing into a prompt.
  @Test(arguments: ["\"scope:main/channel:console/user:bob\"", "", "null"])
  func whatIsNotShownToBeOfTheScopeIsNotGiven(tag: String) throws {
    let server = try MemoryServer()
    let tags = tag == "null" ? "null" : "[\(tag)]"
    let body = "{\"results\": [{\"text\": \"the secret\", \"tags\": \(tags)}]}"
    try server.rule(
      "{\"on\": \"recall\", \"do\": \"status\", \"status\": 200, \"body\": \(quoted(body))}")
    let stage = try stage(server)
    try stage.chat().ask("what is it?")
    #expect(try recalled(stage, "what is it?") == "")
    #expect(try stage.plugin("memory").failures == 0)
    #expect(stage.stop() == 0)
  }

  @Test func fieldsMayBeNullAndTheRestIsGivenInOrder() throws {
    let server = try MemoryServer()
    let scope = "[\"scope:main/channel:console/user:ana\", \"x\"]"
    let body = """
      {"results": [{"text": null, "tags": \(scope)}, {"id": null, "text": "first fact",
      "type": null, "document_id": null, "scores": null, "tags": \(scope)}, null,
      {"text": "second fact",
      "scores": {"final": null, "semantic": 0.5}, "tags": \(scope), "mentioned_at": "yesterday"}]}
      """
    try server.rule(
      "{\"on\": \"recall\", \"do\": \"status\", \"status\": 200, \"body\": \(quoted(body))}")
    let stage = try stage(server)
    try stage.chat().ask("what is it?")
    let text = try recalled(stage, "what is it?")
    let first = try #require(text.firstRange(of: "first fact"))
    let second = try #require(text.firstRange(of: "second fact"))
    #expect(first.upperBound <= second.lowerBound)
    #expect(stage.stop() == 0)
  }

  @Test(arguments: ["garbage", "nulls", "cut", "drop", "status"])
  func aRecallThatFailsCostsNothingButItsMemories(fault: String) throws {
    let server = try MemoryServer()
    try server.rule("{\"on\": \"recall\", \"do\": \"\(fault)\", \"status\": 500}")
    let stage = try stage(server)
    let chat = try stage.chat()
    #expect(try chat.ask("one") == "re: one")
    try stage.settled("memory")
    #expect(try server.turns(try stage.current()) == ["1 one"])
    #expect(stage.stop() == 0)
  }

  @Test func healthIsJudgedByCallsWhichHaveDeadlines() throws {
    let server = try MemoryServer()
    try server.rule("{\"on\": \"recall\", \"do\": \"hang\"}")
    let stage = try stage(server, budget: 100)
    let chat = try stage.chat()
    for text in ["one", "two"] { #expect(try chat.ask(text) == "re: \(text)") }
    try stage.settled("memory")
    #expect(try server.count("health") == 0)
    #expect(try server.client.get("/health").status == 200)
    #expect(try stage.plugin("memory").timeouts >= 1)
    #expect(try server.turns(try stage.current()) == ["1 one", "2 two"])
    #expect(stage.stop() == 0)
  }

  @Test func aRetainThatHangsHoldsUpNoRecall() throws {
    let server = try MemoryServer()
    let stage = try stage(server)
    let chat = try stage.chat()
    try chat.ask("The green bicycle stands in the cellar")
    try stage.settled("memory")
    try chat.ask("/new")
    try server.rule("{\"on\": \"retain\", \"do\": \"hang\"}")
    let other = try stage.chat("elsewhere", user: "bob")
    try other.ask("something else")
    try server.received(2, "retain")
    try chat.ask("Where is the green bicycle?")
    #expect(try recalled(stage, "Where is the green bicycle?").contains("cellar"))
    try server.clear()
    try server.release()
    try stage.settled("memory")
    #expect(stage.stop() == 0)
  }

  @Test func aTurnIsFollowedByARecallForWhatIsLikelyToBeAskedNext() throws {
    let server = try MemoryServer()
    let stage = try stage(server)
    try stage.chat().ask("one")
    try server.received(2, "recall")
    try stage.settled("memory")
    #expect(try stage.plugin("memory").failures == 0)
    #expect(stage.stop() == 0)
  }

  @Test(arguments: ["1.1.0", "0.9.1"]) func onlyAServerThatKeepsToTagsIsAskedToReflect(
    version: String
  ) throws {
    let server = try MemoryServer("--version", version)
    let stage = try Stage()
    stage.sections["echo"]? += "config.tools = true\n"
    stage.hindsight(server)
    try stage.start()
    try Patience.until("memory has named its tools") {
      try stage.plugin("memory").tools.count == 3
    }
    let told = try stage.chat().ask(#"use memory__reflect:{"query":"why"}"#)
    let asked = try server.client.get("/__log").body.list.filter { $0["op"].text == "reflect" }
    if version == "1.1.0" {
      #expect(told.hasSuffix("[0 reflection on why]"))
      let body = try #require(asked.first)["body"]
      #expect(body["tags"].list.map(\.text) == ["scope:main/channel:console/user:ana"])
      #expect(body["tags_match"].text == "all_strict")
    } else {
      #expect(told.contains("older than 1.1.0") && asked.isEmpty)
    }
    #expect(stage.stop() == 0)
  }

  @Test func aTemplateGivesEachUserABank() throws {
    let server = try MemoryServer()
    let stage = try stage(
      server, settings: "config.bank_id_template = \"{agent} of {user}\"")
    try stage.chat(user: "ana").ask("ana's")
    try stage.chat("office", user: "b/o%b").ask("bob's")
    try stage.settled("memory")
    let banks = try server.client.get("/__banks").body.members
    #expect(Set(banks.keys) == ["main of ana", "main of b%2Fo%25b"])
    #expect(try server.turns(try stage.current(), in: "main of ana") == ["1 ana's"])
    #expect(stage.stop() == 0)
  }

  private func quoted(_ text: String) -> String { JSON.string(text).text() }
}
