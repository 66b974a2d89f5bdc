extension Host {
  // MARK: Slots

  /// Whether the place may do host-side work for a turn now; if not, it is told when it may. It has
  /// its slot until `settleSlot` sees that nothing is read for it.
  mutating func takeSlot(at key: SessionKey) -> Bool {
    switch places[key]?.seat {
    case .held: return true
    case .waiting, nil: return false
    case .free: break
    }
    guard let ticket = ticket(at: key) else { return false }
    let isTaken = slots.take(ticket)
    places[key]?.seat = isTaken ? .held : .waiting(ticket)
    return isTaken
  }

  private func ticket(at key: SessionKey) -> TurnPool.Ticket? {
    if let turn = places[key]?.lane.running { return turn.ticket(at: key) }
    guard let first = places[key]?.lane.waiting.first?.input else { return nil }
    return TurnPool.Ticket(key: key, age: first.id, isBackground: first.isFromBot)
  }

  /// The turn waits for a plugin or for the journal's writer, or there is none: others may have its
  /// slot.
  mutating func settleSlot(at key: SessionKey) {
    guard case .held? = places[key]?.seat, places[key]?.lane.running?.historyRead == nil else {
      return
    }
    freeSlot(at: key)
  }

  /// Gives the slot back, or waits for none any more.
  mutating func freeSlot(at key: SessionKey) {
    switch places[key]?.seat {
    case .held:
      slots.giveBack()
      if slots.waiting > 0 { freed.append(nil) }
    case .waiting(let ticket): slots.leave(ticket)
    case .free, nil: return
    }
    places[key]?.seat = .free
  }

  // MARK: Calls under way

  /// Whether one more call may be made to the model of a turn now; if not, the turn waits for it.
  mutating func mayAsk(_ instance: InstanceID, for turn: Turn, at key: SessionKey) -> Bool {
    switch turn.permit {
    case .held: return true
    case .waiting: return false
    case .none: break
    }
    let ticket = turn.ticket(at: key)
    let isTaken = plugins[instance]?.calls.take(ticket) ?? true
    places[key]?.lane.running?.permit = isTaken ? .held : .waiting(ticket)
    return isTaken
  }

  /// Asks the model of a turn, which has the permit; the call counts until it is over.
  mutating func askModel(
    _ instance: InstanceID, _ request: ModelRequest, for turn: Turn
  ) -> OperationID {
    let key = turn.input.key
    let operation = call(
      instance, .respond(request), for: .respond(key, input: turn.input.id),
      within: plugins[instance]?.settings.deadlines.model)
    operations[operation]?.isCounted = true
    places[key]?.lane.running?.permit = .none
    return operation
  }

  /// A call that counted is over.
  mutating func uncount(_ operation: Operation) {
    if operation.isCounted { freeCall(of: operation.instance) }
  }

  private mutating func freeCall(of instance: InstanceID) {
    plugins[instance]?.calls.giveBack()
    if plugins[instance]?.calls.waiting ?? 0 > 0 { freed.append(instance) }
  }

  // MARK: Coming to an end

  /// A turn that was taken out of its lane has and awaits no place any more.
  mutating func leavePlaces(_ turn: Turn, at key: SessionKey) {
    freeSlot(at: key)
    let model = model(for: key)
    switch turn.permit {
    case .none: break
    case .waiting(let ticket): plugins[model]?.calls.leave(ticket)
    case .held: freeCall(of: model)
    }
    for (number, instance) in turn.callsWaiting {
      plugins[instance]?.calls.leave(turn.ticket(at: key, number: number))
    }
  }

  // MARK: Going on

  /// Lets those go on for whom there is a place now.
  mutating func settlePlaces() {
    while let pool = freed.popLast() {
      if let instance = pool {
        while let ticket = plugins[instance]?.calls.next() { goOn(ticket, with: instance) }
      } else {
        while let ticket = slots.next() { goOn(ticket) }
      }
    }
  }

  private mutating func goOn(_ ticket: TurnPool.Ticket) {
    guard places[ticket.key]?.seat == .waiting(ticket) else { return slots.giveBack() }
    places[ticket.key]?.seat = .held
    proceed(ticket.key)
  }

  private mutating func goOn(_ ticket: TurnPool.Ticket, with instance: InstanceID) {
    let turn = places[ticket.key]?.lane.running
    if ticket.number == 0, turn?.permit == .waiting(ticket) {
      places[ticket.key]?.lane.running?.permit = .held
      proceed(ticket.key)
    } else if let turn, turn.callsWaiting[ticket.number] == instance,
      turn.ticket(at: ticket.key, number: ticket.number) == ticket
    {
      places[ticket.key]?.lane.running?.callsWaiting[ticket.number] = nil
      callTool(ticket.number, of: turn, at: ticket.key)
    } else {
      plugins[instance]?.calls.giveBack()
    }
  }
}
