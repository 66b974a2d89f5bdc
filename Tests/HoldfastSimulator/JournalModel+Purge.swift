import HoldfastCore

extension JournalModel {
  /// Removes what nobody needs of a deleted session. Turns that a branch still shows stay, and the
  /// names of accepted messages, so that none of them is taken for a new one.
  mutating func purge(_ id: SessionID) {
    guard sessions[id]?.isDeleted == true, purged.insert(id).inserted else { return }
    for (key, binding) in bindings where binding.session == id { bindings[key]?.session = nil }
    for owner in cursors.keys where owner.session == id { cursors[owner] = nil }
    for owner in arrears.keys where owner.session == id { arrears[owner] = nil }
    for owner in withdrawals.keys where owner.session == id { withdrawals[owner] = nil }
    for cut in cuts.values where cut.session == id { cuts[cut.id] = nil }
    for input in inputs.values where input.session == id && input.status != .waiting {
      inputs[input.id]?.text = ""
      inputs[input.id]?.user = ""
      inputs[input.id]?.userName = ""
    }
    for reply in replies.values where reply.session == id && !reply.status.isUndelivered {
      replies[reply.id] = nil
    }
    for event in events.values where event.context.session == id {
      events[event.sequence]?.userText = ""
      events[event.sequence]?.answerText = ""
    }
    sweep(id)
  }

  /// Goes up the line of branches: when the last child of a purged session goes, so does the rest
  /// of that session.
  private mutating func sweep(_ start: SessionID) {
    var next: SessionID? = start
    while let id = next, purged.contains(id), let session = sessions[id] {
      next = nil
      let needed = sessions.values.filter { $0.branchOf == id }.map(\.sharedLimit).max()
      if let needed {
        turns[id]?.removeAll { $0.index > needed || $0.status != .live }
      } else {
        turns[id] = nil
        sessions[id] = nil
        purged.remove(id)
        next = session.branchOf
      }
      if turns[id]?.isEmpty == true { turns[id] = nil }
    }
  }
}

extension ReplyStatus {
  /// The host still has to do something about it.
  var isUndelivered: Bool { self == .pending || self == .sending }
}
