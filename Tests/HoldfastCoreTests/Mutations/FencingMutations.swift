@testable import HoldfastCore
@testable import HoldfastSimulator

extension Mutation {
  /// Mistakes with turns that have lost their session.
  static let fencing: [Mutation] = [
    Mutation("a fenced turn goes on", .accepted, .bounded) { tamper in
      tamper.keepRunning(JournalOperation.raisesToken)
    },
    Mutation(
      "a fenced turn goes on, and no token was raised", .fencedIsOver, .bounded
    ) { tamper in
      tamper.keepRunning(JournalOperation.raisesToken)
      tamper.effects { effects, host, _, tamper in
        // Only where the turn goes on: then the guard of its interruption is gone.
        let rows = effects.rows
        let guarded = rows.compactMap { if case .guardTurn(let id, _, _) = $0 { id } else { nil } }
        for case .raiseToken(let id, let token) in rows where !guarded.contains(id) {
          tamper.note()
          for key in host.placesInOrder where host.places[key]?.session?.id == id {
            host.places[key]?.session?.token = token - 1
          }
          effects.removeRows { $0 == .raiseToken(id, to: token) }
        }
      }
    },
    Mutation(
      "a fenced turn goes on, and its old token is accepted", .fencedIsOver, .bounded
    ) { tamper in
      tamper.keepRunning(JournalOperation.raisesToken)
      tamper.rows { row, host in
        guard case .guardTurn(let id, _, let next) = row,
          let session = host.places.values.compactMap(\.session).first(where: { $0.id == id })
        else { return [row] }
        return [.guardTurn(id, token: session.token, nextTurn: next)]
      }
    },
  ]
}

extension JournalOperation {
  /// Whether one of them takes a session away.
  static func raisesToken(_ rows: [JournalOperation]) -> Bool {
    rows.contains { if case .raiseToken = $0 { true } else { false } }
  }
}

extension [HostEffect] {
  /// Leaves rows out of the transactions among them.
  mutating func removeRows(where isDropped: (JournalOperation) -> Bool) {
    for position in indices {
      guard case .commit(var transaction) = self[position] else { continue }
      transaction.operations.removeAll(where: isDropped)
      self[position] = .commit(transaction)
    }
  }
}
