@testable import HoldfastCore
@testable import HoldfastSimulator

extension Mutation {
  /// Mistakes with messages that run or wait.
  static let lanes: [Mutation] = [
    Mutation("a turn that runs across a switch commits", .oneTurn, .bounded) { tamper in
      tamper.keepRunning { $0.contains { if case .openSession = $0 { true } else { false } } }
    },
    Mutation("a turn that runs across an undo commits", .oneTurn, .bounded) { tamper in
      tamper.keepRunning { $0.contains { if case .withdrawTurns = $0 { true } else { false } } }
    },
    Mutation("a waiting message joins the new session", .oneTurn) { tamper in
      tamper.keepWaiting(isOldKept: false)
    },
    Mutation("an old epoch is accepted", .oneTurn) { tamper in
      tamper.keepWaiting(isOldKept: true)
    },
    Mutation("commands bypass the inbox", .syncedFirst) { tamper in
      tamper.drop { if case .acceptInput(let input) = $0 { input.isCommand } else { false } }
    },
    Mutation("inbox row consumed apart from the turn", .oneTurn, .atRest) { tamper in
      tamper.effects { effects, _, _, tamper in
        for position in effects.indices {
          guard case .commit(var transaction) = effects[position] else { continue }
          let ends = transaction.operations.filter {
            if case .settleInput(_, .done) = $0 { true } else { false }
          }
          if ends.isEmpty { continue }
          tamper.note()
          transaction.operations.removeAll(where: ends.contains)
          tamper.rows += ends
          effects[position] = .commit(transaction)
        }
      }
    },
    Mutation("inbox row never consumed", .atRest, .oneTurn) { tamper in
      tamper.drop { if case .settleInput(_, .done) = $0 { true } else { false } }
    },
    Mutation("a switch leaves the inbox rows as they are", .atRest) { tamper in
      tamper.drop { if case .settleInput(_, .interrupted) = $0 { true } else { false } }
    },
    Mutation("a busy message stays in the deduplication", .receipts, .atRest) { tamper in
      tamper.effects { effects, host, moment, tamper in
        for case .receipt(let instance, .busy, let token, _) in effects {
          guard let message = moment.world.unreceipted[token]?.message else { continue }
          tamper.note()
          host.arriving.insert(
            MessageIdentity(
              channel: instance, account: message.account, messageID: message.messageID))
        }
      }
    },
    Mutation("a repeated message is taken for a new one", .accepted) { tamper in
      tamper.input { input, _, _, tamper in
        guard case .answered(let read, .place(var place)) = input, place.isDuplicate else { return }
        tamper.note()
        place.isDuplicate = false
        input = .answered(read, .place(place))
      }
    },
    Mutation("the turn that runs is forgotten", .atRest, .bounded, .lanesApart) { tamper in
      tamper.effects { _, host, _, tamper in
        for key in host.placesInOrder
        where host.places[key]?.lane.running != nil
          && host.places[key]?.lane.waiting.isEmpty == false
        {
          tamper.note()
          host.places[key]?.lane.running = nil
        }
      }
    },
    Mutation("a merged input is not settled", .oneTurn, .atRest) { tamper in
      tamper.effects { effects, _, _, tamper in
        for position in effects.indices {
          guard case .commit(var transaction) = effects[position] else { continue }
          let named = transaction.operations.compactMap { row -> Int64? in
            if case .appendTurn(let turn) = row { turn.input } else { nil }
          }
          guard !named.isEmpty else { continue }
          let rows = transaction.operations.filter { row in
            if case .settleInput(let id, .done) = row { named.contains(id) } else { true }
          }
          if rows.count < transaction.operations.count { tamper.note() }
          transaction.operations = rows
          effects[position] = .commit(transaction)
        }
      }
    },
    Mutation("a steered message is consumed twice", .oneTurn) { tamper in
      tamper.again { turn, input in turn.inputs.count > 1 && input.id > turn.input.id }
    },
    Mutation("a collected message runs again by itself", .oneTurn) { tamper in
      tamper.again { turn, input in turn.inputs.count > 1 && input.id < turn.input.id }
    },
    Mutation("what is joined is left out of its turn", .oneTurn) { tamper in
      tamper.effects { _, host, _, tamper in
        for key in host.placesInOrder {
          guard let turn = host.places[key]?.lane.running, turn.inputs.count > 1 else { continue }
          tamper.note()
          host.places[key]?.lane.running?.inputs[0].text = ""
        }
      }
    },
    Mutation("a slot is not given back", .bounded, .lanesApart, .atRest) { tamper in
      var before = 0
      tamper.start { _, _, _ in before = 0 }
      tamper.effects { _, host, _, tamper in
        if host.slots.taken < before, host.slots.waiting == 0, tamper.count == 0 {
          tamper.note()
          _ = host.slots.take(
            TurnPool.Ticket(
              key: SessionKey(agent: "", channel: "", kind: .direct, chat: ""), age: 0))
        }
        before = host.slots.taken
      }
    },
    Mutation("a slot is held while a model writes", .bounded, .lanesApart) { tamper in
      tamper.effects { _, host, _, tamper in
        for key in host.placesInOrder {
          guard case .responding? = host.places[key]?.lane.running?.stage,
            host.places[key]?.seat == .free
          else { continue }
          tamper.note()
          _ = host.takeSlot(at: key)
        }
      }
    },
    Mutation("who is ended stays in the queue for a plugin", .bounded) { tamper in
      var waiting: [SessionKey: TurnPool.Ticket] = [:]
      tamper.input { _, host, _, _ in
        waiting = [:]
        for key in host.placesInOrder {
          if case .waiting(let ticket)? = host.places[key]?.lane.running?.permit {
            waiting[key] = ticket
          }
        }
      }
      tamper.effects { _, host, _, tamper in
        for (key, ticket) in waiting where host.places[key]?.lane.running == nil {
          tamper.note()
          _ = host.plugins[host.model(for: key)]?.calls.take(ticket)
        }
      }
    },
    Mutation("more calls are under way than a plugin may have", .bounded) { tamper in
      tamper.start { host, _, tamper in
        for instance in host.instances {
          tamper.note()
          host.plugins[instance]?.calls = TurnPool(capacity: 1000)
        }
      }
    },
    Mutation("a lane is forgotten when its turn has ended", .lanesApart, .atRest) { tamper in
      tamper.input { input, host, _, tamper in
        guard case .committed(let through) = input else { return }
        var rest = Queue<(transaction: TransactionID, action: AfterCommit)>()
        for entry in host.held.elements {
          if case .proceed(let key) = entry.action, entry.transaction <= through,
            host.places[key]?.lane.waiting.isEmpty == false
          {
            tamper.note()
          } else {
            rest.append(entry)
          }
        }
        host.held = rest
      }
    },
    Mutation("a command waits for a provider", .commandsDoNotWait) { tamper in
      var waiting: [HostInput] = []
      tamper.start { _, _, _ in waiting = [] }
      tamper.input { input, host, world, tamper in
        let isBusy = host.providers.values.contains { $0.activeSessions > 0 }
        if case .plugin(_, .received(let message)) = input, message.text.hasPrefix("/"), isBusy {
          tamper.note()
          waiting.append(input)
          input = .tick
        } else if case .tick = input, !isBusy, !waiting.isEmpty {
          input = waiting.removeFirst()
        }
      }
    },
  ]
}

