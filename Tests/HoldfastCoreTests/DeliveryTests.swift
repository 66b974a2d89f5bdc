@testable import HoldfastCore
import Testing

@Suite struct DeliveryTests {
  private let now = Instant(nanoseconds: 1_000)
  private var numbers = Numbering(after: Snapshot(), seed: 1)
  private var delivery = Delivery()

  private func reply(_ id: Int64) -> ReplyRecord {
    ReplyRecord(
      id: id, channel: InstanceID("c"), account: "",
      key: SessionKey(agent: "a", channel: "c", kind: .direct, chat: "x"),
      session: SessionID(value: 1), text: "hello")
  }

  private mutating func begin(_ id: Int64) {
    delivery.append(reply(id))
    delivery.becameDurable(through: id)
    let marked = delivery.mark(at: now)
    #expect(marked?.1 == .settleReply(id, .sending, result: ""))
    #expect(delivery.begin(id, as: OperationID(1))?.id == id)
  }

  @Test mutating func aReplyIsMarkedOnlyOnceItIsSynced() {
    delivery.append(reply(1))
    #expect(delivery.mark(at: now) == nil)
    delivery.becameDurable(through: 1)
    #expect(delivery.mark(at: now) != nil)
    #expect(delivery.mark(at: now) == nil)
  }

  @Test mutating func whereNothingIsBeforeItAReplyIsMarkedAsItIsWritten() {
    delivery.append(reply(1))
    #expect(delivery.markFirst()?.1 == .settleReply(1, .sending, result: ""))
    #expect(delivery.markFirst() == nil)
    delivery.append(reply(2))
    delivery.becameDurable(through: 2)
    #expect(delivery.mark(at: now) == nil && delivery.begin(2, as: OperationID(1)) == nil)
    #expect(delivery.begin(1, as: OperationID(1))?.id == 1)
    _ = delivery.ended(.failed("away"), numbers: &numbers, at: now)
    #expect(delivery.markFirst() == nil, "it was written before")
  }

  @Test mutating func aMarkIsTakenBackWithTheReplyThatWasNotWritten() {
    delivery.append(reply(1))
    _ = delivery.markFirst()
    delivery.append(reply(2))
    delivery.drop { $0.id == 1 }
    #expect(delivery.begin(1, as: OperationID(1)) == nil)
    delivery.becameDurable(through: 2)
    #expect(delivery.mark(at: now)?.0.id == 2)
  }

  @Test mutating func aMarkedReplyWaitsWhenItsChannelHasGone() {
    delivery.append(reply(1))
    _ = delivery.markFirst()
    delivery.becameDurable(through: 1)
    #expect(delivery.unmark() == .settleReply(1, .pending, result: ""))
    #expect(delivery.unmark() == nil && delivery.begin(1, as: OperationID(1)) == nil)
    #expect(delivery.mark(at: now)?.0.id == 1, "it is marked anew for the next channel")
  }

  @Test mutating func theNextReplyFollowsTheOneThatArrived() {
    begin(1)
    delivery.append(reply(2))
    delivery.becameDurable(through: 2)
    #expect(delivery.mark(at: now) == nil)
    let rows = delivery.ended(.sent("p1"), numbers: &numbers, at: now)
    #expect(rows == [.settleReply(1, .sent, result: "p1")])
    #expect(delivery.mark(at: now)?.0.id == 2)
  }

  @Test mutating func afterAFailureTheSameReplyIsSentAgainLater() throws {
    begin(1)
    let rows = delivery.ended(.failed("later"), numbers: &numbers, at: now)
    #expect(rows == [.settleReply(1, .pending, result: "later")])
    #expect(delivery.mark(at: now) == nil)
    let wake = try #require(delivery.nextWake)
    #expect(delivery.mark(at: wake)?.0.id == 1)
  }

  @Test mutating func aChannelThatIsBackDoesNotWait() {
    begin(1)
    _ = delivery.ended(.failed("later"), numbers: &numbers, at: now)
    delivery.hurry()
    #expect(delivery.mark(at: now)?.0.id == 1)
  }

  /// Whoever came just then is not there yet for the channel.
  @Test mutating func whoeverComesWhileAReplyGoesOutIsTriedOnceMoreAtOnce() throws {
    begin(1)
    delivery.hurry()
    _ = delivery.ended(.failed("nobody is there"), numbers: &numbers, at: now)
    begin(1)
    delivery.hurry()
    _ = delivery.ended(.failed("nobody is there"), numbers: &numbers, at: now)
    #expect(delivery.mark(at: now) == nil, "a channel that always says so waits")
    #expect(delivery.mark(at: try #require(delivery.nextWake))?.0.id == 1)
    _ = delivery.begin(1, as: OperationID(9))
    delivery.hurry()
    _ = delivery.ended(.failed("nobody is there"), numbers: &numbers, at: now)
    #expect(delivery.mark(at: now)?.0.id == 1, "a pause was waited out in between")
  }

  @Test(arguments: [
    (PluginStatus.timeout, ReplyStatus.unknown), (.crashed, .unknown), (.cancelled, .unknown),
    (.refused, .failed), (.tooLarge, .failed), (.duplicate, .sent),
  ])
  func anOutcomeEndsTheReply(_ status: PluginStatus, _ expected: ReplyStatus) {
    var copy = self
    copy.begin(1)
    let rows = copy.delivery.ended(
      Delivery.Outcome(PluginAnswer(status, text: "t")), numbers: &copy.numbers, at: now)
    #expect(rows == [.settleReply(1, expected, result: "t")])
    #expect(copy.delivery.replies.isEmpty)
  }
}
