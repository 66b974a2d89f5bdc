import HoldfastCore
import Testing

/// What the Hindsight provider does when many sessions have something to store at once: it asks for
/// the list of a bank's newest operations rather than for each of them.
@Suite struct HindsightCrowdTests {
  private static let people = 12
  private static let faulty = 5

  private let server: MemoryServer
  private let stage: Stage

  init() throws {
    server = try MemoryServer()
    stage = try Stage()
  }

  /// Everybody says something, and the server answers all of it at one moment, but for five whose
  /// operations fail: those were looked at before. Gives whether a list was asked for by then.
  private func speak(_ chats: [Chat], round: Int, fault: String? = nil) throws -> Bool {
    let (before, lists) = (try server.count("retain"), try server.count("operations"))
    let retries = try server.count("retry")
    let held = Self.people - (fault == nil ? 0 : Self.faulty)
    try server.rule("{\"on\": \"retain\", \"do\": \"swallow\", \"times\": \(held)}")
    if let fault {
      try server.rule("{\"on\": \"retain\", \"do\": \"\(fault)\", \"times\": \(Self.faulty)}")
    }
    for chat in chats { chat.tell("turn \(round)", id: "\(chat.user) \(round)") }
    try server.received(before + Self.people, "retain")
    switch fault {
    case nil: break
    case "forget": try server.received(before + Self.people + Self.faulty, "retain")
    default: try server.received(retries + Self.faulty, "retry")
    }
    let wasListed = try server.count("operations") > lists
    try server.release()
    for chat in chats { _ = try chat.reply(to: "\(chat.user) \(round)") }
    try stage.settled("memory")
    return try fault == nil ? server.count("operations") > lists : wasListed
  }

  /// Speaks until the server was asked for a list, and gives the number of rounds. Nothing but how
  /// busy the machine is decides whether answers come together.
  private func crowd(_ chats: [Chat], fault: String? = nil) throws -> Int {
    var rounds = 0
    try Patience.until("a list was asked for") {
      rounds += 1
      return try speak(chats, round: rounds, fault: fault)
    }
    return rounds
  }

  private func begin() throws -> [Chat] {
    stage.hindsight(server)
    try stage.start()
    return try (1...Self.people).map { try stage.chat("chat-\($0)", user: "person-\($0)") }
  }

  private func checkDocuments(rounds: Int) throws {
    for person in 1...Self.people {
      let session = try stage.current("chat-\(person)")
      #expect(try server.turns(session) == (1...rounds).map { "\($0) turn \($0)" })
    }
    #expect(try stage.row("memory").parkedBatches == 0)
    #expect(stage.stop() == 0)
  }

  @Test func manyOperationsAreLookedAtTogether() throws {
    let rounds = try crowd(try begin())
    #expect(try server.count("operation") < rounds * Self.people)
    try checkDocuments(rounds: rounds)
  }

  @Test(arguments: ["hang", "cut", "drop", "garbage", "nulls", "status"])
  func withoutAListEachIsLookedAtByItself(fault: String) throws {
    try server.rule("{\"on\": \"operations\", \"do\": \"\(fault)\", \"status\": 403}")
    let chats = try begin()
    let rounds = try crowd(chats)
    let lists = try server.count("operations")
    #expect(try !speak(chats, round: rounds + 1), "it is not asked for one again")
    #expect(try server.count("operations") == lists)
    #expect(try server.count("operation") >= Self.people)
    #expect(try stage.plugin("memory").failures == 0)
    try checkDocuments(rounds: rounds + 1)
  }

  @Test func aServerThatNeedsLongForAListIsNotAskedForOne() throws {
    try server.rule("{\"on\": \"operations\", \"do\": \"slow\", \"ms\": 150}")
    let chats = try begin()
    let rounds = try crowd(chats)
    #expect(try !speak(chats, round: rounds + 1))
    try checkDocuments(rounds: rounds + 1)
  }

  @Test func aListForWhichTheServerAsksToWaitIsWaitedFor() throws {
    let wait = "\"do\": \"status\", \"status\": 429, \"retry_after\": 1, \"times\": 1"
    try server.rule("{\"on\": \"operations\", \(wait)}")
    let rounds = try crowd(try begin())
    #expect(try stage.plugin("memory").failures == 0)
    try checkDocuments(rounds: rounds)
  }

  @Test(arguments: ["fail", "cancel", "forget"])
  func whatAListDoesNotCallCompletedIsLookedAtByItself(fault: String) throws {
    let rounds = try crowd(try begin(), fault: fault)
    #expect(try server.count("operation") >= 3)
    try checkDocuments(rounds: rounds)
  }

  @Test func anOperationThatIsPendingInTheListIsLookedAtAgain() throws {
    try server.client.post("/__set", "{\"operation_ms\": 2000}")
    let rounds = try crowd(try begin())
    #expect(try server.count("operation") >= 3)
    try checkDocuments(rounds: rounds)
  }

  /// Everybody has said something whose operation does not come to its end, and a list that was
  /// asked for is not answered: other looks wait behind it.
  private func gather(_ chats: [Chat]) throws {
    let pending = JSON.string(#"{"status": "pending"}"#).text()
    try server.rule(
      "{\"on\": \"operation\", \"do\": \"status\", \"status\": 200, \"body\": \(pending)}")
    try server.rule("{\"on\": \"operations\", \"do\": \"hang\"}")
    try server.rule("{\"on\": \"retain\", \"do\": \"swallow\", \"times\": \(Self.people)}")
    for chat in chats { chat.tell("turn 1", id: chat.user) }
    try server.received(Self.people, "retain")
    try server.release()
    for chat in chats { _ = try chat.reply(to: chat.user) }
    try server.received(1, "operations")
  }

  /// Nobody hears what became of the looks, and what was sent is sent again under the same ids.
  @Test func aHostThatStopsWhileLooksAreGatheredHasEveryTurnStoredOnce() throws {
    // Sooner than the list is given up.
    stage.head = "[host]\nshutdown_timeout_ms = 400\n"
    try gather(try begin())
    #expect(stage.stop() == 0)
    #expect(stage.lastLog.contains("0 turns acknowledged, \(Self.people) deferred"))
    #expect(!stage.lastLog.contains("did not return in time"))
    try server.clear()
    try server.release()
    try stage.start()
    try stage.settled("memory")
    #expect(try Set(server.sent().map(\.operation)).count == Self.people)
    try checkDocuments(rounds: 1)
  }

  @Test func aPluginThatStopsWhileLooksAreGatheredHasEveryTurnStoredOnce() throws {
    try gather(try begin())
    try stage.done(.stopPlugin(InstanceID("memory")))
    try Patience.until("the plugin has stopped") { try stage.plugin("memory").state == "stopped" }
    #expect(try stage.row("memory").unknownBatches == Self.people)
    #expect(stage.stop() == 0)
    try server.clear()
    try server.release()
    try stage.start()
    try stage.settled("memory")
    #expect(try Set(server.sent().map(\.operation)).count == Self.people)
    try checkDocuments(rounds: 1)
  }
}