extension Provider {
  /// Sessions with something under way.
  var activeSessions: Int { backlogs.values.count { $0.activity != nil } }
}

extension Tamper {
  /// Lets a message that a turn has taken in wait for another one all the same.
  func again(_ isChosen: @escaping (Turn, InputRecord) -> Bool) {
    effects { _, host, _, tamper in
      for key in host.placesInOrder {
        guard let turn = host.places[key]?.lane.running, case .responding = turn.stage,
          let input = turn.inputs.first(where: { isChosen(turn, $0) }),
          host.places[key]?.lane.waiting.first(where: { $0.input.id == input.id }) == nil
        else { continue }
        tamper.note()
        host.places[key]?.lane.enqueue(input, isDurable: true)
      }
    }
  }

  /// Lets turns go on that the transaction of a switch or an undo should have cut short.
  func keepRunning(_ concerns: @escaping ([JournalOperation]) -> Bool) {
    var running: [SessionKey: (turn: Turn, operation: Operation)] = [:]
    input { _, host, _, _ in
      running = [:]
      for key in host.placesInOrder {
        guard let turn = host.places[key]?.lane.running, case .responding(let id) = turn.stage,
          var operation = host.operations[id]
        else { continue }
        // Its place among the calls under way is free once it is interrupted.
        operation.isCounted = false
        running[key] = (turn, operation)
      }
    }
    effects { effects, host, _, tamper in
      guard concerns(effects.rows) else { return }
      for (key, old) in running {
        guard case .responding(let id) = old.turn.stage,
          host.places[key]?.lane.running == nil, host.operations[id] == nil,
          effects.contains(where: { if case .cancel(_, id) = $0 { true } else { false } })
        else { continue }
        tamper.note()
        host.places[key]?.lane.running = old.turn
        var operation = old.operation
        // Its place among the calls under way was given back when it was cancelled.
        operation.isCounted = false
        host.operations[id] = operation
        effects.removeAll { if case .cancel(_, id) = $0 { true } else { false } }
        effects.withoutInterruption(of: old.turn.input.id)
        if host.places[key]?.session?.id == old.turn.session.id {
          host.places[key]?.session?.lastTurn -= 1
        }
      }
    }
  }

