@testable import HoldfastCore
@testable import HoldfastSimulator

extension Mutation {
  /// Mistakes with providers that come and go.
  static let enrolments: [Mutation] = [
    Mutation("a provider that is added later gets everything", .onlyOwed) { tamper in
      tamper.effects { effects, host, moment, tamper in
        for case .appendTurn(let turn) in effects.rows where turn.status == .live {
          for id in host.providers.keys {
            guard var backlog = host.providers[id]?.backlogs[turn.session],
              let start = host.providers[id]?.record.start, backlog.pending.count == 1,
              backlog.cut == nil
            else { continue }
            let old = (moment.world.submitted.facts[turn.session] ?? [:]).filter { _, fact in
              fact.turn.status == .live && !fact.isWithdrawn && fact.turn.sequence <= start
            }.keys
            if old.isEmpty { continue }
            tamper.note()
            backlog.pending = TurnSet(Array(old) + backlog.pending.turns)
            host.put(backlog)
          }
        }
      }
    },
    Mutation("a provider that comes back has forgotten its debt", .nothingLost, .flushBeforeSwitch)
    { tamper in
      tamper.start { host, world, tamper in
        for id in host.providers.keys.sorted() {
          guard let instance = host.owners[id], !world.knownAtStart.contains(instance) else {
            continue
          }
          for session in host.providers[id]?.backlogs.keys.sorted() ?? [] {
            tamper.note()
            host.providers[id]?.forget(session)
            tamper.rows.append(.setCursor(id, session, watermark: 1_000_000, isOwing: false))
          }
        }
      }
    },
    Mutation("a restart forgets what is in no batch", .nothingLost, .flushBeforeSwitch) { tamper in
      tamper.start { host, _, tamper in
        for id in host.providers.keys {
          for session in host.providers[id]?.backlogs.keys.sorted() ?? []
          where host.providers[id]?.backlogs[session]?.pending.isEmpty == false {
            tamper.note()
            host.providers[id]?.change(session) { $0.pending = TurnSet() }
          }
        }
      }
    },
    Mutation("turns of one agent go to the memory of another", .onlyOwed) { tamper in
      tamper.effects { effects, host, _, tamper in
        for case .appendTurn(let turn) in effects.rows where turn.status == .live {
          guard
            let session = host.providers.values.lazy.compactMap({
              $0.backlogs[turn.session]?.session
            })
            .first
          else { continue }
          for id in host.providers.keys.sorted()
          where host.providers[id]?.record.agent != session.key.agent {
            tamper.note()
            host.providers[id]?.owe(turn.index, of: session, at: host.now)
            host.consider(id, turn.session)
          }
        }
      }
    },
  ]
}
