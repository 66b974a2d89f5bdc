import HoldfastCore
import Testing

/// How the Hindsight provider files turns, and takes them back.
@Suite struct HindsightFilingTests {
  @Test func eachAppendSendsItsOwnTurnsAndAllOfTheTags() throws {
    let server = try MemoryServer()
    let stage = try Stage()
    stage.hindsight(server, settings: "config.retain_tags = [\"project:hf\"]")
    try stage.start()
    let chat = try stage.chat()
    for number in 1...20 { try chat.ask("turn \(number)") }
    try stage.settled("memory")
    let session = try stage.current()
    let sent = try server.sent()
    #expect(sent.count == 20)
    for (operation, item) in sent {
      #expect(item["update_mode"].text == "append" && item["document_id"].text == session)
      #expect(
        item["tags"].list.map(\.text) == [
          "project:hf", "session:\(session)", "scope:main/channel:console/user:ana",
        ])
      #expect(try JSON(Array(item["content"].text.utf8)).list.count == 1)
      #expect(operation.utf8.count == 36)
    }
    #expect(try server.count("version") == 1)
    #expect(stage.stop() == 0)
  }

  @Test func aServerWithoutAppendGetsADocumentForEachBatch() throws {
    let server = try MemoryServer("--version", "0.4.20")
    let stage = try Stage()
    stage.hindsight(server, every: 2)
    try stage.start()
    let chat = try stage.chat()
    for number in 1...4 { try chat.ask("turn \(number)") }
    try stage.settled("memory")
    let session = try stage.current()
    #expect(try server.turns("\(session).1-2") == ["1 turn 1", "2 turn 2"])
    #expect(try server.turns("\(session).3-4") == ["3 turn 3", "4 turn 4"])
    #expect(try server.sent().allSatisfy { $0.item["update_mode"] == .null })
    try chat.ask("/undo")
    try stage.settled("memory")
    #expect(try server.turns("\(session).3-4") == ["3 turn 3"])
    #expect(try server.turns("\(session).1-2").count == 2)
    #expect(stage.stop() == 0)
  }

  @Test func aRepetitionToAServerWithoutOperationsReplacesTheDocument() throws {
    let server = try MemoryServer("--version", "0.4.20")
    try server.rule("{\"on\": \"retain\", \"do\": \"swallow\", \"times\": 1}")
    let stage = try Stage()
    stage.hindsight(server, settings: "deadline_retain_ms = 300")
    try stage.start()
    try stage.chat().ask("one")
    try stage.settled("memory")
    #expect(try server.count("retain") == 2)
    #expect(try server.turns("\(try stage.current()).1-1") == ["1 one"])
    #expect(stage.stop() == 0)
  }

  @Test(arguments: [#""do": "nulls""#, #""do": "status", "status": 404"#])
  func aServerThatNamesNoVersionCountsAsOld(answer: String) throws {
    let server = try MemoryServer()
    try server.rule("{\"on\": \"version\", \(answer)}")
    let stage = try Stage()
    stage.hindsight(server)
    try stage.start()
    try stage.chat().ask("one")
    try stage.settled("memory")
    #expect(try server.turns("\(try stage.current()).1-1") == ["1 one"])
    #expect(stage.stop() == 0)
  }

  @Test func aServerThatWasUpdatedIsAskedAgainAfterAnError() throws {
    let server = try MemoryServer("--version", "0.4.20")
    let stage = try Stage()
    stage.hindsight(server)
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("one")
    try stage.settled("memory")
    try server.client.post("/__set", "{\"version\": \"1.1.0\"}")
    try server.rule("{\"on\": \"retain\", \"do\": \"status\", \"status\": 503, \"times\": 1}")
    try chat.ask("two")
    try stage.settled("memory")
    let session = try stage.current()
    #expect(try server.turns(session) == ["2 two"])
    #expect(try server.turns("\(session).1-1") == ["1 one"])
    // What was filed before the update is taken back there.
    try chat.ask("/undo 2")
    try stage.settled("memory")
    #expect(try server.turns(session).isEmpty)
    #expect(try server.turns("\(session).1-1").isEmpty)
    #expect(stage.stop() == 0)
  }

  @Test func aTurnThatIsTakenBackWhileItIsSentIsTakenOutOnceItIsThere() throws {
    let server = try MemoryServer()
    let stage = try Stage()
    stage.hindsight(server)
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("one")
    try stage.settled("memory")
    try server.rule("{\"on\": \"retain\", \"do\": \"hang\", \"times\": 1}")
    try chat.ask("two")
    try server.received(2, "retain")
    #expect(try chat.ask("/undo") == "One turn taken back.")
    try server.release()
    try stage.settled("memory")
    #expect(try server.turns(try stage.current()) == ["1 one"])
    #expect(stage.stop() == 0)
  }

  /// Something else that answers at the server's address knows no such path.
  @Test func aDocumentIsAbsentOnlyIfTheServerSaysSo() throws {
    let server = try MemoryServer()
    let stage = try Stage()
    stage.hindsight(server)
    try stage.start()
    let chat = try stage.chat()
    for text in ["one", "two"] { try chat.ask(text) }
    try stage.settled("memory")
    let body = #""{\"detail\": \"Not Found\"}""#
    try server.rule(
      "{\"on\": \"document\", \"do\": \"status\", \"status\": 404, \"body\": \(body)}")
    try chat.ask("/undo")
    try Patience.until("the failure is seen") { try !stage.row("memory").lastError.isEmpty }
    #expect(try stage.row("memory").owedWithdrawals == 1)
    try server.clear()
    try stage.settled("memory")
    #expect(try server.turns(try stage.current()) == ["1 one"])
    #expect(stage.stop() == 0)
  }

  /// The replacement of a withdrawal is lost on its way and lands when later turns are there.
  @Test func aReplacementThatLandsLateTakesNoLaterTurnWithIt() throws {
    let server = try MemoryServer()
    let stage = try Stage()
    stage.hindsight(server, settings: "config.timeout_ms = 300")
    try stage.start()
    let chat = try stage.chat()
    for text in ["one", "two"] { try chat.ask(text) }
    try stage.settled("memory")
    try server.rule("{\"on\": \"retain\", \"do\": \"late\", \"times\": 1}")
    #expect(try chat.ask("/undo") == "One turn taken back.")
    try server.received(3, "retain")
    try chat.ask("three")
    try stage.settled("memory")
    try server.land()
    try chat.ask("four")
    try stage.settled("memory")
    #expect(try server.turns(try stage.current()) == ["1 one", "3 three", "4 four"])
    #expect(stage.stop() == 0)
  }

  @Test func theNumberOfThreadsDoesNotGrowWithSessions() throws {
    let server = try MemoryServer()
    let stage = try Stage()
    stage.hindsight(server)
    try stage.start()
    try stage.chat("chat 0").ask("hello")
    try stage.settled("memory")
    let before = try stage.threads()
    for number in 1...50 { try stage.chat("chat \(number)").ask("hello \(number)") }
    try stage.settled("memory")
    #expect(try stage.threads() == before)
    #expect(try server.client.get("/__banks").body["bank"]["documents"].members.count == 51)
    // Connections stay open: there are as many as requests at a time, not as requests.
    #expect(try server.client.get("/__counters").body["connections"].integer < 150)
    #expect(stage.stop() == 0)
  }

  /// A server that answers no batch: more are with it than the plugin has threads, and recalls of
  /// all those people are answered all the same.
  @Test func batchesThatHangTakeNeitherThreadsNorConnectionsFromRecalls() throws {
    let server = try MemoryServer()
    let stage = try Stage()
    stage.hindsight(server, settings: "config.timeout_ms = 120000")
    try stage.start()
    try stage.chat("chat 0").ask("hello")
    try stage.settled("memory")
    let before = try stage.threads()
    try server.rule("{\"on\": \"retain\", \"do\": \"hang\"}")
    let recalls = try server.count("recall")
    for number in 1...80 { try stage.chat("chat \(number)", user: "\(number)").ask("hello") }
    // 64 batches are under way, and no more.
    try Patience.until("the batches are with the server") { try server.held() >= 64 }
    try server.received(recalls + 80, "recall")
    #expect(try server.held() == 64)
    #expect(try stage.threads() == before)
    try server.clear()
    try server.release()
    try stage.settled("memory")
    #expect(try server.client.get("/__banks").body["bank"]["documents"].members.count == 81)
    #expect(stage.stop() == 0)
  }

  @Test(arguments: [0, 3]) func manySessionsAtOnceAreEachInOrder(operationTime: Int) throws {
    let server = try MemoryServer("--operation-ms", "\(operationTime)")
    let stage = try Stage()
    stage.hindsight(server)
    try stage.start()
    let chats = try (1...16).map { try stage.chat("chat \($0)") }
    for number in 1...10 {
      for chat in chats { try chat.say("turn \(number)") }
    }
    try Patience.until("all are retained") {
      try stage.row("memory").acknowledgedTurns == 160
    }
    for number in 1...16 {
      let session = try stage.current("chat \(number)")
      #expect(try server.turns(session) == (1...10).map { "\($0) turn \($0)" })
    }
    #expect(try stage.plugin("memory").failures == 0)
    #expect(stage.stop() == 0)
  }

  @Test func aKeyIsSentAndNeverShown() throws {
    let server = try MemoryServer(apiKey: "right k3y")
    let stage = try Stage()
    stage.hindsight(server, as: "memory", settings: "config.api_key = \"wrong k3y\"")
    try stage.start()
    try stage.chat().ask("one")
    try Patience.until("the failure is seen") { try !stage.row("memory").lastError.isEmpty }
    #expect(try stage.row("memory").lastError.contains("`api_key`"))
    #expect(!stage.log.contains("k3y"))
    #expect(stage.stop() == 0)
    stage.sections["memory"]?.replace("wrong k3y", with: "right k3y")
    try stage.start()
    try stage.settled("memory")
    #expect(try server.turns(try stage.current()) == ["1 one"])
    #expect(!stage.log.contains("k3y"))
    #expect(try !stage.run("status").output.contains("k3y"))
    #expect(stage.stop() == 0)
  }

  @Test(arguments: [
    ("config.api_url = \"127.0.0.1:1\"", "api_url"), ("config.bank_id = \"a/b\"", "bank_id"),
    ("config.bank_id_template = \"{agnet}\"", "bank_id_template"),
    ("config.recall_budget = \"huge\"", "recall_budget"),
    ("config.recall_types = [\"facts\"]", "recall_types"),
    ("config.recall_min_semantic = 2.0", "recall_min_semantic"),
    ("config.recall_tags_match = \"some\"", "recall_tags_match"),
    ("config.retain_tags = [1]", "retain_tags"), ("config.timeout_ms = 0", "timeout_ms"),
    ("config.timeout_ms = \"1\"", "timeout_ms"),
    ("config.recall_budgett = \"low\"", "recall_budget"),
  ])
  func aSettingThatIsWrongIsNamedWhenThePluginIsLoaded(line: String, key: String) throws {
    let stage = try Stage()
    stage.sections["memory"] = """
      plugin = "hindsight"
      path = "\(Clone.plugin("hindsight"))"
      \(line)

      """
    try stage.start()
    let plugin = try stage.plugin("memory")
    #expect(plugin.state == "failed" && plugin.detail.contains(key), "\(plugin)")
    #expect(try stage.chat().ask("one") == "re: one")
    #expect(stage.stop() == 0)
  }
}
