import HoldfastCore
import Testing

/// What one who follows events is given.
@Suite struct EventQueueTests {
  private static func line(
    _ name: DiagnosticEvent.Name, _ sequence: UInt64, plugin: String? = nil
  ) -> EventLine {
    var event = DiagnosticEvent(name)
    event.sequence = sequence
    event.instance = plugin.map { InstanceID($0) }
    return EventLine(event)
  }

  private static func rest(_ queue: inout EventQueue) -> [EventQueue.Item] {
    var items: [EventQueue.Item] = []
    while let item = queue.next() { items.append(item) }
    return items
  }

  @Test func samplesAreLeftOutFirstAndCounted() {
    var queue = EventQueue(EventFilter(), bound: 4)
    for sequence in 1...4 { queue.add(Self.line(.heartbeat, UInt64(sequence))) }
    queue.add(Self.line(.heartbeat, 5))
    let turn = Self.line(.turnStarted, 6)
    queue.add(turn)
    #expect(Self.rest(&queue) == [.missed(5), .event(turn)])
    #expect(queue.isEmpty)
  }

  @Test func whereThereAreNoSamplesTheOldestMakeRoom() {
    var queue = EventQueue(EventFilter(), bound: 2)
    for sequence in 1...5 { queue.add(Self.line(.turnStarted, UInt64(sequence))) }
    #expect(
      Self.rest(&queue) == [
        .missed(3), .event(Self.line(.turnStarted, 4)), .event(Self.line(.turnStarted, 5)),
      ])
  }

  @Test func eachIsEitherGivenOrCounted() {
    var random = IdentitySource(seed: 5)
    for _ in 0..<200 {
      var queue = EventQueue(EventFilter(), bound: Int(random.next() % 6) + 1)
      var (added, given, missed) = (0, 0, 0)
      for sequence in 0..<(random.next() % 60) {
        let isSample = random.next() % 3 == 0
        queue.add(Self.line(isSample ? .heartbeat : .turnCompleted, sequence + 1))
        added += 1
        if random.next() % 4 > 0 { continue }
        switch queue.next() {
        case .event: given += 1
        case .missed(let count): missed += count
        case nil: Issue.record("something was just added")
        }
      }
      for item in Self.rest(&queue) {
        if case .missed(let count) = item { missed += count } else { given += 1 }
      }
      #expect(added == given + missed)
    }
  }

  @Test func whatWasRecordedComesFirstWholeAndOnce() {
    let earlier = (1...10).map { Self.line(.turnStarted, $0) }
    var queue = EventQueue(EventFilter(), bound: 2)
    // It came between the record and the queue: it is in both.
    queue.add(Self.line(.turnStarted, 10))
    queue.begin(with: earlier, after: 10)
    queue.add(Self.line(.turnStarted, 10))
    queue.add(Self.line(.turnStarted, 11))
    #expect(Self.rest(&queue).count == 11)
  }

  @Test func aFilterLetsThroughWhatItNames() {
    var filter = EventFilter()
    filter.names = ["session.*", "turn.completed"]
    let passing = EventFilter.knownNames.filter { name in
      var event = Self.line(.heartbeat, 1)
      event.name = name
      return filter.passes(event)
    }
    #expect(
      passing == [
        "session.state", "session.long_running", "session.stalled", "session.stuck",
        "session.recovery.requested", "session.recovery.completed", "turn.completed",
      ])
    filter = EventFilter()
    filter.plugin = "notes"
    #expect(filter.passes(Self.line(.pluginLoaded, 1, plugin: "notes")))
    #expect(!filter.passes(Self.line(.pluginLoaded, 1, plugin: "other")))
    #expect(!filter.passes(Self.line(.heartbeat, 1)))
  }

  @Test func aFilterThatNothingPassesIsAMistake() {
    var filter = EventFilter()
    for good in ["*", "bus.*", "turn.*", "*.stalled", "heartbeat", "p*.c*ed"] {
      filter.names = [good]
      #expect(filter.problem == nil, "\(good)")
    }
    filter.names = ["turn.complete"]
    #expect(filter.problem?.contains("did you mean \"turn.completed\"") == true)
    filter.names = ["*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*x"]
    #expect(filter.problem?.hasPrefix("no event is called") == true)
    filter.names = [""]
    #expect(filter.problem != nil)
    filter.names = []
    filter.session = "home"
    #expect(filter.problem?.contains("no session id") == true)
  }

  @Test func theBussNamesAreThoseOfItsKinds() {
    var event = BusEvent(kind: .turnCompleted, context: CallContext())
    event.sequence = 4
    event.userText = "MIAOW"
    let line = EventLine(PublishedEvent(event, at: WallTime(milliseconds: 5)))
    #expect(line?.name == "bus.turn.completed" && line?.sequence == 4 && line?.isSample == true)
    event.kind = .flush
    #expect(EventLine(PublishedEvent(event, at: WallTime(milliseconds: 5))) == nil)
  }
}
