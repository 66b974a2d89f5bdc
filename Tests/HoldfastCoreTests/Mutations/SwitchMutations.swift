@testable import HoldfastCore
@testable import HoldfastSimulator

extension Mutation {
  /// Mistakes with the order in which providers hear of switches and turns.
  static let switches: [Mutation] = [
    Mutation("a switch is heard before the flush", .flushBeforeSwitch) { tamper in
      tamper.effects { effects, host, _, tamper in
        for instance in host.instances {
          let events =
            host.plugins[instance]?.mailbox?.advance(at: host.now, isFlushed: { _ in true }) ?? []
          if !events.isEmpty { tamper.note() }
          effects += events.map { .deliver(instance, $0.event, number: $0.number) }
        }
      }
    },
    Mutation("a switch is heard as soon as it is decided", .syncedFirst) { tamper in
      tamper.effects { effects, host, moment, tamper in
        for case .emit(let event) in effects.rows where event.kind == .sessionSwitched {
          for instance in moment.world.providers.keys.sorted()
          where host.plugins[instance]?.mailbox != nil {
            tamper.note()
            effects.append(.deliver(instance, event, number: 0))
          }
        }
      }
    },
    Mutation("a switch waits until all is settled", .notHeldUp) { tamper in
      tamper.input { _, host, _, tamper in
        for id in host.providers.keys {
          for session in host.providers[id]?.backlogs.keys.sorted() ?? []
          where host.providers[id]?.backlogs[session]?.cut?.wasTried == true {
            tamper.note()
            host.providers[id]?.change(session) { $0.cut?.wasTried = false }
          }
        }
      }
      tamper.retainAnswers { _, backlog, _ in backlog.cut?.wasTried = false }
      tamper.backlogs { backlog, _, _ in
        if backlog.cut?.wasTried == true { backlog.cut?.wasTried = false }
      }
    },
    Mutation("turns overtake the switch", .switchBeforeTurns, .notHeldUp) { tamper in
      tamper.switchEvents { effect, tamper in tamper.postpone(effect, by: 12) }
    },
    Mutation("a switch is lost", .switchBeforeTurns) { tamper in
      tamper.switchEvents { _, _ in }
    },
    Mutation("what was not handled counts as handled", .switchBeforeTurns, .notHeldUp) { tamper in
      tamper.rows { row, host in
        guard case .advanceEvents(let instance, let sequence) = row else { return [row] }
        let last = host.numbers.sequenceSoFar
        return last > sequence ? [.advanceEvents(instance, last)] : [row]
      }
    },
  ]
}

extension Tamper {
  /// Takes the events of switches out of what plugins are given.
  func switchEvents(_ take: @escaping (HostEffect, Tamper) -> Void) {
    effects { effects, _, moment, tamper in
      effects.removeAll { effect in
        guard case .deliver(let instance, let event, let number) = effect,
          event.kind == .sessionSwitched
        else { return false }
        tamper.note()
        // The host believes that it was handed over and handled.
        moment.world.report(
          instance, .handledEvents(through: number, failures: 0), after: .milliseconds(1))
        take(.deliver(instance, event, number: 0), tamper)
        return true
      }
    }
  }
}
