extension Host {
  /// Queues a reply, part by part, in the transaction that is being written.
  mutating func reply(
    _ text: String, to input: InputRecord, turn: TurnIndex, isNotice: Bool
  ) {
    let limits = plugins[input.channel]?.lifecycle.traits.channel ?? ChannelTraits()
    let parts = TextSplitter.split(text, limits: limits)
    var last: Int64 = 0
    for (position, part) in parts.enumerated() {
      last = numbers.reply()
      var record = ReplyRecord(
        id: last, channel: input.channel, account: input.account, key: input.key,
        session: input.session, text: part)
      record.turn = turn
      record.queued = wall
      record.replyTo = input.messageID
      record.part = position + 1
      record.partCount = parts.count
      record.isNotice = isNotice
      write(.queueReply(record))
      deliveries.fill(input.key, with: Delivery())
      deliveries[input.key]?.append(record)
    }
    afterCommit.append(.replies(input.key, through: last))
    if hasChannel(input.key), let (reply, row) = deliveries[input.key]?.markFirst() {
      write(row)
      afterCommit.append(.marked(input.key, reply: reply.id))
    }
  }

  /// Whether the channel of the place's next reply can be given it now.
  private func hasChannel(_ key: SessionKey) -> Bool {
    guard let instance = deliveries[key]?.replies.first?.channel else { return false }
    return plugins[instance]?.isStarted ?? false && plugins[instance]?.lifecycle.isRunning ?? false
  }

  /// Marks the next reply of the place as being sent, if its channel is there.
  mutating func deliver(_ key: SessionKey) {
    guard hasChannel(key) else { return }
    if let (reply, row) = deliveries[key]?.mark(at: now) {
      write(row)
      afterCommit.append(.marked(key, reply: reply.id))
    } else if let wake = deliveries[key]?.nextWake, wake > now {
      timers.add(.delivery(key), at: wake)
    }
  }

  /// The mark is synced: the first byte may go out.
  mutating func marked(_ key: SessionKey, reply id: Int64) {
    guard let reply = deliveries[key]?.replies.first, reply.id == id else { return }
    guard hasChannel(key) else {
      // It went away meanwhile; nothing was sent.
      if let row = deliveries[key]?.unmark() { write(row) }
      return
    }
    var context = CallContext()
    context.session = reply.session
    context.key = key
    context.firstTurn = reply.turn
    context.lastTurn = reply.turn
    context.reason = "reply"
    let request = SendRequest(
      context: context, reply: reply, key: "reply/\(reply.session)/\(reply.id)",
      isRepeated: false)
    let operation = call(
      reply.channel, .send(request), for: .send(key),
      within: plugins[reply.channel]?.settings.deadlines.send)
    _ = deliveries[key]?.begin(id, as: operation)
  }

  mutating func sent(_ key: SessionKey, _ answer: PluginAnswer) {
    guard let reply = deliveries[key]?.replies.first else { return }
    let outcome = Delivery.Outcome(answer)
    let rows = deliveries[key]?.ended(outcome, numbers: &numbers, at: now) ?? []
    for row in rows { write(row) }
    switch outcome {
    case .sent(let id):
      var context = CallContext()
      context.session = reply.session
      context.key = key
      var event = BusEvent(kind: .messageSent, context: context)
      event.messageID = id
      event.answerText = reply.text
      event.time = wall
      publish(event)
    case .unknown(let why):
      unknownReplies += 1
      log(.warning, "a reply in \(key) may or may not have been delivered: \(why)")
    case .refused(let why): log(.error, "a reply in \(key) cannot be delivered: \(why)")
    case .failed: break
    }
    if deliveries[key]?.replies.isEmpty ?? false {
      deliveries[key] = nil
    } else {
      deliver(key)
    }
    checkStop()
  }

  // MARK: Channels

  mutating func startChannel(_ instance: InstanceID) {
    guard let plugin = plugins[instance], plugin.lifecycle.isRunning, !plugin.isStarted,
      stopping == nil, !plugin.isStarting
    else { return }
    plugins[instance]?.isStarting = true
    _ = call(
      instance, .startChannel(CallContext()), for: .startChannel, within: .seconds(60))
  }

  mutating func channelStarted(_ instance: InstanceID, _ answer: PluginAnswer) {
    plugins[instance]?.isStarting = false
    guard answer.status.isFailure else {
      plugins[instance]?.isStarted = true
      plugins[instance]?.startFailures = 0
      hurryDeliveries(of: instance)
      return
    }
    plugins[instance]?.startFailures += 1
    plugins[instance]?.health = "does not start: \(answer.text)"
    log(.error, "channel \(instance) does not start: \(answer.text)")
    let failures = plugins[instance]?.startFailures ?? 1
    let wait = numbers.backoff(failures: failures)
    timers.add(.channel(instance), at: now + wait)
  }

  mutating func noteHealth(
    _ instance: InstanceID, account: String, _ health: ChannelHealth, reason: String
  ) {
    let state =
      switch health {
      case .starting: "starting"
      case .connected: "connected"
      case .degraded: "degraded"
      case .stopped: "stopped"
      }
    plugins[instance]?.health = reason.isEmpty ? state : "\(state): \(reason)"
    if health == .connected { hurryDeliveries(of: instance) }
  }

  /// The channel works again: what failed before is tried at once.
  mutating func hurryDeliveries(of instance: InstanceID) {
    let own = deliveries.keys.filter { deliveries[$0]?.replies.first?.channel == instance }
    for key in own.sorted(by: { $0.description < $1.description }) {
      deliveries[key]?.hurry()
      deliver(key)
    }
  }
}
