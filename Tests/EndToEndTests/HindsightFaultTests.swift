import Glibc
import HoldfastCore
import Testing

/// What the Hindsight provider does when its server fails, in each way that servers fail.
@Suite struct HindsightFaultTests {
  /// A host that retains each turn at a server, with short times.
  private func stage(
    _ server: MemoryServer, every turns: Int = 1, settings: String = ""
  ) throws -> Stage {
    let stage = try Stage()
    stage.hindsight(server, every: turns, settings: "config.timeout_ms = 300\n" + settings)
    try stage.start()
    return stage
  }

  /// Sent again or not, each of these ends with one copy of the turn.
  @Test(arguments: [
    "hang", "late", "swallow", "cut", "drop", "garbage", "nulls", "fail", "cancel", "forget",
  ])
  func aBatchIsStoredOnceWhateverBecomesOfItsFirstRequest(fault: String) throws {
    let server = try MemoryServer()
    try server.rule("{\"on\": \"retain\", \"do\": \"\(fault)\", \"times\": 1}")
    let stage = try stage(server)
    let chat = try stage.chat()
    try chat.ask("one")
    try stage.settled("memory")
    if fault == "late" { try server.land() }
    if fault == "hang" || fault == "swallow" { try server.release() }
    let session = try stage.current()
    try chat.ask("two")
    try stage.settled("memory")
    #expect(try server.turns(session) == ["1 one", "2 two"])
    let first = try server.sent().filter { $0.item["content"].text.contains("one") }
    #expect(Set(first.map(\.operation)).count == 1)
    #expect(try stage.row("memory").parkedBatches == 0)
    #expect(stage.stop() == 0)
  }

  @Test(arguments: ["hang", "cut", "drop", "garbage", "nulls"])
  func anOperationIsAskedAfterUntilItIsKnown(fault: String) throws {
    let server = try MemoryServer("--operation-ms", "30")
    try server.rule("{\"on\": \"operation\", \"do\": \"\(fault)\", \"times\": 1}")
    let stage = try stage(server)
    try stage.chat().ask("one")
    try stage.settled("memory")
    #expect(try server.turns(try stage.current()) == ["1 one"])
    #expect(try server.count("retain") == 1)
    #expect(try server.count("operation") >= 2)
    #expect(try stage.plugin("memory").failures == 0)
    #expect(stage.stop() == 0)
  }

  @Test func anOperationThatFailedIsRevivedAndNotJustSentAgain() throws {
    let server = try MemoryServer()
    try server.rule("{\"on\": \"retain\", \"do\": \"fail\", \"times\": 1}")
    let stage = try stage(server)
    try stage.chat().ask("one")
    try stage.settled("memory")
    #expect(try server.count("retain") == 1)
    #expect(try server.count("retry") == 1)
    #expect(try server.turns(try stage.current()) == ["1 one"])
    #expect(stage.stop() == 0)
  }

  @Test(arguments: [400, 413, 422])
  func aBatchThatTheServerWillNeverTakeIsParked(status: Int) throws {
    let server = try MemoryServer()
    let detail =
      "{\\\"detail\\\": [{\\\"msg\\\": \\\"bad\\\", \\\"input\\\": \\\"what ana said\\\"}]}"
    try server.rule(
      "{\"on\": \"retain\", \"do\": \"status\", \"status\": \(status), \"times\": 1, "
        + "\"body\": \"\(detail)\"}")
    let stage = try stage(server)
    let chat = try stage.chat()
    try chat.ask("one")
    try chat.ask("two")
    try stage.settled("memory")
    try Patience.until("the batch is parked") {
      try stage.parked("memory").map(\.turns.description) == ["1"]
    }
    let row = try stage.row("memory")
    #expect(row.lastError.contains("answered \(status) (bad)"), "\(row.lastError)")
    #expect(!row.lastError.contains("ana"))
    #expect(try server.turns(try stage.current()) == ["2 two"])
    #expect(stage.stop() == 0)
  }

  @Test(arguments: [401, 403, 404, 405, 429, 500, 502, 503])
  func whatIsNotTheBatchsFaultIsDeferred(status: Int) throws {
    let server = try MemoryServer()
    try server.rule("{\"on\": \"retain\", \"do\": \"status\", \"status\": \(status)}")
    let stage = try stage(server)
    try stage.chat().ask("one")
    try Patience.until("the failure is seen") { try !stage.row("memory").lastError.isEmpty }
    let row = try stage.row("memory")
    #expect(row.lastError.contains("\(status)") && row.parkedBatches == 0, "\(row)")
    try server.clear()
    try stage.settled("memory")
    #expect(try server.turns(try stage.current()) == ["1 one"])
    #expect(stage.stop() == 0)
  }

