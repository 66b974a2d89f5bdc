import HoldfastCore

/// What a memory server holds: it honours keys, and outlives every host.
struct Store: Sendable {
  /// A turn that was stored.
  struct Entry: Sendable {
    var turn: TurnIndex
    var text: String
    var session: SessionID
    var scope: Scope
    var cut: Int64
    /// The host had given the request up when it landed.
    var isStray = false
  }

  /// Every document's turns in the order in which they came.
  var documents: [String: [Entry]] = [:]
  var keys: Set<String> = []
  var honoursKeys = true

  /// Stores a batch unless its key was stored before; false if it was.
  mutating func retain(_ request: RetainRequest, isStray: Bool = false) -> Bool {
    guard keys.insert(request.key).inserted || !honoursKeys else { return false }
    for turn in request.turns {
      documents[request.cut.document, default: []].append(
        Entry(
          turn: turn.index, text: turn.userText, session: turn.session,
          scope: request.cut.scope, cut: request.cut.id, isStray: isStray))
    }
    return true
  }

  func isStray(_ turn: TurnIndex, in document: String) -> Bool {
    documents[document]?.contains { $0.turn == turn && $0.isStray } ?? false
  }

  mutating func withdraw(_ request: WithdrawRequest) {
    let turns = Set(request.turns.map(\.turn))
    documents[request.document]?.removeAll { turns.contains($0.turn) }
  }

  /// The last entries of a scope.
  func entries(in scope: Scope, limit: Int) -> [Entry] {
    var found: [Entry] = []
    for document in documents.keys.sorted() {
      found += (documents[document] ?? []).filter { $0.scope == scope }
    }
    return Array(found.suffix(limit))
  }
}
