@testable import HoldfastCore
@testable import HoldfastSimulator

extension Mutation {
  /// Mistakes with what is recalled.
  static let recalls: [Mutation] = [
    Mutation("what a prefetch left is used in the next session", .recallIsOwn) { tamper in
      var warm: [SessionKey: WarmRecall] = [:]
      tamper.input { _, host, _, _ in
        warm = [:]
        for key in host.placesInOrder { warm[key] = host.places[key]?.warm }
      }
      tamper.effects { _, host, _, tamper in
        for (key, var old) in warm {
          guard let place = host.places[key], let session = place.session,
            place.epoch != old.epoch, place.warm == nil
          else { continue }
          tamper.note()
          (old.session, old.epoch) = (session.id, place.epoch)
          host.places[key]?.warm = old
        }
      }
      tamper.loseRecalls()
    },
    Mutation("a prefetch goes on across a switch", .recallIsOwn) { tamper in
      var old: [SessionKey: (epoch: Epoch, calls: [EnrolmentID: OperationID])] = [:]
      var operations: [OperationID: Operation] = [:]
      tamper.input { _, host, _, _ in
        operations = host.operations
        for key in host.placesInOrder {
          guard let place = host.places[key] else { continue }
          old[key] = (place.epoch, place.prefetches)
        }
      }
      tamper.effects { effects, host, _, tamper in
        for (key, before) in old where host.places[key]?.epoch != before.epoch {
          for (enrolment, id) in before.calls where host.operations[id] == nil {
            guard let operation = operations[id], host.places[key]?.session != nil else { continue }
            tamper.note()
            host.operations[id] = operation
            host.places[key]?.prefetches[enrolment] = id
            effects.removeAll { if case .cancel(_, id) = $0 { true } else { false } }
          }
        }
      }
      tamper.loseRecalls()
    },
    Mutation("a late recall is taken for the current one", .recallIsOwn) { tamper in
      var answers: [EnrolmentID: [RecallItem]] = [:]
      tamper.start { _, _, _ in answers = [:] }
      tamper.input { input, host, _, tamper in
        guard case .plugin(let instance, .answered(let id, var answer, let hasReturned)) = input,
          case .recall(let enrolment, _)? = host.operations[id]?.purpose
        else { return }
        let late = answers[enrolment] ?? []
        answers[enrolment] = answer.items
        if late.isEmpty { return }
        tamper.note()
        answer.items = late
        input = .plugin(instance, .answered(id, answer, hasReturned: hasReturned))
      }
    },
    Mutation("a recall is checked when it arrives, and not when it is used", .recallIsOwn) {
      tamper in
      tamper.keepSlots()
    },
    Mutation("scopes are not looked at", .recallIsOwn) { tamper in
      tamper.input { input, host, _, tamper in
        guard case .plugin(let instance, .answered(let id, var answer, let hasReturned)) = input,
          case .recall(_, let name)? = host.operations[id]?.purpose,
          let scope = host.places[name.key]?.slots[name.input]?.request.context.scope
        else { return }
        for position in answer.items.indices where answer.items[position].scope != scope {
          tamper.note()
          answer.items[position].scope = scope
        }
        input = .plugin(instance, .answered(id, answer, hasReturned: hasReturned))
      }
    },
    Mutation("what is being taken back is recalled", .recallIsOwn, .staysWithdrawn) { tamper in
      var owed: [(EnrolmentID, SessionID, [Backlog.Owed])] = []
      tamper.input { _, host, _, tamper in
        owed = []
        for id in host.providers.keys.sorted() {
          for session in host.providers[id]?.backlogs.keys.sorted() ?? [] {
            guard let backlog = host.providers[id]?.backlogs[session], !backlog.owed.isEmpty,
              backlog.activity == nil
            else { continue }
            tamper.note()
            owed.append((id, session, backlog.owed))
            host.providers[id]?.change(session) { $0.owed = [] }
          }
        }
      }
      tamper.effects { _, host, _, _ in
        for (id, session, rows) in owed {
          host.providers[id]?.change(session) { $0.owed.insert(contentsOf: rows, at: 0) }
        }
        owed = []
      }
    },
  ]
}

extension Tamper {
  /// No recall is answered in time, so that prompts use what prefetches left.
  func loseRecalls() {
    input { input, host, _, _ in
      guard case .plugin(let instance, .answered(let id, _, let hasReturned)) = input,
        case .recall? = host.operations[id]?.purpose
      else { return }
      input = .plugin(
        instance, .answered(id, PluginAnswer(.failed), hasReturned: hasReturned))
    }
  }

  /// Recalls of an epoch that is over stay, and serve the next message of the place.
  func keepSlots() {
    var old: [SessionKey: [RecallItem]] = [:]
    start { _, _, _ in old = [:] }
    effects { _, host, _, tamper in
      for key in host.placesInOrder {
        for (input, slot) in host.places[key]?.slots ?? [:] where slot.isComplete {
          for case .answered(let items) in slot.parts.values where !items.isEmpty {
            if let left = old[key], left != items, let id = slot.parts.keys.min() {
              tamper.note()
              host.places[key]?.slots[input]?.parts[id] = .answered(left)
            } else {
              old[key] = items
            }
          }
        }
      }
    }
  }
}
