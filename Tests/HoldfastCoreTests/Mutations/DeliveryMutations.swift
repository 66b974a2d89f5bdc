@testable import HoldfastCore
@testable import HoldfastSimulator

extension Mutation {
  /// Mistakes with replies and receipts.
  static let deliveries: [Mutation] = [
    Mutation("the mark before a reply is not journalled", .syncedFirst) { tamper in
      tamper.drop { if case .settleReply(_, .sending, _) = $0 { true } else { false } }
    },
    Mutation("a reply is sent twice", .repliedOnce) { tamper in
      tamper.effects { effects, host, _, tamper in
        for case .call(let instance, _, .send(let request), let deadline) in effects {
          tamper.note()
          effects.append(
            .call(instance, host.numbers.operation(), .send(request), deadline: deadline))
        }
      }
    },
    Mutation("what was being sent is sent again after a crash", .repliedOnce, .repliesInOrder) {
      tamper in
      tamper.rows { row, _ in
        guard case .settleReply(let id, .unknown, let result) = row else { return [row] }
        return [.settleReply(id, .pending, result: result)]
      }
    },
    Mutation("replies overtake each other", .repliesInOrder) { tamper in
      tamper.effects { _, host, _, tamper in
        for key in host.deliveries.keys.sorted(by: { $0.description < $1.description }) {
          guard let old = host.deliveries[key], case .pending = old.stage, old.replies.count > 1,
            let first = old.replies.first, let last = old.replies.last,
            last.id <= old.durableThrough, first.id < last.id
          else { continue }
          tamper.note()
          var reversed = Delivery()
          for reply in old.replies.elements.reversed() { reversed.append(reply) }
          reversed.becameDurable(through: old.durableThrough)
          host.deliveries[key] = reversed
        }
      }
    },
    Mutation("a receipt does not wait for the journal", .syncedFirst) { tamper in
      tamper.effects { effects, _, moment, tamper in
        for case .acceptInput(let input) in effects.rows {
          let spoken = moment.world.unreceipted.first { token, spoken in
            spoken.message.messageID == input.messageID && spoken.instance == input.channel
          }
          guard let spoken else { continue }
          tamper.note()
          effects.append(
            .receipt(
              input.channel, .accepted, token: spoken.key, messageID: input.messageID))
        }
      }
    },
    Mutation("a message gets two receipts", .receipts) { tamper in
      tamper.effects { effects, _, _, tamper in
        for case .receipt(let instance, .accepted, let token, let id) in effects {
          tamper.note()
          effects.append(.receipt(instance, .accepted, token: token, messageID: id))
        }
      }
    },
    Mutation("a refused message is forgotten", .receipts) { tamper in
      tamper.effects { effects, _, _, tamper in
        effects.removeAll {
          if case .receipt(_, .busy, _, _) = $0 { true } else { false }
        }
        tamper.note()
      }
    },
  ]

  /// Mistakes with the journal.
  static let journals: [Mutation] = [
    Mutation("reported before it is synced", .syncedFirst) { tamper in
      tamper.effects { effects, _, moment, tamper in
        for case .commit(let transaction) in effects {
          tamper.note()
          let world = moment.world
          world.schedule(after: .zero, life: world.life) { $0.give(.committed(transaction.id)) }
        }
      }
    },
    Mutation("turns are asked of a plugin that is gone", .onlyRunning) { tamper in
      tamper.effects { effects, host, _, tamper in
        for case .destroy(let instance) in effects {
          tamper.note()
          let call = PluginCall.instructions(CallContext())
          effects.append(.call(instance, host.numbers.operation(), call, deadline: nil))
        }
      }
    },
  ]

  /// Mistakes with what is kept in memory.
  static let queues: [Mutation] = [
    Mutation("operations are kept when they are over", .bounded) { tamper in
      var operations: [OperationID: Operation] = [:]
      tamper.input { _, host, _, _ in operations = host.operations }
      tamper.effects { _, host, _, tamper in
        for (id, operation) in operations where host.operations[id] == nil {
          tamper.note()
          host.operations[id] = operation
        }
      }
    },
    Mutation("recalls are kept when their turn is over", .bounded) { tamper in
      var slots: [SessionKey: [Int64: RecallSlot]] = [:]
      tamper.input { _, host, _, _ in
        for key in host.placesInOrder { slots[key] = host.places[key]?.slots }
      }
      tamper.effects { _, host, _, tamper in
        for (key, old) in slots {
          for (input, slot) in old where host.places[key]?.slots[input] == nil {
            tamper.note()
            host.places[key]?.slots[input] = slot
          }
        }
      }
    },
    Mutation("a session is listed again and again", .bounded) { tamper in
      tamper.effects { _, host, _, tamper in
        for id in host.providers.keys {
          guard let session = host.providers[id]?.ready.first else { continue }
          tamper.note()
          host.providers[id]?.ready.append(session)
        }
      }
    },
    Mutation("a lane takes more than it may hold", .bounded) { tamper in
      tamper.input { _, host, _, tamper in
        tamper.note()
        host.configuration.host.queueCap = 1000
      }
    },
    Mutation("a mailbox takes more than it may hold", .bounded) { tamper in
      tamper.start { host, _, tamper in
        tamper.note()
        host.mailboxBound = 4096
      }
    },
  ]
}
