import HoldfastCore

/// What must hold once nothing goes wrong any more and everything has come to rest.
extension World {
  /// Ends all faults, lets everything come to rest and looks at what is left.
  public func settle() {
    calm()
    runUntilQuiet()
    guard violation == nil else { return }
    checkStores()
    checkPeople()
    if !submitted.journal.toolCalls.isEmpty {
      fail(.atRest, "tools of turns that are over are still in the journal")
    }
    checkDebts()
    checkBounds()
    for request in firstRequest..<nextRequest + 1 where answers[request] == nil {
      fail(.atRest, "the operator's request \(request) was never answered")
    }
  }

  /// From now on nothing goes wrong.
  func calm() {
    tell("CALM: nothing goes wrong from here")
    isCalm = true
    faults = Faults()
    crashesLeft = 0
    scripted = [:]
    releaseAll()
    for name in providers.keys.sorted() {
      providers[name]?.isInstalled = true
      restoreSection(name)
    }
    if host == nil, violation == nil { start() }
    advance(by: Self.rest)
    // Where a provider's memories go is told by its library, which a host reads at its start: one
    // whose library was missing then is known from the next start on.
    if knownAtStart != Set(destinations.keys), violation == nil {
      crash()
      start()
    }
    let idle: Set<String> = ["failed", "stopped", "disabled"]
    for plugin in host?.status().plugins ?? [] where idle.contains(plugin.state) {
      ask(.startPlugin(InstanceID(plugin.instance)))
    }
  }

  private func checkStores() {
    for session in submitted.facts.keys.sorted() {
      for index in (submitted.facts[session] ?? [:]).keys.sorted() {
        guard let fact = submitted.facts[session]?[index] else { continue }
        check(fact, index, of: session)
      }
    }
  }

  private func check(_ fact: Ledger.Fact, _ index: TurnIndex, of session: SessionID) {
    for enrolment in submitted.journal.enrolments.values.sorted(by: { $0.id < $1.id })
    where !enrolment.isDetached {
      if !fact.owedTo.contains(enrolment.id) { continue }
      let name = "\(enrolment.instance)/\(enrolment.destination)"
      let count = (stores[name]?.documents[session.description] ?? []).count { $0.turn == index }
      let cuts = submitted.journal.cuts.values.filter {
        $0.enrolment == enrolment.id && $0.session == session && $0.turns.contains(index)
      }
      let isDeadLetter = cuts.contains { $0.status == .parked || deadLetters.contains($0.id) }
      let mayKeep = !(providers[enrolment.instance]?.canWithdraw ?? true)
      let isHere =
        providers[enrolment.instance]?.destination == enrolment.destination
        && providers[enrolment.instance]?.isInstalled ?? false
      if fact.isWithdrawn || submitted.deleted.contains(session) {
        // Nobody is told of a request that lands when everybody has given it up. A batch that is
        // sent again finds it; a dead letter is not sent again unless a person says so.
        let mayReturn =
          submitted.unknown[enrolment.id]?[session]?.contains(index) ?? false
          && stores[name]?.isStray(index, in: session.description) ?? false
        if count > 0, isHere, !mayKeep, !mayReturn {
          fail(.staysWithdrawn, "turn \(index) of \(session) was withdrawn and \(name) keeps it")
        }
      } else if isHere, !isDeadLetter, count != 1 {
        fail(.nothingLost, "turn \(index) of \(session) is stored \(count) times by \(name)")
      }
    }
  }

  private func checkPeople() {
    if !unreceipted.isEmpty {
      fail(.receipts, "no receipt for \(unreceipted.values.map(\.message.messageID).sorted())")
    }
    let journal = submitted.journal
    for input in journal.inputs.values where input.status == .waiting {
      fail(.atRest, "input \(input.id) in \(input.key) still waits")
    }
    for input in journal.inputs.values where input.status == .done && !input.isCommand {
      if submitted.answered[input.id] != 1 {
        fail(.oneTurn, "input \(input.id) is done and has no turn")
      }
    }
    for reply in journal.replies.values where reply.status == .pending || reply.status == .sending {
      fail(.atRest, "reply \(reply.id) in \(reply.key) is not delivered")
    }
    for reply in journal.replies.values where reply.status == .sent {
      if !deliveredIDs.contains(reply.id) { fail(.atRest, "reply \(reply.id) was never delivered") }
    }
  }

  /// What is there is owed nothing.
  private func checkDebts() {
    for debt in submitted.journal.snapshot().debts {
      guard let enrolment = submitted.journal.enrolments[debt.enrolment],
        let provider = providers[enrolment.instance], provider.isInstalled,
        provider.destination == enrolment.destination
      else { continue }
      if !debt.pending.isEmpty || debt.cuts.contains(where: { $0.status == .open })
        || debt.withdrawals.contains(where: { !$0.isSent })
      {
        fail(.atRest, "\(enrolment.instance) is owed \(debt) for ever")
      }
    }
    for plugin in host?.status().plugins ?? [] {
      if plugin.eventBacklog > 0 {
        fail(.atRest, "\(plugin.instance) has \(plugin.eventBacklog) events that it never gets")
      }
      if plugin.state == "wedged" { fail(.atRest, "\(plugin.instance) is wedged for ever") }
    }
  }
}
