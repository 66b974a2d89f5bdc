@testable import HoldfastCore
@testable import HoldfastSimulator

extension Mutation {
  /// Mistakes with batches: what they hold, under what they go, when they go.
  static let cuts: [Mutation] = [
    Mutation("cut not journalled", .syncedFirst) { tamper in
      tamper.drop { if case .openCut = $0 { true } else { false } }
    },
    Mutation("cut sent before it is synced", .syncedFirst) { tamper in
      tamper.backlogs { backlog, host, _ in
        guard let cut = backlog.cut, !cut.isDurable else { return }
        backlog.becameDurable(cut: cut.record.id)
        host.providers[backlog.enrolment]?.list(backlog.session.id)
        host.dispatch(backlog.enrolment)
      }
    },
    Mutation("buffer cleared at a switch", .nothingLost, .flushBeforeSwitch) { tamper in
      tamper.effects { effects, host, _, tamper in
        for session in effects.rows.switched {
          for id in host.providers.keys
          where host.providers[id]?.backlogs[session]?.pending.isEmpty == false {
            tamper.note()
            host.providers[id]?.change(session) { $0.pending = TurnSet() }
          }
        }
      }
    },
    Mutation("flush under the new id", .ownIdentity) { tamper in
      tamper.calls { call, _, world, tamper in
        guard case .retain(var request) = call,
          let key = world.submitted.sessions[request.cut.session]?.key,
          let current = world.submitted.journal.place(key).session,
          current.id != request.cut.session
        else { return call }
        tamper.note()
        request.cut.document = current.id.description
        return .retain(request)
      }
    },
    Mutation("a session is its own parent", .ownIdentity) { tamper in
      tamper.cutRows { cut, _ in cut.parent = cut.session }
    },
    Mutation("a parent's tag sticks to later sessions", .ownIdentity) { tamper in
      tamper.cutRows { cut, host in
        let parents = host.places.values.compactMap { $0.session?.parent }.sorted()
        guard cut.parent == nil, let parent = parents.first else { return }
        cut.tags.append("parent:\(parent)")
      }
    },
    Mutation("scope of another person", .ownIdentity) { tamper in
      tamper.cutRows { cut, _ in cut.scope = Scope("main/channel:console/user:somebody") }
    },
    Mutation("interrupted turns are retained", .onlyOwed, .ownIdentity) { tamper in
      tamper.effects { effects, host, _, tamper in
        for case .appendTurn(let turn) in effects.rows where turn.status == .interrupted {
          for id in host.providers.keys {
            guard var pending = host.providers[id]?.backlogs[turn.session]?.pending,
              turn.index > pending.last ?? 0
            else { continue }
            tamper.note()
            pending.append(turn.index)
            host.providers[id]?.change(turn.session) { $0.pending = pending }
          }
        }
      }
    },
    Mutation("a failed batch is overtaken", .inOrder, .nothingLost) { tamper in
      var aside: [String: Backlog.OpenCut] = [:]
      tamper.effects { _, _, moment, _ in
        if case .start = moment.input { aside = [:] }
      }
      tamper.backlogs { backlog, _, _ in
        let name = "\(backlog.enrolment.value)/\(backlog.session.id)"
        if let cut = backlog.cut, cut.failures > 0, backlog.activity == nil,
          !backlog.pending.isEmpty, backlog.owed.isEmpty, aside[name] == nil
        {
          aside[name] = cut
          backlog.cut = nil
          backlog.flush()
        } else if backlog.cut == nil, backlog.pending.isEmpty, let cut = aside[name] {
          aside[name] = nil
          backlog.cut = cut
        }
      }
    },
    Mutation("compaction replaces rows that are owed", .nothingLost, .flushBeforeSwitch) { tamper in
      tamper.effects { effects, host, _, tamper in
        for case .compact(let session, _, let limit) in effects.rows {
          for id in host.providers.keys {
            guard var backlog = host.providers[id]?.backlogs[session] else { continue }
            if !backlog.pending.takePrefix(.max, through: limit).isEmpty {
              tamper.note()
              host.put(backlog)
            }
          }
        }
      }
    },
  ]
}

extension [JournalOperation] {
  /// The sessions that a switch in this transaction leaves.
  var switched: [SessionID] {
    compactMap { row in
      guard case .emit(let event) = row, event.kind == .sessionSwitched,
        event.context.session != event.newSession
      else { return nil }
      return event.context.session
    }
  }
}

extension Tamper {
  /// Changes every cut as it is made, in the journal and in the host.
  func cutRows(_ change: @escaping (inout CutRecord, Host) -> Void) {
    effects { effects, host, _, tamper in
      for position in effects.indices {
        guard case .commit(var transaction) = effects[position] else { continue }
        for row in transaction.operations.indices {
          guard case .openCut(var cut) = transaction.operations[row] else { continue }
          let before = cut
          change(&cut, host)
          if cut == before { continue }
          tamper.note()
          transaction.operations[row] = .openCut(cut)
          if host.providers[cut.enrolment]?.backlogs[cut.session]?.cut?.record.id == cut.id {
            host.providers[cut.enrolment]?.change(cut.session) { $0.cut?.record = cut }
          }
        }
        effects[position] = .commit(transaction)
      }
    }
  }
}
