import HoldfastCore
import Testing

@Suite struct MailboxTests {
  private let now = Instant(nanoseconds: 1)
  private static let first = SessionID(value: 1)
  private static let second = SessionID(value: 2)

  private func event(
    _ kind: EventKind, _ sequence: BusSequence, chat: String = "x", session: SessionID = first,
    new: SessionID? = nil, last: TurnIndex = 0
  ) -> BusEvent {
    var context = CallContext()
    context.session = session
    context.key = SessionKey(agent: "a", channel: "c", kind: .direct, chat: chat)
    context.lastTurn = last
    var event = BusEvent(kind: kind, context: context)
    event.sequence = sequence
    event.newSession = new
    event.newLastTurn = last
    return event
  }

  private func mailbox(cursor: BusSequence = 0, last: BusSequence = 0, bound: Int = 8) -> Mailbox {
    Mailbox(mask: [.sessionSwitched, .turnCompleted], cursor: cursor, last: last, bound: bound)
  }

  private func publish(
    _ event: BusEvent, to box: inout Mailbox, flushed: Bool
  ) -> [BusSequence] {
    let number = box.publish(event, at: now) { _ in flushed }
    return number == nil ? [] : [event.sequence]
  }

  @Test func eventsOfAPlaceWaitBehindItsFlushAndOthersPass() {
    var box = mailbox()
    let flush = event(.flush, 1, last: 3)
    let change = event(.sessionSwitched, 2, new: Self.second)
    #expect(publish(flush, to: &box, flushed: false) == [])
    #expect(publish(change, to: &box, flushed: false) == [])
    #expect(publish(event(.turnCompleted, 3, chat: "y"), to: &box, flushed: false) == [3])
    #expect(box.gate(of: Self.second) == 0)
    #expect(box.advance(at: now) { _ in false }.isEmpty)
    #expect(box.advance(at: now) { _ in true }.map(\.event.sequence) == [2])
    #expect(box.gate(of: Self.second) == nil)
  }

  @Test func aFlushThatIsOverDoesNotHoldUpAnything() {
    var box = mailbox()
    #expect(publish(event(.flush, 1), to: &box, flushed: true) == [])
    #expect(publish(event(.sessionSwitched, 2), to: &box, flushed: true) == [2])
  }

  @Test func theCursorFollowsWhatIsHandled() {
    var box = mailbox()
    _ = publish(event(.turnCompleted, 1), to: &box, flushed: true)
    _ = publish(event(.turnCompleted, 2), to: &box, flushed: true)
    #expect(box.cursor == 0)
    box.handled(through: 1, at: now)
    #expect(box.cursor == 1)
    box.handled(through: 2, at: now)
    #expect(box.cursor == 2)
  }

  @Test func theCursorStaysBeforeWhatWaits() {
    var box = mailbox()
    _ = publish(event(.flush, 1), to: &box, flushed: false)
    _ = publish(event(.turnCompleted, 2, chat: "y"), to: &box, flushed: false)
    box.handled(through: 1, at: now)
    #expect(box.cursor == 0)
  }

  @Test func whatDoesNotFitIsReadFromTheJournalLater() {
    var box = mailbox(bound: 2)
    for sequence in 1...4 as ClosedRange<BusSequence> {
      _ = publish(event(.turnCompleted, sequence), to: &box, flushed: true)
    }
    #expect(box.isBehind && box.count == 2 && !box.wantsMore)
    box.handled(through: 2, at: now)
    #expect(box.wantsMore && box.lastTaken == 2)
    let rest = [event(.turnCompleted, 3), event(.turnCompleted, 4)]
    let deliveries = box.catchUp(rest, isLast: true, at: now) { _ in true }
    #expect(deliveries.map(\.event.sequence) == [3, 4])
    #expect(deliveries.allSatisfy(\.event.isRedelivered) && !box.isBehind)
  }

  @Test func aMailboxThatIsBehindIsNotDoneBeforeItHasSeenTheLast() {
    var box = mailbox(cursor: 1, last: 3)
    #expect(box.isBehind)
    _ = publish(event(.turnCompleted, 4), to: &box, flushed: true)
    let deliveries = box.catchUp([event(.turnCompleted, 2)], isLast: true, at: now) { _ in true }
    #expect(deliveries.map(\.event.sequence) == [2] && box.isBehind)
  }

  @Test func behindOnlyWhatAFlushWaitsForMayBeSent() {
    var box = mailbox(cursor: 0, last: 9)
    #expect(box.gate(of: Self.first) == 0)
    _ = box.catchUp([event(.flush, 1, last: 3)], isLast: false, at: now) { _ in false }
    #expect(box.gate(of: Self.first) == 3)
    #expect(box.gate(of: Self.second) == 0)
  }

  @Test func eventsWithoutARowAreDroppedAndCountedWhenThereIsNoRoom() {
    var box = Mailbox(mask: [.turnStarted], cursor: 0, last: 0, bound: 1)
    _ = publish(event(.turnStarted, 0), to: &box, flushed: true)
    #expect(publish(event(.turnStarted, 0), to: &box, flushed: true) == [])
    #expect(box.dropped == 1)
  }

  @Test func aQuestionDoesNotWaitBehindAFlushMark() {
    var box = Mailbox(mask: [.prefetchRequested], cursor: 0, last: 0)
    _ = publish(event(.flush, 1), to: &box, flushed: false)
    var question = event(.prefetchRequested, 0)
    question.operation = OperationID(1)
    #expect(publish(question, to: &box, flushed: false) == [])
    #expect(box.dropped == 1)
    #expect(box.advance(at: now) { _ in true }.isEmpty)
    #expect(publish(question, to: &box, flushed: true) == [0])
  }

  @Test func anEventIsHeldSinceTheOneBeforeItWasHandled() {
    var box = mailbox()
    _ = publish(event(.turnCompleted, 1), to: &box, flushed: true)
    _ = publish(event(.turnCompleted, 2), to: &box, flushed: true)
    box.handled(through: 1, at: Instant(nanoseconds: 9))
    #expect(box.holdingSince == Instant(nanoseconds: 9))
    box.handled(through: 2, at: Instant(nanoseconds: 10))
    #expect(box.holdingSince == nil)
  }
}
