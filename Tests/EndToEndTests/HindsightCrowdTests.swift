import HoldfastCore
import Testing

/// What the Hindsight provider does when many sessions have something to store at once: it asks for
/// the list of a bank's newest operations rather than for each of them.
@Suite struct HindsightCrowdTests {
  private static let people = 12

  /// Everybody says something, and the server answers all of it at one moment.
  private func speak(
    _ chats: [Chat], round: Int, _ server: MemoryServer, first: String? = nil
  ) throws {
    let before = try server.count("retain")
    if let first { try server.rule("{\"on\": \"retain\", \"do\": \"\(first)\", \"times\": 3}") }
    let rest = Self.people - (first == nil ? 0 : 3)
    try server.rule("{\"on\": \"retain\", \"do\": \"swallow\", \"times\": \(rest)}")
    for chat in chats { try chat.say("turn \(round)") }
    try server.received(before + Self.people, "retain")
    try server.release()
  }

  /// Speaks until the server was asked for a list, and gives the number of rounds. Nothing but how
  /// busy the machine is decides whether answers come together.
  private func crowd(
    _ server: MemoryServer, _ stage: Stage, first: String? = nil
  ) throws -> Int {
    stage.hindsight(server, settings: "config.timeout_ms = 500")
    try stage.start()
    let chats = try (1...Self.people).map { try stage.chat("chat-\($0)", user: "person-\($0)") }
    var rounds = 0
    try Patience.until("a list was asked for") {
      rounds += 1
      try speak(chats, round: rounds, server, first: first)
      try stage.settled("memory")
      return try server.count("operations") > 0
    }
    return rounds
  }

  private func checkDocuments(_ server: MemoryServer, _ stage: Stage, rounds: Int) throws {
    for person in 1...Self.people {
      let session = try stage.current("chat-\(person)")
      #expect(try server.turns(session) == (1...rounds).map { "\($0) turn \($0)" })
    }
    #expect(try stage.row("memory").parkedBatches == 0)
    #expect(stage.stop() == 0)
  }

  @Test func manyOperationsAreLookedAtTogether() throws {
    let (server, stage) = (try MemoryServer(), try Stage())
    let rounds = try crowd(server, stage)
    #expect(try server.count("operation") < rounds * Self.people)
    try checkDocuments(server, stage, rounds: rounds)
  }

  @Test(arguments: ["hang", "cut", "drop", "garbage", "nulls", "status"])
  func withoutAListEachIsLookedAtByItself(fault: String) throws {
    let (server, stage) = (try MemoryServer(), try Stage())
    try server.rule("{\"on\": \"operations\", \"do\": \"\(fault)\", \"status\": 403}")
    let rounds = try crowd(server, stage)
    #expect(try server.count("operations") == 1)
    #expect(try server.count("operation") >= 3)
    #expect(try stage.plugin("memory").failures == 0)
    try checkDocuments(server, stage, rounds: rounds)
  }

  @Test(arguments: ["fail", "cancel", "forget"])
  func whatAListDoesNotCallCompletedIsLookedAtByItself(fault: String) throws {
    let (server, stage) = (try MemoryServer(), try Stage())
    let rounds = try crowd(server, stage, first: fault)
    #expect(try server.count("operation") >= 3)
    try checkDocuments(server, stage, rounds: rounds)
  }

  @Test func anOperationThatIsPendingInTheListIsLookedAtAgain() throws {
    let (server, stage) = (try MemoryServer("--operation-ms", "60"), try Stage())
    let rounds = try crowd(server, stage)
    try checkDocuments(server, stage, rounds: rounds)
  }
}
