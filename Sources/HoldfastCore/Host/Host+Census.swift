/// How much a host keeps in memory at one moment, to hold against the bounds of its queues.
package struct Census: Sendable {
  /// A place.
  package struct PlaceRow: Sendable {
    /// Which.
    package var key: SessionKey
    /// Messages that wait for their turn.
    package var waiting: Int
    /// Messages whose recalls are kept.
    package var slots: Int
    /// The message whose turn runs, nil if none does.
    package var running: Int64?
    /// Turns that these messages will have, if they are not collected.
    package var waitingTurns: Int
    /// Messages that the running turn answers.
    package var answering: Int
    /// Nothing stands before its next turn, which has not begun all the same.
    package var isForgotten: Bool
    /// It has a slot, and nothing is being read for it.
    package var isIdling: Bool
  }

  /// An enrolment.
  package struct ProviderRow: Sendable {
    /// Which.
    package var id: EnrolmentID
    /// Sessions in the list of those with something to send.
    package var ready: Int
    /// It failed too often and is not asked for a while.
    package var isPausing: Bool
  }

  /// A plugin with a mailbox.
  package struct MailboxRow: Sendable {
    /// Which.
    package var instance: InstanceID
    /// Events in the mailbox or with the plugin.
    package var events: Int
    /// More of them are left in the journal.
    package var isBehind: Bool
  }

  /// Every place that is kept in mind.
  package var places: [PlaceRow]
  /// Every enrolment.
  package var providers: [ProviderRow]
  /// Every mailbox.
  package var mailboxes: [MailboxRow]
  /// Places of pools: of turns that do host-side work, and of calls by plugin.
  package struct PoolRow: Sendable {
    /// Whose; nil for the pool of all turns.
    package var instance: InstanceID?
    /// Places that are taken.
    package var taken: Int
    /// Places that turns know to have taken.
    package var known: Int
    /// Places that there are.
    package var capacity: Int
    /// Turns or calls that wait.
    package var waiting: Int
    /// Those that know that they wait.
    package var knownWaiting: Int
  }

  /// Every pool.
  package var pools: [PoolRow]
  /// Calls to plugins that are not over.
  package var operations: Int
  /// Questions to the journal that wait for their answers.
  package var reads: Int
}

extension Host {
  /// What is kept at this moment, in no order.
  package func census() -> Census {
    Census(
      places: places.values.map { place in
        Census.PlaceRow(
          key: place.key, waiting: place.lane.waiting.count, slots: place.slots.count,
          running: place.lane.running?.input.id, waitingTurns: place.lane.waitingTurns,
          answering: place.lane.running?.inputs.count ?? 0,
          isForgotten: isForgotten(place),
          isIdling: place.seat == .held && place.lane.running?.historyRead == nil)
      },
      providers: providers.values.map {
        Census.ProviderRow(
          id: $0.record.id, ready: $0.ready.count, isPausing: $0.retainBreaker.isOpen(at: now))
      },
      mailboxes: plugins.compactMap { instance, plugin in
        plugin.mailbox.map {
          Census.MailboxRow(instance: instance, events: $0.count, isBehind: $0.isBehind)
        }
      },
      pools: pools(), operations: operations.count, reads: reads.count)
  }

  private func isForgotten(_ place: Place) -> Bool {
    guard stopping == nil, place.lane.running == nil, place.seat == .free,
      let session = place.session, !isHeldByStrictMemory(session), modelIsSettled(for: place.key),
      channelIsSettled(at: place.key)
    else { return false }
    guard place.lane.opening(queueRules(at: place.key), at: now) == .open else { return false }
    // It goes on with what is being written.
    return !held.elements.contains { entry in
      switch entry.action {
      case .proceed(place.key): true
      case .accepted(let slot): slot.key == place.key
      default: false
      }
    }
  }

  private func pools() -> [Census.PoolRow] {
    let seats = places.values.map(\.seat)
    let slots = Census.PoolRow(
      taken: slots.taken, known: seats.count { $0 == .held }, capacity: slots.capacity,
      waiting: slots.waiting, knownWaiting: seats.count(where: \.isWaiting))
    return [slots]
      + instances.compactMap { instance in
        guard let calls = plugins[instance]?.calls else { return nil }
        var (known, waiting) = (0, 0)
        known += operations.values.count { $0.isCounted && $0.instance == instance }
        for place in places.values {
          guard let turn = place.lane.running else { continue }
          waiting += turn.callsWaiting.values.count { $0 == instance }
          guard model(for: place.key) == instance else { continue }
          known += turn.permit == .held ? 1 : 0
          waiting += turn.awaitsPermit ? 1 : 0
        }
        return Census.PoolRow(
          instance: instance, taken: calls.taken, known: known, capacity: calls.capacity,
          waiting: calls.waiting, knownWaiting: waiting)
      }
  }
}

extension Place.Seat {
  var isWaiting: Bool { if case .waiting = self { true } else { false } }
}

extension Turn {
  var awaitsPermit: Bool { if case .waiting = permit { true } else { false } }
}
