extension Host {
  // MARK: /new, /reset

  mutating func begin(
    _ reason: SwitchReason, title: String, at key: SessionKey, from origin: Place.Arrival.Origin
  ) {
    guard let old = places[key]?.session else { return noSession(origin, at: key) }
    var session = freshSession(
      at: key, user: user(of: origin, else: old), parent: old.id, id: numbers.session(at: wall))
    session.title = title
    let back = wayBack(to: old, at: key)
    perform(reason, to: session, at: key)
    let hidden = reason == .reset ? " The old one is hidden from listings." : ""
    conclude(origin, at: key, "New session.\(hidden)\(back)", isDone: true)
  }

  /// How to return to the session that is about to be left; nothing for an empty one, which cannot
  /// be resumed. A turn that runs is interrupted by the switch, and then it is not empty.
  func wayBack(to old: SessionRecord, at key: SessionKey) -> String {
    if old.lastTurn == 0, places[key]?.lane.running == nil { return "" }
    return " \(prefix)resume \(old.id) goes back."
  }

  // MARK: /branch

  mutating func branch(
    title: String, at key: SessionKey, from origin: Place.Arrival.Origin
  ) {
    guard let old = places[key]?.session else { return noSession(origin, at: key) }
    // The turn that runs is interrupted by the switch and takes one more index of the old session.
    let running = places[key]?.lane.running == nil ? 0 : 1 as TurnIndex
    var session = freshSession(
      at: key, user: old.user, parent: old.id, id: numbers.session(at: wall))
    session.title = title
    session.branchOf = old.id
    session.scope = old.scope
    session.sharedLimit = old.lastTurn + running
    session.lastTurn = session.sharedLimit
    session.summary = old.summary
    session.summaryLimit = old.summaryLimit
    session.queueMode = old.queueMode
    let back = wayBack(to: old, at: key)
    perform(.branch, to: session, at: key)
    conclude(origin, at: key, "New branch.\(back)", isDone: true)
  }

  // MARK: /resume

  mutating func resume(
    _ id: SessionID, _ target: SessionRecord?, heldBy place: (key: SessionKey?, epoch: Epoch),
    move: Bool, at key: SessionKey, from origin: Place.Arrival.Origin
  ) {
    let holder = place.key
    if let refusal = refusal(
      toResume: target, id: id, boundTo: holder, move: move, at: key, for: origin)
    {
      conclude(origin, at: key, refusal, isDone: false)
    } else if let target {
      var current = target
      if let holder { current = release(target, from: holder, epoch: place.epoch) }
      perform(.resume, to: current, at: key)
      let title = target.title.isEmpty ? "" : " “\(target.title)”"
      conclude(origin, at: key, "Session \(id)\(title) goes on.", isDone: true)
    }
    admit(key)
  }

  private func refusal(
    toResume target: SessionRecord?, id: SessionID, boundTo holder: SessionKey?, move: Bool,
    at key: SessionKey, for origin: Place.Arrival.Origin
  ) -> String? {
    let unknown = "There is no session \(id) here. \(prefix)sessions lists them."
    guard let target, !target.isDeleted, target.key.agent == key.agent else { return unknown }
    // Another person's session must not even be seen to exist.
    if !isOwn(target, at: key, origin) { return unknown }
    if target.lastTurn == 0 { return "Session \(id) is empty; there is nothing to go on with." }
    if holder == key { return "Session \(id) is the current one." }
    if let holder, !move {
      return
        "Session \(id) is in use at \(holder). \(prefix)resume \(id) --move takes it from there."
    }
    return nil
  }

  /// Takes a session away from the place that holds it. Returns it as it is then. The place is kept
  /// in mind, since the journal may not be able to tell of this before it is synced.
  private mutating func release(
    _ target: SessionRecord, from holder: SessionKey, epoch: Epoch
  ) -> SessionRecord {
    var (session, epoch) = (target, epoch)
    if let place = places[holder], place.isLoaded {
      interrupt(holder, notice: "Not answered: the session was moved to another place.")
      session = places[holder]?.session ?? target
      epoch = place.epoch
    }
    places.fill(holder, with: Place(key: holder))
    places[holder]?.session = nil
    places[holder]?.epoch = epoch + 1
    places[holder]?.isLoaded = true
    write(.bind(holder, nil, epoch + 1, wall))
    var context = CallContext(session, key: holder, epoch: epoch)
    context.reason = SwitchReason.move.rawValue
    context.lastTurn = session.lastTurn
    emit(.flush, context)
    flush(session.id)
    return session
  }

  // MARK: All of them

  /// Moves the key, in the transaction that is being written: whatever runs or waits under the old
  /// epoch is interrupted in that same transaction, and no provider is waited for.
  mutating func perform(_ reason: SwitchReason, to new: SessionRecord, at key: SessionKey) {
    interrupt(key, notice: "Not answered: the session was switched.")
    guard let place = places[key] else { return }
    overtake(new.id)
    if let old = place.session { overtake(old.id) }
    let change = SessionSwitch(
      from: place.session, to: new, key: key, epoch: place.epoch, reason: reason, time: wall)
    for operation in change.operations { write(operation) }
    for event in change.events { emit(event.kind, event.context) { Self.copy(event, to: &$0) } }
    if let old = place.session { flush(old.id) }
    var current = new
    current.ended = nil
    places[key]?.session = current
    places[key]?.epoch = place.epoch + 1
    places[key]?.lastActive = wall
  }

  private static func copy(_ event: BusEvent, to target: inout BusEvent) {
    let (sequence, time) = (target.sequence, target.time)
    target = event
    target.sequence = sequence
    target.time = time
  }

  /// Ends all that runs, waits or was recalled under the current epoch.
  mutating func interrupt(_ key: SessionKey, notice: String) {
    interruptTurn(at: key, notice: notice)
    interruptWaiting(at: key, notice: notice)
    retireRecalls(at: key)
  }

  /// Whether a session belongs to whoever asks at this place: between two, to the same person with
  /// the same agent on the same channel; in a group, to the group. Scopes say whose memories there
  /// are, not whose sessions.
  func isOwn(
    _ session: SessionRecord, at key: SessionKey, _ origin: Place.Arrival.Origin
  ) -> Bool {
    guard session.key.agent == key.agent, session.key.channel == key.channel,
      session.key.kind == key.kind
    else { return false }
    if key.kind == .group { return session.key.chat == key.chat }
    return session.user == person(at: key, origin)
  }

  /// Who asks; the operator asks for whoever the place belongs to.
  func person(at key: SessionKey, _ origin: Place.Arrival.Origin) -> String {
    if case .channel(_, let message) = origin { return message.user }
    return places[key]?.session?.user ?? ""
  }

  mutating func noSession(_ origin: Place.Arrival.Origin, at key: SessionKey) {
    conclude(origin, at: key, "There is no session at \(key).", isDone: false)
  }

  private func user(of origin: Place.Arrival.Origin, else session: SessionRecord) -> String {
    if case .channel(_, let message) = origin { message.user } else { session.user }
  }
}
