/// Replies of one place on their way to its channel: in order, one at a time, each marked as being
/// sent before its first byte. Where nothing is before it, the mark is written with the reply.
public struct Delivery: Sendable {
  /// Where the first reply stands.
  public enum Stage: Sendable, Equatable {
    /// Waits to be sent, or to be sent again at an instant.
    case pending(notBefore: Instant?)
    /// The mark is being synced.
    case marking
    /// The channel has it.
    case sending(OperationID)
  }

  /// What the channel made of it.
  public enum Outcome: Sendable, Equatable {
    /// It is there, under the platform's id.
    case sent(String)
    /// Not there; again later.
    case failed(String)
    /// Never.
    case refused(String)
    /// It may be there.
    case unknown(String)

    /// What a channel's answer means.
    public init(_ answer: PluginAnswer) {
      switch answer.status {
      case .ok, .duplicate: self = .sent(answer.text)
      case .failed, .busy: self = .failed(answer.text)
      case .refused, .tooLarge, .malformed, .argument, .unsupported, .denied, .notFound:
        self = .refused(answer.text)
      default: self = .unknown(answer.text)
      }
    }
  }

  /// Replies, oldest first.
  public private(set) var replies = Queue<ReplyRecord>()
  /// Replies whose rows are synced.
  var durableThrough: Int64 = 0
  /// Where the first one stands.
  public internal(set) var stage = Stage.pending(notBefore: nil)
  /// Failures of the first one in a row.
  private var failures = 0
  /// Somebody came while the channel had the first one. Counts once for each reply, or a channel
  /// that says so each time would be asked without a pause.
  private var haste = Haste.none
  private enum Haste { case none, wanted, done }

  /// Nothing to deliver.
  public init() {}

  /// Adds a reply whose row is being written.
  public mutating func append(_ reply: ReplyRecord) { replies.append(reply) }

  /// Forgets replies whose rows were not written after all; of those that are pending only.
  mutating func drop(where isDropped: (ReplyRecord) -> Bool) {
    let first = replies.first?.id
    replies.removeAll { $0.id > durableThrough && isDropped($0) }
    if stage == .marking, replies.first?.id != first { stage = .pending(notBefore: nil) }
  }

  /// All rows up to this one are synced.
  public mutating func becameDurable(through reply: Int64) {
    durableThrough = max(durableThrough, reply)
  }

  /// The reply to mark now, nil if there is none. Returns what to write.
  public mutating func mark(at now: Instant) -> (ReplyRecord, JournalOperation)? {
    guard case .pending(let notBefore) = stage, notBefore.map({ $0 <= now }) ?? true,
      let reply = replies.first, reply.id <= durableThrough
    else { return nil }
    // The pause was waited out: whoever comes during this attempt is heard again.
    if notBefore != nil { haste = .none }
    stage = .marking
    return (reply, .settleReply(reply.id, .sending, result: ""))
  }

  /// The reply to mark in the transaction that writes it; nil if one is before it. Returns what to
  /// write.
  public mutating func markFirst() -> (ReplyRecord, JournalOperation)? {
    guard stage == .pending(notBefore: nil), let reply = replies.first, reply.id > durableThrough
    else { return nil }
    stage = .marking
    return (reply, .settleReply(reply.id, .sending, result: ""))
  }

  /// The mark is synced and there is no channel any more: the reply waits. Returns what to write.
  mutating func unmark() -> JournalOperation? {
    guard stage == .marking, let first = replies.first else { return nil }
    stage = .pending(notBefore: nil)
    return .settleReply(first.id, .pending, result: "")
  }

  /// The mark is synced: the reply goes out under this operation.
  public mutating func begin(_ reply: Int64, as operation: OperationID) -> ReplyRecord? {
    guard stage == .marking, let first = replies.first, first.id == reply else { return nil }
    stage = .sending(operation)
    return first
  }

  /// The channel answered. Returns what to write.
  public mutating func ended(
    _ outcome: Outcome, numbers: inout Numbering, at now: Instant
  ) -> [JournalOperation] {
    guard let reply = replies.first else { return [] }
    stage = .pending(notBefore: nil)
    switch outcome {
    case .failed(let reason):
      failures += 1
      let pause = numbers.backoff(failures: failures, longest: .seconds(60))
      stage = .pending(notBefore: haste == .wanted ? nil : now + pause)
      if haste == .wanted { haste = .done }
      return [.settleReply(reply.id, .pending, result: reason)]
    case .sent(let id): return finish(reply, .sent, id)
    case .refused(let reason): return finish(reply, .failed, reason)
    case .unknown(let reason): return finish(reply, .unknown, reason)
    }
  }

  /// The channel is ready again, or somebody is there to be delivered to: do not wait any longer.
  public mutating func hurry() {
    switch stage {
    case .pending: stage = .pending(notBefore: nil)
    case .sending: if haste == .none { haste = .wanted }
    case .marking: break
    }
  }

  /// When to look again.
  public var nextWake: Instant? {
    if case .pending(let notBefore) = stage, !replies.isEmpty { notBefore } else { nil }
  }

  private mutating func finish(
    _ reply: ReplyRecord, _ status: ReplyStatus, _ result: String
  ) -> [JournalOperation] {
    failures = 0
    haste = .none
    replies.popFirst()
    return [.settleReply(reply.id, status, result: result)]
  }
}
