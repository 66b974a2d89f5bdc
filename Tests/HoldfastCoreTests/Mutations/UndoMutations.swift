@testable import HoldfastCore
@testable import HoldfastSimulator

extension Mutation {
  /// Mistakes with what is taken back.
  static let undos: [Mutation] = [
    Mutation("index used again after an undo", .newIndex) { tamper in
      tamper.effects { effects, host, _, tamper in
        for case .withdrawTurns(let session, let turns) in effects.rows {
          for key in host.placesInOrder
          where host.places[key]?.session?.id == session && host.places[key]?.lane.running == nil {
            tamper.note()
            host.places[key]?.session?.lastTurn = (turns.first ?? 1) - 1
          }
        }
      }
    },
    Mutation("watermark lowered by an undo", .storedOnce, .staysWithdrawn, .recallIsOwn, .atRest) {
      tamper in
      tamper.effects { effects, host, _, tamper in
        for case .withdrawTurns(let session, let turns) in effects.rows {
          for id in host.providers.keys.sorted() {
            guard let watermark = host.providers[id]?.backlogs[session]?.watermark,
              let first = turns.first, first <= watermark, first > 1
            else { continue }
            tamper.note()
            // One turn too far, so that a turn that was not taken back is behind it again.
            host.providers[id]?.change(session) { $0.watermark = first - 2 }
            tamper.rows.append(.setCursor(id, session, watermark: first - 2, isOwing: true))
          }
        }
      }
    },
    Mutation("undo drops what is in flight", .staysWithdrawn, .recallIsOwn) { tamper in
      tamper.rows { row, host in
        guard case .oweWithdrawal(let record) = row,
          let backlog = host.providers[record.enrolment]?.backlogs[record.session],
          backlog.cut?.record.turns.contains(record.turn) ?? false
        else { return [row] }
        host.providers[record.enrolment]?.change(record.session) { backlog in
          backlog.owed.removeAll { $0.record.turn == record.turn }
        }
        return []
      }
    },
    Mutation("undo withdraws nothing that was acknowledged", .staysWithdrawn, .recallIsOwn) {
      tamper in
      tamper.backlogs { backlog, _, _ in
        let cut = backlog.cut?.record.turns ?? TurnSet()
        backlog.owed.removeAll { !cut.contains($0.record.turn) }
      }
    },
    Mutation("withdrawal overtakes the batch", .withdrawalBehindBatch) { tamper in
      var early: [(row: WithdrawalRecord, instance: InstanceID, request: WithdrawRequest)] = []
      tamper.start { _, _, _ in early = [] }
      tamper.effects { effects, host, moment, tamper in
        for case .oweWithdrawal(let row) in effects.rows {
          guard let backlog = host.providers[row.enrolment]?.backlogs[row.session],
            backlog.cut?.record.turns.contains(row.turn) ?? false,
            let instance = host.owners[row.enrolment]
          else { continue }
          let request = WithdrawRequest(
            context: host.context(of: backlog.session, turns: TurnSet(), reason: "undo"),
            key: "at once", document: row.session.description, turns: [(row.turn, nil, "")])
          early.append((row, instance, request))
        }
        for (row, instance, request) in early where moment.world.hasSynced(row) {
          tamper.note()
          effects.append(
            .call(instance, host.numbers.operation(), .withdraw(request), deadline: nil))
        }
        early.removeAll { moment.world.hasSynced($0.row) }
      }
    },
    Mutation("withdrawal sent before it is synced", .syncedFirst) { tamper in
      tamper.backlogs { backlog, host, _ in
        let turns = TurnSet(backlog.owed.filter { !$0.isDurable }.map(\.record.turn))
        guard !turns.isEmpty else { return }
        backlog.becameDurable(withdrawals: turns)
        host.providers[backlog.enrolment]?.list(backlog.session.id)
        host.dispatch(backlog.enrolment)
      }
    },
    Mutation("withdrawals are not journalled", .syncedFirst, .staysWithdrawn) { tamper in
      tamper.drop { if case .oweWithdrawal = $0 { true } else { false } }
    },
    Mutation("a batch sent again leaves out what was taken back", .ownIdentity) { tamper in
      tamper.calls { call, _, world, tamper in
        guard case .retain(var request) = call else { return call }
        let kept = request.turns.filter { turn in
          world.submitted.facts[turn.session]?[turn.index]?.isWithdrawn == false
        }
        if kept.count < request.turns.count { tamper.note() }
        request.turns = kept
        return .retain(request)
      }
    },
    Mutation(
      "a trimmed dead letter goes back to the backlog", .inOrder, .nothingLost, .recallIsOwn,
      .staysWithdrawn
    ) {
      tamper in
      tamper.effects { effects, host, _, tamper in
        for case .openCut(let cut) in effects.rows where cut.status == .parked {
          guard var backlog = host.providers[cut.enrolment]?.backlogs[cut.session] else { continue }
          tamper.note()
          backlog.parked.removeAll { $0.id == cut.id }
          backlog.pending = TurnSet(cut.turns.turns + backlog.pending.turns)
          backlog.flush()
          host.put(backlog)
          tamper.rows.append(
            .settleCut(cut.id, .dropped, isUnknown: false, attempts: 0, reason: ""))
        }
      }
    },
    Mutation("a deletion withdraws nothing", .staysWithdrawn, .recallIsOwn) { tamper in
      tamper.effects { effects, host, _, tamper in
        for case .deleteSession(let session) in effects.rows {
          for id in host.providers.keys
          where host.providers[id]?.backlogs[session]?.owed.isEmpty == false {
            tamper.note()
            host.providers[id]?.change(session) { $0.owed = [] }
          }
        }
      }
    },
    Mutation("a deleted session is purged at once", .syncedFirst, .staysWithdrawn) { tamper in
      tamper.rows { row, host in
        guard case .deleteSession(let session) = row,
          host.providers.values.contains(where: { $0.backlogs[session]?.isOwing ?? false })
        else { return [row] }
        return [row, .purgeSession(session)]
      }
    },
  ]
}

extension World {
  /// Whether a withdrawal's row is synced, and still owed.
  func hasSynced(_ row: WithdrawalRecord) -> Bool {
    let owner = JournalModel.Owner(enrolment: row.enrolment, session: row.session)
    return synced.journal.withdrawals[owner]?[row.turn] != nil
  }
}
