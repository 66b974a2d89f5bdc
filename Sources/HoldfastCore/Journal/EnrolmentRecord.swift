/// A stretch of the bus's order in which turns are owed to an enrolment.
public struct EnrolmentSpan: Sendable, Equatable {
  /// Whose turns; nil for those of every session of the agent.
  public var session: SessionID?
  /// Turns behind this place in the order belong to it.
  public var after: BusSequence
  /// The last place that belongs to it; nil while it goes on.
  public var through: BusSequence?

  /// A stretch of the turns of one session, or of all.
  public init(session: SessionID? = nil, after: BusSequence, through: BusSequence?) {
    self.session = session
    self.after = after
    self.through = through
  }
}

/// A memory provider at one destination.
///
/// **What it is owed** is said here and nowhere else: the finished turns of its agent that lie in
/// one of its `spans`. A span is open from the enrolment until another destination takes its place,
/// and a new one is opened when the provider comes back to this destination. A provider that is not
/// configured, disabled or not loaded keeps its open span: nobody knows whether it comes back. A
/// backfill adds what was said outside of them, and a detachment ends all of it.
public struct EnrolmentRecord: Sendable, Equatable {
  /// The journal's number.
  public var id: EnrolmentID
  /// Whose sessions; a provider that serves two agents is enrolled twice.
  public var agent: String
  /// The provider.
  public var instance: InstanceID
  /// Bank, file or server, as the provider's configuration names it; another one is another
  /// enrolment.
  public var destination: String
  /// Where in the order of the bus it was added.
  public var start: BusSequence
  /// The debt was written off; nothing more goes there.
  public var isDetached: Bool
  /// In which stretches turns are owed to it, by session and place; those of one session, or of
  /// all, do not touch.
  public var spans: [EnrolmentSpan]

  /// An enrolment that is owed every turn from now on.
  public init(
    id: EnrolmentID, agent: String, instance: InstanceID, destination: String, start: BusSequence
  ) {
    self.id = id
    self.agent = agent
    self.instance = instance
    self.destination = destination
    self.start = start
    isDetached = false
    spans = [EnrolmentSpan(after: start, through: nil)]
  }

  /// Whether turns that are finished now are owed to it.
  public var isOpen: Bool { !isDetached && spans.contains { $0.through == nil } }

  /// Whether a finished turn of its agent is, or was, owed to it.
  public func owes(_ sequence: BusSequence, of session: SessionID) -> Bool {
    spans.contains { span in
      span.session.map { $0 == session } ?? true && sequence > span.after
        && span.through.map { sequence <= $0 } ?? true
    }
  }

  /// Turns behind `last` are not owed to it until it goes on.
  mutating func pause(at last: BusSequence) {
    for position in spans.indices where spans[position].through == nil {
      spans[position].through = last
    }
    spans.removeAll { span in span.through.map { $0 <= span.after } ?? false }
  }

  /// Turns behind `last` are owed to it again.
  mutating func goOn(after last: BusSequence) { add(EnrolmentSpan(after: last, through: nil)) }

  /// Turns up to `last` are owed to it too: those of one session, or of all.
  mutating func cover(_ session: SessionID?, through last: BusSequence) {
    if last > 0 { add(EnrolmentSpan(session: session, after: 0, through: last)) }
  }

  private mutating func add(_ new: EnrolmentSpan) {
    var merged = new
    spans.removeAll { span in
      guard span.session == new.session, span.after <= merged.through ?? .max,
        merged.after <= span.through ?? .max
      else { return false }
      merged.after = min(merged.after, span.after)
      let ends = [merged.through, span.through].compactMap { $0 }
      merged.through = ends.count == 2 ? max(ends[0], ends[1]) : nil
      return true
    }
    spans.append(merged)
    spans.sort { left, right in
      let names = (left.session?.description ?? "", right.session?.description ?? "")
      return names.0 == names.1 ? left.after < right.after : names.0 < names.1
    }
  }
}

/// A backfill that is under way: a walk along the order of the bus, which owes to an enrolment what
/// was not owed to it. The row moves in the transaction that owes a page of turns, so that after a
/// crash the walk goes on behind the last page.
public struct BackfillRecord: Sendable, Equatable {
  /// To whom; at most one at a time.
  public var enrolment: EnrolmentID
  /// Whose turns; nil for those of every session.
  public var session: SessionID?
  /// Everything up to here is done.
  public var position: BusSequence
  /// Where it ends: what is said later is owed anyway.
  public var bound: BusSequence
  /// Turns that it has owed so far.
  public var turns: UInt64

  /// A backfill that has not begun.
  public init(enrolment: EnrolmentID, session: SessionID?, bound: BusSequence) {
    self.enrolment = enrolment
    self.session = session
    self.bound = bound
    position = 0
    turns = 0
  }
}
