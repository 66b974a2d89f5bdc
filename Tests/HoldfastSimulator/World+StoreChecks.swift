import HoldfastCore

/// What must hold of what a provider stores, and of who waits for it.
extension World {
  /// What was just stored: once, and behind what the same session stored before.
  func checkStored(
    _ request: RetainRequest, in store: Store, of enrolment: EnrolmentRecord
  ) {
    let entries = store.documents[request.cut.document] ?? []
    var last: TurnIndex = 0
    var seen: Set<TurnIndex> = []
    for entry in entries {
      if !seen.insert(entry.turn).inserted {
        fail(.storedOnce, "turn \(entry.turn) of \(entry.session) is stored twice")
      }
      if isDeadLetter(entry) { continue }
      if entry.turn < last {
        fail(.inOrder, "turn \(entry.turn) of \(entry.session) is stored behind turn \(last)")
      }
      last = entry.turn
    }
  }

  private func isDeadLetter(_ entry: Store.Entry) -> Bool {
    guard let cut = submitted.journal.cuts[entry.cut] else { return true }
    // What was on its way when its debt was written off comes when it comes.
    let isDetached = submitted.journal.enrolments[cut.enrolment]?.isDetached ?? false
    return cut.isOutOfOrder || cut.status == .parked || deadLetters.contains(cut.id) || isDetached
  }

  /// What was just stored is stored for a batch that is not over: one that was settled brings
  /// nothing that nobody takes back any more.
  func checkStillWanted(_ request: RetainRequest, of enrolment: EnrolmentRecord) {
    // A row that is gone went with its session, and only when nothing was owed of that.
    let isWrittenOff = submitted.journal.enrolments[enrolment.id]?.isDetached ?? true
    guard let row = submitted.journal.cuts[request.cut.id], !isWrittenOff,
      row.status == .acknowledged || row.status == .dropped, !deadLetters.contains(row.id)
    else { return }
    fail(.settledIsOver, "batch \(row.id) is \(row.status) and is stored only now")
  }

  /// A batch that is sent for the third time has failed twice: whoever waited for its first attempt
  /// has gone on. What waits behind other marks of its place is not looked at.
  func checkNotHeldUp(_ cut: CutRecord, at instance: InstanceID) {
    attempts[cut.id, default: 0] += 1
    guard attempts[cut.id, default: 0] > 2,
      let mailbox = host?.census().mailboxes.first(where: { $0.instance == instance }),
      !mailbox.isBehind
    else { return }
    for (key, switches) in unheardSwitches(at: instance) {
      guard let first = switches.min(by: { $0.sequence < $1.sequence }),
        first.context.session == cut.session, synced.journal.events[first.sequence] != nil
      else { continue }
      fail(
        .notHeldUp,
        "\(instance) has not heard of switch #\(first.sequence) at \(key) and gets batch "
          + "\(cut.id) for the \(attempts[cut.id, default: 0]). time")
    }
  }

  /// Switches that a provider has not heard of, by their place.
  private func unheardSwitches(at instance: InstanceID) -> [SessionKey: [BusEvent]] {
    let start = eventStart(of: instance)
    var unheard: [SessionKey: [BusEvent]] = [:]
    for event in submitted.switches.values.joined() {
      guard let key = event.context.key, event.sequence > start,
        !(heard[instance]?.contains(event.sequence) ?? false)
      else { continue }
      unheard[key, default: []].append(event)
    }
    return unheard
  }

  /// What came before the provider was first enrolled is none of its business.
  private func eventStart(of instance: InstanceID) -> BusSequence {
    submitted.journal.enrolments.values.filter { $0.instance == instance }.map(\.start).min() ?? 0
  }
}
