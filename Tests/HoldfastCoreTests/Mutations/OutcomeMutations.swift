@testable import HoldfastCore
@testable import HoldfastSimulator

extension Mutation {
  /// Mistakes with what a provider answered to a batch, or did not.
  static let outcomes: [Mutation] = [
    Mutation("watermark ahead of the acknowledgement", .settledIsOver, .nothingLost) { tamper in
      tamper.effects { effects, _, _, tamper in
        for case .call(_, _, .retain(let request), _) in effects {
          tamper.note()
          tamper.rows += [
            .settleCut(
              request.cut.id, .acknowledged, isUnknown: false, attempts: 1, reason: ""),
            .setCursor(
              request.cut.enrolment, request.cut.session,
              watermark: request.cut.turns.last ?? 0, isOwing: true),
          ]
        }
      }
    },
    Mutation("any answer is an acknowledgement", .nothingLost, .settledIsOver) { tamper in
      tamper.retainAnswers { answer, _, _ in
        if answer.status == .failed { answer.status = .ok }
      }
    },
    Mutation("a late answer settles another batch", .nothingLost, .settledIsOver, .inOrder) {
      tamper in
      tamper.input { input, host, world, tamper in
        guard case .plugin(let instance, .staleAnswer) = input else { return }
        let current = host.operations.filter { id, operation in
          guard case .retain = operation.purpose else { return false }
          return operation.instance == instance && world.flights[id]?.isAnswered == false
        }
        guard let id = current.keys.min() else { return }
        tamper.note()
        world.flights[id]?.isAnswered = true
        if let flight = world.flights[id] { world.conclude(flight) }
        input = .plugin(instance, .answered(id, PluginAnswer(.ok), hasReturned: true))
      }
    },
    Mutation(
      "a definite failure erases an unknown outcome", .storedOnce, .staysWithdrawn,
      .recallIsOwn
    ) { tamper in
      tamper.retainAnswers { answer, backlog, _ in
        if answer.status == .failed || answer.status == .busy {
          backlog.cut?.record.isUnknown = false
        }
      }
    },
    Mutation(
      "a crash erases an unknown outcome", .storedOnce, .staysWithdrawn, .recallIsOwn,
      .settledIsOver
    ) { tamper in
      tamper.start { host, _, tamper in
        for id in host.providers.keys {
          for session in host.providers[id]?.backlogs.keys.sorted() ?? []
          where host.providers[id]?.backlogs[session]?.cut?.record.isUnknown == true {
            tamper.note()
            host.providers[id]?.change(session) { $0.cut?.record.isUnknown = false }
          }
        }
      }
    },
    Mutation("a dead letter blocks its session", .atRest, .nothingLost) { tamper in
      tamper.backlogs { backlog, host, _ in
        guard !backlog.parked.isEmpty, backlog.activity == nil, backlog.cut?.isDurable == true,
          backlog.cut?.record.isOutOfOrder == false
        else { return }
        backlog.cut?.retryAt = host.now + .seconds(1_000_000)
      }
    },
    Mutation("a dead letter holds the watermark", .storedOnce, .atRest) { tamper in
      tamper.rows { row, host in
        guard case .setCursor(let id, let session, let watermark, let isOwing) = row,
          let first = host.providers[id]?.backlogs[session]?.parked.compactMap(\.turns.first).min(),
          first <= watermark
        else { return [row] }
        return [.setCursor(id, session, watermark: first - 1, isOwing: isOwing)]
      }
    },
    Mutation("attempts of any kind park", .onlyRefusedIsParked) { tamper in
      tamper.retainAnswers { answer, backlog, _ in
        if answer.status.isFailure, backlog.cut?.record.attempts ?? 0 >= 3 {
          answer.status = .refused
        }
      }
    },
    Mutation("a stop parks", .onlyRefusedIsParked) { tamper in
      tamper.effects { effects, host, _, tamper in
        guard host.stopping != nil else { return }
        for provider in host.providers.values {
          for backlog in provider.backlogs.values {
            guard let cut = backlog.cut?.record else { continue }
            tamper.note()
            tamper.rows.append(
              .settleCut(cut.id, .parked, isUnknown: true, attempts: 1, reason: "stop"))
          }
        }
      }
    },
    Mutation("each attempt has a key of its own", .storedOnce) { tamper in
      tamper.calls { call, _, _, tamper in
        guard case .retain(var request) = call, request.attempt > 1 else { return call }
        tamper.note()
        request.key += "/\(request.attempt)"
        return .retain(request)
      }
    },
    Mutation("a dead letter is sent again under another key", .storedOnce) { tamper in
      tamper.calls { call, _, _, tamper in
        guard case .retain(var request) = call, request.cut.isOutOfOrder else { return call }
        tamper.note()
        request.key += "/again"
        return .retain(request)
      }
    },
    Mutation(
      "a cut is forgotten at a restart", .storedOnce, .nothingLost, .inOrder, .flushBeforeSwitch
    ) { tamper in
      tamper.start { host, _, tamper in
        for id in host.providers.keys {
          for session in host.providers[id]?.backlogs.keys.sorted() ?? [] {
            guard var backlog = host.providers[id]?.backlogs[session],
              let cut = backlog.cut?.record
            else { continue }
            tamper.note()
            backlog.pending = TurnSet(cut.turns.turns + backlog.pending.turns)
            backlog.cut = nil
            backlog.flush()
            host.put(backlog)
          }
        }
      }
    },
  ]
}

extension Tamper {
  /// Changes the answers to batches, and the backlog that hears them.
  func retainAnswers(
    _ change: @escaping (inout PluginAnswer, inout Backlog, Tamper) -> Void
  ) {
    input { input, host, _, tamper in
      guard case .plugin(let instance, .answered(let id, var answer, let hasReturned)) = input,
        case .retain(let enrolment, let session)? = host.operations[id]?.purpose,
        var backlog = host.providers[enrolment]?.backlogs[session]
      else { return }
      let (oldAnswer, oldBacklog) = (answer, backlog)
      change(&answer, &backlog, tamper)
      if answer == oldAnswer, backlog == oldBacklog { return }
      tamper.note()
      host.put(backlog)
      input = .plugin(instance, .answered(id, answer, hasReturned: hasReturned))
    }
  }
}
