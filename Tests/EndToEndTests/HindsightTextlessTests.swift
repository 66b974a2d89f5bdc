import HoldfastCore
import Testing

/// How the Hindsight provider files and takes back turns at a server that keeps no text.
@Suite struct HindsightTextlessTests {
  private let server: MemoryServer
  private let stage: Stage

  init() throws {
    server = try MemoryServer()
    stage = try Stage()
  }

  private func drop(_ drops: Bool = true) throws {
    try server.client.post("/__set", "{\"drops_text\": \(drops)}")
  }

  /// What the server has made memories of, in all documents; it shows that to no client.
  private func remembered() throws -> [String: String] {
    try server.client.get("/__banks").body[server.bank]["documents"].members.mapValues {
      $0["pieces"].list.map(\.text).joined()
    }
  }

  @Test func aBatchThatIsTakenBackAsAWholeIsEmptied() throws {
    try drop()
    stage.hindsight(server)
    try stage.start()
    let chat = try stage.chat()
    for text in ["one", "two"] { try chat.ask(text) }
    try stage.settled("memory")
    #expect(try chat.ask("/undo") == "One turn taken back.")
    try stage.settled("memory")
    try chat.ask("three")
    try stage.settled("memory")
    let session = try stage.current()
    let documents = try remembered()
    #expect(documents.keys.sorted() == (1...3).map { "\(session).\($0)-\($0)" })
    #expect(documents["\(session).1-1"]?.contains("one") == true)
    #expect(documents["\(session).2-2"] == "[]")
    #expect(documents["\(session).3-3"]?.contains("three") == true)
    #expect(try stage.plugin("memory").failures == 0)
    #expect(!stage.log.contains("keeps no text"))
    #expect(stage.stop() == 0)
  }

  /// What is to stay of a batch is known to nobody: nothing of it stays, which the log says.
  @Test func aBatchOfWhichOneTurnIsTakenBackIsEmptiedOnce() throws {
    try drop()
    stage.hindsight(server, every: 2)
    try stage.start()
    let chat = try stage.chat()
    for text in ["one", "two", "three", "four"] { try chat.ask(text) }
    try stage.settled("memory")
    for _ in 1...2 {
      try chat.ask("/undo")
      try stage.settled("memory")
    }
    let session = try stage.current()
    let documents = try remembered()
    #expect(documents["\(session).1-2"]?.contains("one") == true)
    #expect(documents["\(session).3-4"] == "[]")
    #expect(stage.log.split(separator: "keeps no text of document \(session).3-4").count == 2)
    #expect(try server.sent().count == 3)
    #expect(stage.stop() == 0)
  }

  @Test func aWithdrawalThatFailsHoldsUpNoBatchWithADocumentOfItsOwn() throws {
    try drop()
    stage.hindsight(server)
    try stage.start()
    let chat = try stage.chat()
    for text in ["one", "two"] { try chat.ask(text) }
    try stage.settled("memory")
    try server.rule("{\"on\": \"document\", \"do\": \"status\", \"status\": 403}")
    try chat.ask("/undo")
    try server.received(1, "document")
    try chat.ask("three")
    try Patience.until("the next turn is stored") { try stage.row("memory").backlogTurns == 0 }
    #expect(try stage.row("memory").owedWithdrawals == 1)
    try server.clear()
    try stage.settled("memory")
    let session = try stage.current()
    #expect(try remembered()["\(session).2-2"] == "[]")
    #expect(try remembered()["\(session).3-3"]?.contains("three") == true)
    #expect(stage.stop() == 0)
  }

  /// A document of before still has its text when the first turn is taken out, and none after that.
  @Test func whatWasAppendedBeforeStaysWhenOneTurnIsTakenOut() throws {
    stage.hindsight(server)
    try stage.start()
    let chat = try stage.chat()
    for text in ["one", "two", "three"] { try chat.ask(text) }
    try stage.settled("memory")
    try drop()
    try server.rule("{\"on\": \"document\", \"do\": \"nothing\", \"times\": 1}")
    try server.rule("{\"on\": \"document\", \"do\": \"garbage\", \"times\": 1}")
    try chat.ask("/undo")
    try stage.settled("memory")
    let session = try stage.current()
    let kept = try #require(try remembered()[session])
    #expect(kept.contains("one") && kept.contains("two") && !kept.contains("three"))
    #expect(!stage.log.contains("keeps no text"))
    #expect(stage.stop() == 0)
  }

  /// Which the server refuses, although it says of itself that it can.
  @Test func aBankThatKeepsNoTextGetsADocumentForEachBatch() throws {
    try drop()
    try server.rule(
      #"{"on": "version", "do": "status", "status": 200, "body": "{\"api_version\": \"1.1.0\"}"}"#)
    stage.hindsight(server)
    try stage.start()
    let chat = try stage.chat()
    for text in ["one", "two"] { try chat.ask(text) }
    try stage.settled("memory")
    let session = try stage.current()
    #expect(try Set(server.documents()) == ["\(session).1-1", "\(session).2-2"])
    let modes = try server.sent().map { $0.item["update_mode"].text }
    #expect(modes == ["append", "replace", "replace"])
    #expect(try stage.row("memory").parkedBatches == 0)
    #expect(stage.stop() == 0)
  }

  /// One that somebody else has changed. The withdrawal goes on failing, and that is shown.
  @Test func aDocumentThatIsNoListOfTurnsHoldsUpNoBatch() throws {
    stage.hindsight(server)
    try stage.start()
    let chat = try stage.chat()
    for text in ["one", "two"] { try chat.ask(text) }
    try stage.settled("memory")
    let session = try stage.current()
    let item = "{\"document_id\": \"\(session)\", \"content\": \"by hand\"}"
    try server.client.post(
      "/v1/default/banks/\(server.bank)/memories", "{\"items\": [\(item)], \"async\": false}")
    try chat.ask("/undo")
    try Patience.until("the failure is seen") {
      try stage.row("memory").lastError.contains("changed by hand")
    }
    try chat.ask("three")
    try Patience.until("the next turn is stored") { try stage.row("memory").backlogTurns == 0 }
    #expect(try remembered()[session]?.contains("three") == true)
    #expect(try stage.row("memory").owedWithdrawals == 1)
    #expect(stage.stop() == 0)
  }
}
