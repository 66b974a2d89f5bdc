import HoldfastCore
import Testing

/// How messages wait in a lane, by its rules alone.
@Suite struct LaneQueueTests {
  private static let key = SessionKey(agent: "a", channel: "c", kind: .direct, chat: "x")
  private static let session = SessionRecord(
    id: SessionID(value: 1), key: key, scope: Scope("s"), created: WallTime(milliseconds: 0))

  private func input(_ id: Int64, _ text: String = "word") -> InputRecord {
    var message = InboundMessage()
    message.text = text
    return InputRecord(
      id: id, message: message, channel: InstanceID("c"), key: Self.key,
      session: Self.session.id, epoch: 1)
  }

  private func at(_ milliseconds: Int) -> Instant {
    Instant(nanoseconds: 0) + .milliseconds(milliseconds)
  }

  private func rules(_ adjust: (inout QueueRules) -> Void = { _ in }) -> QueueRules {
    var rules = QueueRules()
    adjust(&rules)
    return rules
  }

  /// A lane with so many messages, all synced.
  private func lane(_ count: Int64, joined: Set<Int64> = []) -> Lane {
    var lane = Lane()
    for id in 1...count {
      lane.enqueue(input(id), isDurable: true, isJoined: joined.contains(id), at: at(Int(id)))
    }
    return lane
  }

  @Test func beyondTheCapAMessageIsJoinedOrRefused() {
    let lane = lane(2)
    #expect(lane.reception(of: "x", rules { $0.cap = 3 }) == .own)
    #expect(lane.reception(of: "x", rules { $0.cap = 2 }) == .joined)
    let refusing = rules {
      $0.cap = 2
      $0.overflow = .refuse
    }
    #expect(lane.reception(of: "x", refusing) == .refused)
  }

  @Test func aJoinedMessageTakesNoTurnOfItsOwn() {
    var lane = lane(3, joined: [3])
    #expect(lane.waitingTurns == 2 && lane.waiting.count == 3)
    #expect(lane.next().map(\.input.id) == [1])
    #expect(lane.next().map(\.input.id) == [2, 3])
    #expect(lane.waitingTurns == 0 && lane.state == .idle)
  }

  @Test func whatIsJoinedKeepsWithinTheBounds() {
    let lane = lane(2)
    // “word”, a line break and the new text.
    #expect(
      lane.reception(
        of: "12345",
        rules {
          $0.cap = 2
          $0.maxBytes = 10
        }) == .joined)
    #expect(
      lane.reception(
        of: "123456",
        rules {
          $0.cap = 2
          $0.maxBytes = 10
        }) == .busy)
    let many = Int64(QueueRules.maxMessages)
    let full = self.lane(many, joined: Set(2...many))
    #expect(full.reception(of: "x", rules { $0.cap = 1 }) == .busy)
  }

  @Test func aTurnWaitsUntilAllItsMessagesAreSynced() {
    var lane = Lane()
    lane.enqueue(input(1), isDurable: true)
    lane.enqueue(input(2), isJoined: true)
    #expect(lane.opening(rules(), at: at(0)) == .closed && lane.next().isEmpty)
    #expect(lane.becameDurable(2) == true)
    #expect(lane.next().map(\.input.id) == [1, 2])
  }

  @Test func theFirstMessageNeverWaitsForQuiet() {
    let lane = lane(1)
    #expect(lane.opening(rules { $0.mode = .collect }, at: at(1)) == .open)
  }

  @Test func whatIsCollectedWaitsUntilItIsQuiet() {
    var lane = lane(1)
    let collecting = rules { $0.mode = .collect }
    _ = lane.next(collecting)
    lane.running = Turn(input: input(1), session: Self.session, began: at(1))
    lane.enqueue(input(2), isDurable: true, at: at(100))
    lane.enqueue(input(3), isDurable: true, at: at(300))
    #expect(lane.opening(collecting, at: at(900)) == .closed, "a turn runs")
    lane.end()
    #expect(lane.opening(collecting, at: at(700)) == .at(at(800)))
    #expect(lane.opening(collecting, at: at(800)) == .open)
    #expect(lane.next(collecting).map(\.input.id) == [2, 3])
  }

  @Test func aFullLaneDoesNotWaitForQuiet() {
    var lane = Lane()
    for id in 1...3 as ClosedRange<Int64> {
      lane.enqueue(input(id), isDurable: true, awaitsQuiet: true, at: at(10))
    }
    let collecting = rules {
      $0.mode = .collect
      $0.cap = 3
    }
    #expect(lane.opening(collecting, at: at(11)) == .open)
  }

  @Test func whatDoesNotFitIsCollectedNextTime() {
    var lane = lane(3)
    let collecting = rules {
      $0.mode = .collect
      $0.maxBytes = 9
    }
    #expect(lane.next(collecting).map(\.input.id) == [1, 2])
    #expect(lane.next(collecting).map(\.input.id) == [3])
  }

  @Test func aTurnIsSteeredByWholeMessagesThatFit() {
    var lane = lane(3, joined: [2])
    let steering = rules {
      $0.mode = .steer
      $0.maxBytes = 18
    }
    #expect(lane.steered(steering, messages: 1, bytes: 12).isEmpty, "both or none")
    #expect(lane.steered(steering, messages: 1, bytes: 4).map(\.input.id) == [1, 2])
    #expect(lane.waitingTurns == 1)
  }

  @Test func theNextTurnCanBeDroppedAlone() {
    var lane = lane(3, joined: [2])
    #expect(lane.dropNext().map(\.input.id) == [1, 2])
    #expect(lane.dropNext().map(\.input.id) == [3])
    #expect(lane.dropNext().isEmpty && lane.waitingTurns == 0)
  }
}
