import HoldfastCore
import Testing

/// What the Hindsight provider says of a batch that the server took, or may have taken: never that
/// it is not stored. What is taken back while the provider fails is nowhere afterwards.
@Suite struct HindsightOutcomeTests {
  /// What a batch meets with, in the order of its requests.
  struct Fault: CustomTestStringConvertible {
    let name: String
    let rules: [String]
    var testDescription: String { name }

    init(_ name: String, _ rules: String...) {
      self.name = name
      self.rules = rules
    }
  }

  private static let unheardOf =
    #"{"on": "operation", "do": "status", "status": 200, "body": "{\"status\": \"not_found\"}", "#
    + #""times": 1}"#

  private static func once(_ endpoint: String, _ status: Int, _ action: String = "status") -> String
  {
    "{\"on\": \"\(endpoint)\", \"do\": \"\(action)\", \"status\": \(status), \"times\": 1}"
  }

  private static let lookedAtLater = Fault(
    "a look that is to wait",
    #"{"on": "operation", "do": "status", "status": 429, "retry_after": 3, "times": 1}"#)

  /// The operation is not known for a moment, and what is sent again is not taken.
  private static let sentAgain = [401, 413, 503].map { status in
    Fault(
      "sent again for \(status)", #"{"on": "retain", "do": "nothing", "times": 1}"#, unheardOf,
      once("retain", status))
  }

  /// An operation that fails, and fails again when it is told to try again; or cannot be told.
  private static let failed = [("fail", 200), ("fail", 404), ("fail", 429), ("cancel", 200)].map {
    Fault("\($0), then \($1)", once("retain", 0, $0), once("retry", $1))
  }

  private static let gateways = [408, 502, 503, 524].map { status in
    Fault("a proxy's \(status)", once("retain", status, "gateway"))
  }

  /// How the provider is when a failure is first seen.
  private func firstFailure(_ stage: Stage) throws -> ProviderStatusRow {
    var row = try stage.row("memory")
    try Patience.until("the failure is seen") {
      row = try stage.row("memory")
      return !row.lastError.isEmpty
    }
    return row
  }

  private static let putOff = Fault(
    "a proxy that asks to wait",
    #"{"on": "retain", "do": "gateway", "status": 503, "retry_after": 3, "times": 1}"#)

  @Test(arguments: [lookedAtLater, putOff] + sentAgain + failed + gateways)
  func whatMayBeStoredIsTakenOutOnceItIsThere(fault: Fault) throws {
    let server = try MemoryServer()
    for rule in fault.rules { try server.rule(rule) }
    let stage = try Stage()
    stage.hindsight(server, every: 2, settings: "deadline_retain_ms = 2000")
    try stage.start()
    let chat = try stage.chat()
    for text in ["one", "two"] { try chat.ask(text) }
    #expect(try firstFailure(stage).unknownBatches == 1)
    #expect(try chat.ask("/undo") == "One turn taken back.")
    // What failed is told to try again by somebody else as well.
    for operation in try server.operations() {
      try server.client.post(
        "/v1/default/banks/\(server.bank)/operations/\(operation["id"].text)/retry")
    }
    try stage.settled("memory")
    #expect(try server.turns(try stage.current()) == ["1 one"])
    #expect(try stage.row("memory").parkedBatches == 0)
    #expect(stage.stop() == 0)
  }

  @Test(arguments: [401, 404, 429]) func whatWasNotTakenLeavesTheBatch(status: Int) throws {
    let server = try MemoryServer()
    try server.rule(Self.once("retain", status))
    let stage = try Stage()
    stage.hindsight(server, every: 2)
    try stage.start()
    let chat = try stage.chat()
    for text in ["one", "two"] { try chat.ask(text) }
    #expect(try firstFailure(stage).unknownBatches == 0)
    #expect(try chat.ask("/undo") == "One turn taken back.")
    try stage.settled("memory")
    let sent = try server.sent()
    #expect(sent.count == 1 && !(sent.first?.item["content"].text.contains("two") ?? true))
    #expect(try server.turns(try stage.current()) == ["1 one"])
    #expect(stage.stop() == 0)
  }

  /// The replacement of a withdrawal is taken, and fails whatever it is told.
  @Test func aBatchThatWaitsForAWithdrawalWasNotTaken() throws {
    let server = try MemoryServer()
    let stage = try Stage()
    stage.hindsight(server)
    try stage.start()
    let chat = try stage.chat()
    for text in ["one", "two"] { try chat.ask(text) }
    try stage.settled("memory")
    try server.rule(Self.once("retain", 0, "fail"))
    try server.rule("{\"on\": \"retry\", \"do\": \"status\", \"status\": 200}")
    try chat.ask("/undo")
    try server.received(3, "retain")
    try chat.ask("three")
    // The replacement is sent by the withdrawal, for the batch, and by whatever comes next.
    try server.received(5, "retain")
    #expect(try stage.row("memory").unknownBatches == 0)
    try chat.ask("/undo")
    try server.clear()
    try stage.settled("memory")
    #expect(try server.turns(try stage.current()) == ["1 one"])
    #expect(try server.sent().allSatisfy { !$0.item["content"].text.contains("three") })
    #expect(stage.stop() == 0)
  }

  /// What answers in a server's place for a moment, while the server goes on with a batch.
  @Test(arguments: [200, 404]) func aPageInPlaceOfAVersionIsNoOldServer(status: Int) throws {
    let server = try MemoryServer()
    try server.rule(Self.once("retain", 504, "gateway"))
    try server.rule(#"{"on": "version", "do": "nothing", "times": 1}"#)
    let page = #""body": "<html>soon back</html>", "times": 1"#
    try server.rule(
      "{\"on\": \"version\", \"do\": \"status\", \"status\": \(status), \(page)}")
    let stage = try Stage()
    stage.hindsight(server)
    try stage.start()
    try stage.chat().ask("one")
    try stage.settled("memory")
    let session = try stage.current()
    #expect(try server.documents() == [session])
    #expect(try server.turns(session) == ["1 one"])
    #expect(stage.stop() == 0)
  }

  /// A server without operations stores before it answers, and says that it has.
  @Test(arguments: ["<html>log in</html>", "", #"{\"success\": false}"#])
  func anAnswerThatDoesNotSayItIsStoredDoesNotCount(body: String) throws {
    let server = try MemoryServer("--version", "0.4.20")
    let answer = "\"status\": 200, \"body\": \"\(body)\", \"times\": 1"
    try server.rule("{\"on\": \"retain\", \"do\": \"status\", \(answer)}")
    let stage = try Stage()
    stage.hindsight(server)
    try stage.start()
    try stage.chat().ask("one")
    try stage.settled("memory")
    #expect(try server.turns("\(try stage.current()).1-1") == ["1 one"])
    #expect(stage.stop() == 0)
  }
}
