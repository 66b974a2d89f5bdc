public import HoldfastCore

/// A message that a channel has handed over, or is about to.
struct Spoken {
  var message: InboundMessage
  var instance: InstanceID
  var saidAt: Instant
  var givenAt: Instant
}

extension World {
  /// The channel of all people.
  public static let console = InstanceID("console")

  /// Somebody says something; returns the platform's id of the message.
  @discardableResult
  public func say(
    _ text: String, from user: String, in chat: String? = nil, kind: ChatKind = .direct,
    on channel: InstanceID = World.console
  ) -> String {
    nextMessage += 1
    var message = InboundMessage()
    message.account = "account"
    message.messageID = "m\(nextMessage)"
    message.kind = kind
    message.chat = chat ?? user
    message.user = user
    message.userName = user
    message.text = text
    message.isFromBot = kind == .group && user == "bob"
    hand(message, on: channel)
    return message.messageID
  }

  /// A channel hands a message over, not for the first time perhaps.
  public func hand(_ message: InboundMessage, on channel: InstanceID = World.console) {
    // Without the second agent's channel people use the first one's.
    let channel = configuration.plugin(channel) == nil ? Self.console : channel
    nextToken += 1
    var message = message
    message.token = nextToken
    unreceipted[nextToken] = Spoken(
      message: message, instance: channel, saidAt: now, givenAt: now)
    give(.plugin(channel, .received(message)))
  }

  /// A new host is up: the channel hands over again what it has no receipt for.
  func redeliver() {
    let old = unreceipted.sorted { $0.key < $1.key }.map(\.value)
    unreceipted = [:]
    for spoken in old {
      var random = choices.next(at: Site(.redelivery)).random
      schedule(after: random.milliseconds(30...200), life: nil) { world in
        if world.host == nil {
          world.nextToken += 1
          world.unreceipted[world.nextToken] = Spoken(
            message: spoken.message, instance: spoken.instance, saidAt: world.now,
            givenAt: world.now)
        } else {
          world.hand(spoken.message, on: spoken.instance)
        }
      }
    }
  }

  func receipted(
    _ instance: InstanceID, _ receipt: Receipt, token: UInt64, messageID: String
  ) {
    guard let spoken = unreceipted[token] else {
      return fail(.receipts, "a receipt for token \(token), which has one or was never given")
    }
    receipts.append((messageID, receipt))
    switch receipt {
    case .accepted:
      unreceipted[token] = nil
      checkAccepted(spoken)
    case .duplicate:
      unreceipted[token] = nil
      if !isAccepted(spoken.message, on: instance, in: submitted) {
        fail(.receipts, "\(messageID) is called a duplicate and was never accepted")
      }
    case .busy(let pause):
      unreceipted[token] = nil
      var random = choices.next(at: Site(.redelivery)).random
      schedule(after: pause + random.milliseconds(0...50), life: nil) { world in
        world.hand(spoken.message, on: spoken.instance)
      }
    case .rejected(let status, _):
      // What a stopping host does not take is handed to the next one.
      if status != .stopping { unreceipted[token] = nil }
    }
  }

  func isAccepted(
    _ message: InboundMessage, on channel: InstanceID, in ledger: Ledger
  ) -> Bool {
    ledger.journal.hasAccepted(message, on: channel)
  }

  func applySend(_ request: SendRequest) -> PluginAnswer {
    if !deliveredIDs.insert(request.reply.id).inserted {
      fail(.repliedOnce, "reply \(request.reply.id) was delivered twice")
    }
    delivered.append(request.reply)
    return PluginAnswer(.ok, text: "p\(request.reply.id)")
  }

  /// The operator asks for something; the answer is found under the number that this returns.
  @discardableResult
  public func breakLock(of session: SessionID) -> RequestID {
    let holders = host?.census().places.filter {
      submitted.journal.place($0.key).session?.id == session
    }
    fenced.formUnion((holders ?? []).compactMap(\.running))
    return ask(.breakLock(session))
  }

  /// The command line asks something.
  @discardableResult
  public func ask(_ request: ControlRequest) -> RequestID {
    nextRequest += 1
    switch request {
    case .retryBatch(let cut), .dropBatch(let cut):
      deadLetters.insert(cut)
      // A person lets it begin anew.
      attempts[cut] = nil
    default: break
    }
    give(.control(nextRequest, request))
    return nextRequest
  }
}
