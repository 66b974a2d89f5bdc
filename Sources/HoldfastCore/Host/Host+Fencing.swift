/// A session is taken away from a run that is not trusted any more: its owner token is raised, in
/// the transaction that ends the run. Whatever that run still wants to write names an older token,
/// and the journal refuses it.
extension Host {
  /// Takes the session of a place away from the turn that runs there: it is interrupted, its calls
  /// are cancelled, the person is told `notice`, and the next message's turn may begin. False if
  /// there was nothing to fence.
  @discardableResult
  mutating func fence(_ key: SessionKey, notice: String) -> Bool {
    guard let turn = places[key]?.lane.running, let session = places[key]?.session else {
      return false
    }
    fencing.lose(turn.operations, of: session.id)
    raiseToken(at: key)
    interruptTurn(at: key, notice: notice)
    afterCommit.append(.proceed(key))
    checkStop()
    return true
  }

  /// From now on, and in the transaction that is being written, what began before is refused.
  mutating func raiseToken(at key: SessionKey) {
    guard let session = places[key]?.session else { return }
    places[key]?.session?.token = session.token + 1
    write(.raiseToken(session.id, to: session.token + 1))
    overtake(session.id)
  }

  /// A plugin's answer was refused by its port; it may have been one that a lost run waited for.
  mutating func answeredLate(_ operation: OperationID) {
    guard let session = fencing.answeredLate(operation) else { return }
    log(.warning, "an answer for a turn of session \(session) came after that was ended; refused")
  }

  // MARK: Refusals

  /// The journal wrote nothing of a transaction. A turn that lost its session is dropped. Of
  /// anything else the host's memory is ahead of the journal by more than can be taken back: it
  /// ends at once, and the next start finds what is true.
  mutating func refused(_ id: TransactionID, _ refusal: JournalRefusal) {
    fencing.countRefusal()
    if case .host = refusal.cause {
      effects.append(
        .fenced(
          "another host has taken this state over (\(refusal.reason)); nothing more is written, "
            + "and this one ends at once"))
    } else if case .session = refusal.cause, let lost = fencing.take(id) {
      held.removeAll { $0.transaction == id }
      log(
        .error,
        "a turn of session \(lost.session) lost it, and its commit was refused: \(refusal.reason); "
          + "the turn is dropped and its sender told")
      takeBack(lost)
      _ = ask(.session(lost.session), for: .owner(lost.key, lost.session))
    } else {
      effects.append(
        .fenced(
          "the journal refused what the host had decided (\(refusal.reason)); nothing that was "
            + "acknowledged is lost, and this host ends at once so that the next one reads what is "
            + "true"))
    }
  }

  /// What was remembered of a commit that did not happen.
  private mutating func takeBack(_ lost: Fencing.Commitment) {
    let key = lost.key
    deliveries[key]?.drop { $0.session == lost.session && $0.turn == lost.turn && !$0.isNotice }
    if deliveries[key]?.replies.isEmpty ?? false { deliveries[key] = nil }
    for id in providers.keys.sorted() {
      guard var backlog = providers[id]?.backlogs[lost.session] else { continue }
      let rows = backlog.withdraw(lost.turn, wasOwed: false, numbers: &numbers, at: now)
      providers[id]?.keep(backlog)
      write(rows, for: id, lost.session)
      consider(id, lost.session)
      afterCommit.append(.takenBack(id))
    }
    end(lost.inputs, tools: lost.tools, at: key)
    afterCommit.append(.proceed(key))
    checkStop()
  }

  /// Messages whose turn is dropped: they have no turn, and their sender is told so.
  private mutating func end(_ inputs: [InputRecord], tools: TurnTools?, at key: SessionKey) {
    for input in inputs {
      write(.settleInput(input.id, .interrupted))
      if tools?.isMarked ?? false { write(.endTools(input.id)) }
    }
    guard let last = inputs.last else { return }
    reply(
      "Not answered: the session was taken over meanwhile. Please ask again."
        + (tools?.warning ?? ""), to: last, turn: 0, isNotice: true)
  }

  /// What the journal says of a session whose owner changed without the host: that counts.
  mutating func owned(
    _ session: SessionRecord?, at key: SessionKey, boundTo holder: SessionKey?, epoch: Epoch,
    instead id: SessionID
  ) {
    guard let place = places[key], place.session?.id == id else { return }
    if let session, holder == key, epoch == place.epoch {
      places[key]?.session = session
      places[key]?.lane.running?.session.token = session.token
      return
    }
    // Another session is current here now, which the next message asks for.
    if let turn = places[key]?.lane.end() {
      fencing.lose(turn.operations, of: id)
      for operation in turn.operations { cancel(operation) }
      if let read = turn.historyRead { reads[read] = nil }
      leavePlaces(turn, at: key)
      for input in turn.inputs { retireSlot(SlotName(key: key, input: input.id), isStale: true) }
      end(turn.inputs, tools: turn.tools, at: key)
      noteEnd(of: turn, "fenced", at: key)
    }
    interruptWaiting(at: key, notice: "Not answered: the session was taken over meanwhile.")
    retireRecalls(at: key)
    places[key]?.session = nil
    places[key]?.isLoaded = false
    checkStop()
  }
}