  @Test func anOperationThatIsAnotherBanksIsParked() throws {
    let server = try MemoryServer()
    try server.rule("{\"on\": \"retain\", \"do\": \"status\", \"status\": 409, \"times\": 1}")
    let stage = try stage(server)
    try stage.chat().ask("one")
    try stage.settled("memory")
    try Patience.until("the batch is parked") { try stage.parked("memory").count == 1 }
    #expect(try stage.row("memory").lastError.contains("another bank"))
    #expect(stage.stop() == 0)
  }

  @Test func aServerThatAsksForAPauseGetsIt() throws {
    let server = try MemoryServer()
    let rule = "\"do\": \"status\", \"status\": 429, \"retry_after\": 1, \"times\": 1}"
    try server.rule("{\"on\": \"retain\", " + rule)
    let stage = try stage(server)
    let chat = try stage.chat()
    try chat.ask("one")
    try server.received(1, "retain")
    // Nothing is asked meanwhile, and nothing fails but what cannot wait.
    try chat.ask("two")
    try stage.settled("memory")
    #expect(try server.turns(try stage.current()) == ["1 one", "2 two"])
    #expect(try server.count("retain") == 3)
    #expect(try stage.row("memory").lastError == "")
    #expect(stage.stop() == 0)
  }

  @Test func aServerThatIsNotThereIsNoReasonToLoseAnything() throws {
    let server = try MemoryServer()
    server.kill()
    let stage = try stage(server)
    let chat = try stage.chat()
    try chat.ask("one")
    try Patience.until("the failure is seen") { try !stage.row("memory").lastError.isEmpty }
    let row = try stage.row("memory")
    #expect(row.lastError.contains("http://127.0.0.1:\(server.port)"), "\(row.lastError)")
    try server.restart()
    try stage.settled("memory")
    #expect(try server.turns(try stage.current()) == ["1 one"])
    #expect(stage.stop() == 0)
  }

  @Test func aServerThatIsKilledInMidFlightHasEveryTurnOnceWhenItIsBack() throws {
    let server = try MemoryServer()
    try server.rule("{\"on\": \"retain\", \"do\": \"swallow\", \"times\": 1}")
    let stage = try Stage()
    stage.hindsight(server)
    try stage.start()
    let chat = try stage.chat()
    try chat.say("one")
    try server.received(1, "retain")
    server.kill()
    try server.restart()
    try chat.ask("two")
    try stage.settled("memory")
    #expect(try server.turns(try stage.current()) == ["1 one", "2 two"])
    #expect(stage.stop() == 0)
  }

  @Test func aServerThatIsKilledWhileItWritesKeepsWhatCameBeforeAndAfter() throws {
    let server = try MemoryServer()
    for name in ["one", "two", "three"] {
      try server.client.post(
        "/v1/default/banks/\(server.bank)/memories",
        "{\"items\": [{\"content\": \"said\", \"document_id\": \"\(name)\"}]}")
      try server.killInMidLine()
      try server.restart()
    }
    #expect(Set(try server.documents()) == ["one", "two", "three"])
  }

  @Test func aHostThatIsKilledBetweenSendingAndTheAnswerSendsTheSameAgain() throws {
    let server = try MemoryServer()
    try server.rule("{\"on\": \"retain\", \"do\": \"swallow\", \"times\": 1}")
    let stage = try Stage()
    stage.hindsight(server, every: 2)
    try stage.start()
    let chat = try stage.chat()
    try chat.ask("one")
    try chat.say("two")
    try server.received(1, "retain")
    stage.kill9()
    try stage.start()
    try stage.settled("memory")
    let sent = try server.sent()
    #expect(sent.count == 2 && Set(sent.map(\.operation)).count == 1)
    let fields = ["content", "document_id", "tags", "timestamp", "update_mode", "context"]
    for field in fields { #expect(sent.first?.item[field] == sent.last?.item[field]) }
    #expect(try server.turns(try stage.current()) == ["1 one", "2 two"])
    #expect(stage.stop() == 0)
  }

  @Test func aHungServerHoldsUpNeitherTheStopNorTheTurns() throws {
    let server = try MemoryServer()
    try server.rule("{\"on\": \"any\", \"do\": \"hang\"}")
    let stage = try Stage()
    stage.head += "[memory]\nrecall_budget_ms = 100\n"
    stage.hindsight(server, every: 2)
    try stage.start()
    let chat = try stage.chat()
    for text in ["one", "two", "three"] { #expect(try chat.ask(text) == "re: \(text)") }
    let session = try stage.current()
    #expect(stage.stop() == 0)
    #expect(stage.log.contains("memory: 0 turns acknowledged, 3 deferred to the next start"))
    try server.clear()
    try server.release()
    try stage.start()
    try stage.settled("memory")
    #expect(try server.turns(session) == ["1 one", "2 two", "3 three"])
    #expect(stage.stop() == 0)
  }
}
