@testable import HoldfastCore
@testable import HoldfastSimulator

extension Mutation {
  /// Mistakes with tools.
  static let tools: [Mutation] = [
    Mutation("the row before a tool is not journalled", .syncedFirst) { tamper in
      tamper.drop { if case .startTool = $0 { true } else { false } }
    },
    Mutation("a tool is called before its row is synced", .syncedFirst) { tamper in
      tamper.effects { effects, host, moment, tamper in
        for case .startTool(let row) in effects.rows {
          guard let input = moment.world.submitted.journal.inputs[row.input] else { continue }
          tamper.note()
          var context = CallContext()
          context.session = input.session
          context.key = input.key
          context.epoch = input.epoch
          let call = ToolCall(
            context: context, key: "tool/\(input.session)/\(row.input)/\(row.number)",
            name: String(row.name.dropFirst("box__".count)), arguments: row.arguments)
          effects.append(
            .call(InstanceID("box"), host.numbers.operation(), .callTool(call), deadline: nil))
        }
      }
    },
    Mutation("results of tools go into the next session's prompt", .resultsAreOwn) { tamper in
      var last: (session: SessionID, result: String)?
      tamper.calls { call, _, _, tamper in
        guard case .respond(var request) = call, let session = request.context.session,
          let use = request.uses.first, !use.status.isFailure
        else { return call }
        if let last, last.session != session {
          tamper.note()
          request.uses[0].result = last.result
        }
        last = (session, use.result)
        return .respond(request)
      }
    },
    Mutation("the rows of a turn's tools outlive the turn", .atRest) { tamper in
      tamper.drop { if case .endTools = $0 { true } else { false } }
    },
  ]
}