  /// Lets messages wait on that a switch should have ended; they run in the new session, or the
  /// host goes on as if there had been none.
  func keepWaiting(isOldKept: Bool) {
    var before: [SessionKey: (waiting: [InputRecord], session: SessionRecord?, epoch: Epoch)] = [:]
    input { _, host, _, _ in
      before = [:]
      for key in host.placesInOrder {
        guard let place = host.places[key], place.lane.running == nil || !isOldKept else {
          continue
        }
        let waiting = place.lane.waiting.elements.filter(\.isDurable).map(\.input)
        before[key] = (waiting, place.session, place.epoch)
      }
    }
    effects { effects, host, _, tamper in
      for (key, old) in before where !old.waiting.isEmpty {
        guard let place = host.places[key], place.epoch > old.epoch, place.session != nil,
          place.lane.waiting.isEmpty
        else { continue }
        tamper.note()
        for var input in old.waiting {
          effects.withoutInterruption(of: input.id)
          if !isOldKept {
            input.session = place.session?.id ?? input.session
            input.epoch = place.epoch
          }
          host.places[key]?.lane.enqueue(input, isDurable: true)
        }
        if isOldKept {
          host.places[key]?.session = old.session
          host.places[key]?.epoch = old.epoch
        }
      }
    }
  }
}

extension [HostEffect] {
  /// Takes out the rows that end an input's turn.
  mutating func withoutInterruption(of input: Int64) {
    for position in indices {
      guard case .commit(var transaction) = self[position] else { continue }
      var session: SessionID?
      transaction.operations.removeAll { row in
        switch row {
        case .settleInput(input, .interrupted): return true
        case .appendTurn(let turn) where turn.input == input:
          session = turn.session
          return true
        default: return false
        }
      }
      // The guards of the interrupted turn go with it.
      transaction.operations.removeAll { row in
        if case .guardTurn(let id, _, _) = row { id == session } else { false }
      }
      self[position] = .commit(transaction)
    }
  }
}
