import HoldfastCore

/// Turns in a few sessions, as a busy host writes them.
struct TurnLoad {
  private(set) var opening: [Transaction] = []
  private(set) var last: TransactionID = 0
  let sessions: [SessionID]
  let keys: [SessionKey]
  private var indexes: [TurnIndex]
  private var sequence: BusSequence = 0

  init(sessions count: Int) {
    var identities = IdentitySource(seed: 99)
    sessions = (0..<count).map { _ in identities.session(at: WallTime(milliseconds: 1_000_000)) }
    keys = (0..<count).map {
      SessionKey(agent: "main", channel: "console", kind: .direct, chat: "\($0)")
    }
    indexes = Array(repeating: 0, count: count)
    for (id, key) in zip(sessions, keys) {
      last += 1
      let record = SessionRecord(
        id: id, key: key, scope: Scope("main"), created: WallTime(milliseconds: 1_000_000))
      opening.append(
        Transaction(
          id: last, operations: [.openSession(record), .bind(key, id, 1, record.created)]))
    }
  }

  /// The next turn, in one session after the other.
  mutating func next() -> Transaction {
    let place = Int(sequence) % sessions.count
    indexes[place] += 1
    sequence += 1
    last += 1
    let turn = TurnRecord(
      session: sessions[place], index: indexes[place], status: .live,
      userText: String(repeating: "u", count: 150), answerText: String(repeating: "a", count: 150),
      sequence: sequence)
    return Transaction(
      id: last,
      operations: [
        .guardTurn(sessions[place], token: 1, nextTurn: indexes[place]), .appendTurn(turn),
      ])
  }
}
