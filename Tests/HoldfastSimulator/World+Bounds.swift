import HoldfastCore

/// Queues and their bounds.
extension World {
  func checkBounds() {
    guard let census = host?.census() else { return }
    for mailbox in census.mailboxes where mailbox.events > mailboxBound {
      fail(.bounded, "\(mailbox.instance) has \(mailbox.events) events waiting")
    }
    for place in census.places {
      // What ran when a host ended is taken up again beside what was waiting.
      if place.waitingTurns > configuration.host.queueCap + 1 {
        fail(.bounded, "\(place.waitingTurns) turns wait at \(place.key)")
      }
      if place.waiting > place.waitingTurns * QueueRules.maxMessages {
        fail(.bounded, "\(place.waiting) messages wait at \(place.key)")
      }
      if place.slots > place.waiting + place.answering {
        fail(
          .bounded,
          "\(place.slots) recalls for \(place.waiting + place.answering) messages at \(place.key)")
      }
      if place.isForgotten, !expectsForgottenTurns {
        fail(.lanesApart, "nothing keeps \(place.key) from its turn")
      }
      if place.isIdling { fail(.lanesApart, "\(place.key) has a slot and does nothing with it") }
    }
    for pool in census.pools { checkPool(pool) }
    for provider in census.providers where provider.ready > submitted.sessions.count {
      fail(.bounded, "\(provider.ready) sessions are listed for enrolment \(provider.id.value)")
    }
    let underway = flights.values.count { !$0.isAnswered && !$0.isCancelled }
    if census.operations != underway {
      fail(.bounded, "\(census.operations) operations for \(underway) calls that are under way")
    }
    if census.reads > outstandingReads.count {
      fail(.bounded, "\(census.reads) questions for \(outstandingReads.count) that were asked")
    }
  }

  /// Places are neither lost nor given away twice, and nobody waits while one is free.
  private func checkPool(_ pool: Census.PoolRow) {
    let name = pool.instance?.description ?? "all turns"
    if pool.taken != pool.known || pool.taken > pool.capacity {
      fail(
        .bounded,
        "\(pool.taken) of \(pool.capacity) places of \(name) are taken, by \(pool.known)")
    }
    if pool.waiting != pool.knownWaiting {
      fail(.bounded, "\(pool.waiting) wait for \(name), \(pool.knownWaiting) know of it")
    }
    if pool.waiting > 0, pool.taken < pool.capacity {
      fail(.lanesApart, "\(pool.waiting) wait for \(name), which has room")
    }
  }
}
