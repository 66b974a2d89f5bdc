import HoldfastCore

/// Queues and their bounds.
extension World {
  func checkBounds() {
    guard let census = host?.census() else { return }
    for mailbox in census.mailboxes where mailbox.events > mailboxBound {
      fail(.bounded, "\(mailbox.instance) has \(mailbox.events) events waiting")
    }
    for place in census.places {
      // What a stop or a crash left is taken up again beside what was waiting.
      if place.waiting > configuration.host.queueCap + 1 {
        fail(.bounded, "\(place.waiting) messages wait at \(place.key)")
      }
      if place.slots > place.waiting + 1 {
        fail(.bounded, "\(place.slots) recalls for \(place.waiting) messages at \(place.key)")
      }
    }
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
}
