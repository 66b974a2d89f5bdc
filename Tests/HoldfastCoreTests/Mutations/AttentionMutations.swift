@testable import HoldfastCore
@testable import HoldfastSimulator

extension Mutation {
  /// Mistakes with sessions that do not go on.
  static let attention: [Mutation] = [
    Mutation("a late heartbeat recovers", .lateBeat) { tamper in
      tamper.input { input, _, _, tamper in
        guard case .heartbeat(let lateness) = input, lateness >= .seconds(1) else { return }
        tamper.note()
        input = .heartbeat(lateBy: .zero)
      }
    },
    Mutation("progress of a turn is not noticed", .progressIsSafe) { tamper in
      tamper.input { input, _, _, tamper in
        guard case .plugin(_, .progress) = input else { return }
        tamper.note()
        input = .tick
      }
    },
    Mutation("a turn is as silent as it is old", .progressIsSafe) { tamper in
      tamper.input { input, host, _, tamper in
        guard case .heartbeat = input else { return }
        for key in host.placesInOrder {
          guard let turn = host.places[key]?.lane.running else { continue }
          tamper.note()
          host.places[key]?.lane.running?.progress?.at = turn.began
          for id in turn.operations { host.operations[id]?.progress?.at = turn.began }
        }
      }
    },
    Mutation("silence is not asked for", .progressIsSafe) { tamper in
      tamper.start { host, _, tamper in
        tamper.note()
        host.configuration.diagnostics.stuckAfter = .zero
        host.configuration.diagnostics.abortAfter = .zero
      }
    },
  ]
}
