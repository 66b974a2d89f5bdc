/// A key moves from one session to another: which rows that takes and which events, in which order.
public struct SessionSwitch: Sendable {
  /// Where the key was; nil if it had no session.
  public var old: SessionRecord?
  /// Where it goes.
  public var new: SessionRecord
  /// The key.
  public var key: SessionKey
  /// The key's epoch before.
  public var epoch: Epoch
  /// Why.
  public var reason: SwitchReason
  /// When, for people.
  public var time: WallTime

  /// A switch.
  public init(
    from old: SessionRecord?, to new: SessionRecord, key: SessionKey, epoch: Epoch,
    reason: SwitchReason, time: WallTime
  ) {
    self.old = old
    self.new = new
    self.key = key
    self.epoch = epoch
    self.reason = reason
    self.time = time
  }

  /// The session is made by this switch.
  public var isFresh: Bool { reason != .resume }

  /// The old session ends: it is over, where a branch or a resume only leaves it.
  public var endsOld: Bool { reason == .new || reason == .reset || reason == .expired }

  /// The rows of the switch itself; its events are rows too, and follow.
  public var operations: [JournalOperation] {
    var rows: [JournalOperation] = []
    if let old, endsOld { rows.append(.endSession(old.id, time, isHidden: reason == .reset)) }
    if isFresh {
      rows.append(.openSession(new))
    } else if new.ended != nil {
      rows.append(.reopenSession(new.id))
    }
    rows.append(.bind(key, new.id, epoch + 1, time))
    return rows
  }

  /// The events: what is owed of the old session comes first, the switch last. Their sequence is
  /// the host's to give.
  public var events: [BusEvent] {
    var events: [BusEvent] = []
    var context = CallContext()
    if let old {
      context = CallContext(old, key: key, epoch: epoch)
      context.reason = reason.rawValue
      var flushed = context
      flushed.lastTurn = old.lastTurn
      events.append(BusEvent(kind: .flush, context: flushed))
      if endsOld { events.append(BusEvent(kind: .sessionEnded, context: context)) }
    } else {
      context.key = key
      context.scope = new.scope
      context.reason = reason.rawValue
    }
    if isFresh {
      var opened = CallContext(new, key: key, epoch: epoch + 1)
      opened.reason = reason.rawValue
      events.append(BusEvent(kind: .sessionOpened, context: opened))
    }
    var switched = BusEvent(kind: .sessionSwitched, context: context)
    switched.newSession = new.id
    switched.newParent = new.parent
    switched.newLastTurn = new.lastTurn
    switched.newEpoch = epoch + 1
    switched.isReset = reason == .reset
    switched.isRewound = reason == .branch
    events.append(switched)
    return events
  }
}
