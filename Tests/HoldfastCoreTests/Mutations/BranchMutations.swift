@testable import HoldfastCore
@testable import HoldfastSimulator

extension Mutation {
  /// Mistakes with what a branch shares.
  static let branches: [Mutation] = [
    Mutation("a branch owes what it shares", .ownIdentity, .onlyOwed) { tamper in
      tamper.effects { effects, host, moment, tamper in
        for case .openSession(let session) in effects.rows where session.sharedLimit > 0 {
          for id in host.currentEnrolments(of: session.key.agent) {
            tamper.note()
            var backlog = Backlog(enrolment: id, session: session, watermark: 0)
            backlog.pending = TurnSet(1...session.sharedLimit)
            backlog.flush()
            host.providers[id]?.keep(backlog)
          }
        }
      }
    },
    Mutation(
      "an undo in a branch withdraws the parent's turn", .onlyWithdrawn, .recallIsOwn
    ) { tamper in
      tamper.effects { effects, host, moment, tamper in
        for case .limitShared(let child, let limit) in effects.rows {
          guard let parent = moment.world.submitted.sessions[child]?.branchOf,
            let session = moment.world.submitted.sessions[parent],
            moment.world.submitted.facts[parent]?[limit + 1]?.isWithdrawn == false
          else { continue }
          for id in host.currentEnrolments(of: session.key.agent) {
            tamper.note()
            let row = WithdrawalRecord(
              enrolment: id, session: parent, turn: limit + 1, cut: 0)
            var backlog =
              host.providers[id]?.backlogs[parent]
              ?? Backlog(enrolment: id, session: session, watermark: session.lastTurn)
            backlog.owed.append(Backlog.Owed(record: row, isDurable: true, since: host.now))
            host.providers[id]?.keep(backlog)
            tamper.rows.append(.oweWithdrawal(row))
            host.providers[id]?.list(parent)
            host.dispatch(id)
          }
        }
      }
    },
  ]
}
