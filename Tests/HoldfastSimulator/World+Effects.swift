import HoldfastCore

extension World {
  func perform(_ effect: HostEffect) {
    note("   \(Describe.effect(effect))")
    switch effect {
    case .commit(let transaction): commit(transaction)
    case .ask(let read, let query): ask(read, query)
    case .load(let instance): load(instance)
    case .destroy(let instance): destroy(instance)
    case .call(let instance, let id, let call, let deadline):
      called(instance, id, call, deadline: deadline)
    case .deliver(let instance, let event, let number): deliver(instance, event, number)
    case .receipt(let instance, let receipt, let token, let messageID):
      receipted(instance, receipt, token: token, messageID: messageID)
    case .cancel(let instance, let id): cancelled(instance, id)
    case .answer(let request, let answer): answers[request] = answer
    case .log(let level, let text): log.append((level, text))
    case .prune(let limits):
      submitted.journal.prune(limits)
      synced.journal.prune(limits)
    case .diagnostic(let event):
      diagnostics.append(event)
      diagnosed(event)
    case .ready, .published: break
    case .fenced(let reason): fail(.accepted, "the host had to end: \(reason)")
    case .stopped(let report): stopped(report)
    }
  }

  // MARK: Journal

  private func commit(_ transaction: Transaction) {
    let refusal = submitted.journal.refusal(of: transaction)
    if refusal == nil || !expectsRefusals { checkCommit(transaction) }
    if let refusal {
      guard expectsRefusals else {
        return fail(.accepted, "transaction \(transaction.id) was refused: \(refusal.reason)")
      }
    } else {
      checkFencing(transaction)
      notePassedMarks(transaction)
      _ = submitted.apply(transaction)
    }
    unsynced.append(transaction)
    sync()
  }

  /// Of what the journal takes nothing is of a turn that had lost its session.
  private func checkFencing(_ transaction: Transaction) {
    for case .appendTurn(let turn) in transaction.operations
    where turn.status == .live && fenced.contains(turn.input) {
      fail(.fencedIsOver, "the turn of input \(turn.input) lost its session and was committed")
    }
  }

  private func sync() {
    guard !isSyncing, !unsynced.isEmpty else { return }
    isSyncing = true
    let site = Site(.sync)
    var (number, random) = choices.next(at: site)
    let stall = mishap(at: site, number, rate: faults.stall) { random in
      let time = random.milliseconds(random.chance(700) ? 10...5000 : 5000...400_000)
      return random.chance(300) ? .isSilent(time) : .takes(time)
    }
    let choice = random
    schedule(after: random.milliseconds(journalDelay), life: life) { world in
      switch stall {
      case .takes(let duration):
        world.stalledUntil = world.now + duration
        world.give(.journalStalled("no space is left"))
        world.schedule(after: duration, life: world.life) { world in
          world.give(.journalResumed)
          world.write(choice)
        }
      case .isSilent(let duration):
        world.stalledUntil = world.now + duration
        world.schedule(after: duration, life: world.life) { $0.write(choice) }
      default: world.schedule(at: world.hangsUntil, life: world.life) { $0.write(choice) }
      }
    }
  }

  /// Writes a group and reports it.
  private func write(_ choice: Random) {
    guard host != nil else { return }
    var random = choice
    isSyncing = false
    let count = 1 + random.below(unsynced.count)
    let group = unsynced.prefix(count)
    unsynced.removeFirst(count)
    let instant = max(lastReport, now + random.milliseconds(0...1))
    for transaction in group {
      guard case .refused(let refusal) = synced.apply(transaction) else { continue }
      refusals += 1
      schedule(at: instant, life: life) { $0.give(.refused(transaction.id, refusal)) }
    }
    if let last = group.last {
      lastReport = instant
      schedule(at: instant, life: life) { $0.give(.committed(last.id)) }
    }
    sync()
  }

  private func ask(_ read: ReadID, _ query: JournalQuery) {
    let site = Site(.read)
    var (number, random) = choices.next(at: site)
    let failure = mishap(at: site, number, rate: faults.read) { _ in .fails }
    let isUnreadable = failure != nil || failsToRead?(query) ?? false
    // An ordered question is answered by the writer, where it stands in its queue or behind more;
    // others by a reader, who sees what is synced.
    let early = query.isOrdered && random.chance(500) ? submitted.journal.answer(query) : nil
    let start = query.isOrdered ? max(now, stalledUntil, hangsUntil) : now
    outstandingReads.insert(read)
    schedule(at: start + random.milliseconds(journalDelay), life: life) { world in
      let source = query.isOrdered ? world.submitted : world.synced
      let answer =
        isUnreadable
        ? .failed("the disk does not answer") : early ?? source.journal.answer(query)
      world.outstandingReads.remove(read)
      world.give(.answered(read, answer))
    }
  }
}
