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
          running: place.lane.running?.input.id)
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
      operations: operations.count, reads: reads.count)
  }
}
