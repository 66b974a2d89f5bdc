import HoldfastCore
import Testing

@Suite struct LaneTests {
  private static let key = SessionKey(agent: "a", channel: "c", kind: .direct, chat: "x")
  private static let session = SessionRecord(
    id: SessionID(value: 1), key: key, scope: Scope("s"), created: WallTime(milliseconds: 0))

  private func input(_ id: Int64) -> InputRecord {
    InputRecord(
      id: id, message: InboundMessage(), channel: InstanceID("c"), key: Self.key,
      session: Self.session.id, epoch: 1)
  }

  @Test func aTurnBeginsOnceItsMessageIsSynced() {
    var lane = Lane()
    lane.enqueue(input(1))
    #expect(lane.state == .waiting && lane.next().isEmpty)
    #expect(lane.becameDurable(1) == true)
    #expect(lane.next().map(\.input.id) == [1])
    #expect(lane.becameDurable(1) == false)
  }

  @Test func messagesKeepTheirOrderAndOneTurnRunsAtATime() {
    var lane = Lane()
    lane.enqueue(input(1))
    lane.enqueue(input(2), isDurable: true)
    #expect(lane.next().isEmpty)
    _ = lane.becameDurable(1)
    #expect(lane.next().map(\.input.id) == [1])
    lane.running = Turn(input: input(1), session: Self.session, began: Instant(nanoseconds: 0))
    #expect(lane.state == .processing && lane.next().isEmpty)
    #expect(lane.end()?.input.id == 1)
    #expect(lane.next().map(\.input.id) == [2])
    #expect(lane.state == .idle)
  }

  @Test func whatWaitsCanBeDropped() {
    var lane = Lane()
    lane.enqueue(input(1), isDurable: true)
    lane.enqueue(input(2))
    #expect(lane.dropWaiting().map(\.input.id) == [1, 2])
    #expect(lane.state == .idle)
  }

  @Test func everyChangeIsCounted() {
    var lane = Lane()
    lane.enqueue(input(1), isDurable: true)
    let before = lane.generation
    _ = lane.next()
    #expect(lane.generation > before)
  }
}
