import HoldfastCore
import HoldfastPorts
import Testing

/// Calls, events and answers of well-behaved plugins.
@Suite struct InProcessPortTests {
  @Test func eventsArriveInOrderWithAllTheirFields() throws {
    let host = try TestHost()
    let port = try host.start("listener")
    var change = BusEvent(kind: .sessionSwitched, context: Samples.context(reason: "new"))
    change.newSession = Samples.other
    change.newParent = Samples.session
    change.newEpoch = 4
    change.isReset = true
    change.isRedelivered = true
    port.deliver(Samples.turn(4), number: 1)
    port.deliver([(change, 2), (BusEvent(kind: .sessionEnded, context: CallContext()), 3)])
    #expect(try host.handled(port, through: 3) == 0)
    let place = "key=main:console:dm:harbour%207 agent=main chat=harbour 7"
    #expect(
      try host.calls("listener") == [
        "event kind=40 seq=1 session=\(Samples.session) number=1 \(place)",
        "  user=ana scope=main/ana reason= epoch=3 turns=4-4 flags=0",
        "  user=question 4 answer=answer 4 at=1700000000000",
        "event kind=2 seq=2 session=\(Samples.session) number=1 \(place)",
        "  user=ana scope=main/ana reason=new epoch=3 turns=4-5 flags=1",
        "  new=\(Samples.other) parent=\(Samples.session) session=1 epoch=4 reset=1 rewound=0",
        "event kind=4 seq=3 session= number=0 key= agent= chat=",
        "  user= scope= reason= epoch=0 turns=0-0 flags=0",
      ])
    try host.end(port)
  }

  @Test func eventsOutsideTheMaskAreHandledWithoutACall() throws {
    let host = try TestHost()
    let port = try host.start("listener")
    port.deliver(BusEvent(kind: .hostStopping, context: CallContext()), number: 1)
    #expect(try host.handled(port, through: 1) == 0)
    #expect(try host.calls("listener").isEmpty)
    try host.end(port)
  }

  @Test func failedEventsAreCountedAndSaid() throws {
    let host = try TestHost()
    let port = try host.start("listener")
    port.deliver([(Samples.turn(1, reason: "fail"), 1), (Samples.turn(2), 2)])
    #expect(try host.handled(port, through: 2) == 1)
    #expect(host.lines.last?.text == "event turn.completed failed with HF_E_FAILED")
    try host.end(port)
  }

  @Test func aChangedConfigurationArrivesWithItsEvent() throws {
    let host = try TestHost()
    let port = try host.start("listener")
    port.update(configuration: .table(["depth": .integer(4), "key": .secret("s3cret")]))
    port.deliver(BusEvent(kind: .configChanged, context: CallContext()), number: 1)
    _ = try host.handled(port, through: 1)
    #expect(try host.calls("listener").last == "  json={\"depth\":4,\"key\":\"s3cret\"} pairs=2")
    try host.end(port)
  }

  @Test func aBatchReachesItsProviderWhole() throws {
    let host = try TestHost()
    let port = try host.start("memory_recorder")
    port.submit(Samples.retain(), as: OperationID(1), deadline: nil)
    let result = try host.answer(port, 1)
    #expect(result.answer == PluginAnswer(.ok) && result.hasReturned)
    #expect(
      try host.calls("memory_recorder") == [
        "retain key=\(uuidV5(name: "cut 9")) document=\(Samples.session) turns=2 attempt=1"
          + " repeated=0",
        "  4: question 4 -> answer 4", "  5: question 5 -> answer 5",
        "  tag harbour", "  tag tide", "  channel=console",
      ])
    try host.end(port)
  }

  @Test func withdrawnTurnsNameTheBatchTheyWentOutWith() throws {
    let host = try TestHost()
    let port = try host.start("memory_recorder")
    guard case .retain(let batch) = Samples.retain() else { return }
    let request = WithdrawRequest(
      context: Samples.context(), key: "w1", document: "d",
      turns: [(turn: 5, cut: batch.cut, key: "cut 9"), (turn: 6, cut: nil, key: "")])
    port.submit(.withdraw(request), as: OperationID(1), deadline: nil)
    #expect(try host.answer(port, 1).answer.status == .ok)
    #expect(
      try host.calls("memory_recorder") == [
        "withdraw turn=5 batch=4-5 key=\(uuidV5(name: "cut 9"))", "withdraw turn=6 batch=0-0 key=",
      ])
    try host.end(port)
  }

  @Test func whatIsRecalledComesWithTheAnswer() throws {
    let host = try TestHost()
    let port = try host.start("memory_recorder")
    port.submit(Samples.recall("boats"), as: OperationID(1), deadline: nil)
    var item = RecallItem(text: "boats", score: 0.5, scope: Scope("main/ana"))
    item.session = Samples.session
    item.time = WallTime(milliseconds: 7)
    #expect(try host.answer(port, 1).answer == PluginAnswer(.ok, items: [item]))
    try host.end(port)
  }

  @Test func aPrefetchIsAnsweredAndCountsAsHandled() throws {
    let host = try TestHost()
    let port = try host.start("memory_recorder")
    var event = BusEvent(kind: .prefetchRequested, context: Samples.context())
    event.userText = "tides"
    event.operation = OperationID(4)
    port.deliver(event, number: 1)
    let answer = try host.answer(port, 4).answer
    #expect(answer.items.map(\.text) == ["tides"])
    #expect(try host.handled(port, through: 1) == 0)
    try host.end(port)
  }

  @Test func instructionsAreGivenFromInsideTheCallback() throws {
    let host = try TestHost()
    let port = try host.start("memory_recorder")
    port.submit(.instructions(Samples.context()), as: OperationID(1), deadline: nil)
    let result = try host.answer(port, 1)
    #expect(result.answer == PluginAnswer(.ok, text: "Remember the tide."))
    #expect(!result.hasReturned)
    guard case .returned(OperationID(1)) = try host.next(port.instance) else {
      Issue.record("the return of the callback is not reported")
      return
    }
    try host.end(port)
  }

  @Test func aModelAnswersInPieces() throws {
    let host = try TestHost()
    let port = try host.start("echo_model")
    let text = "Grüße an die Küste ⚓️"
    port.submit(Samples.respond(text), as: OperationID(1), deadline: nil)
    #expect(try host.answer(port, 1).answer == PluginAnswer(.ok, text: text))
    try host.end(port)
  }

  @Test func anAnswerInPiecesLosesTheBlockThatItRepeats() throws {
    let host = try TestHost()
    let port = try host.start("echo_model")
    let text = "Grüße <recalled-notes>secret ⚓️</recalled-notes>an die Küste"
    port.submit(Samples.respond(text), as: OperationID(1), deadline: nil)
    #expect(try host.answer(port, 1).answer == PluginAnswer(.ok, text: "Grüße an die Küste"))
    port.submit(
      Samples.respond("<recalled-notes>all</recalled-notes>"), as: OperationID(2), deadline: nil)
    #expect(try host.answer(port, 2).answer == PluginAnswer(.ok, text: ""))
    try host.end(port)
  }

  @Test func aRefusalComesWithItsExplanation() throws {
    let host = try TestHost()
    let port = try host.start("echo_model")
    port.submit(Samples.respond("x", reason: "refuse"), as: OperationID(1), deadline: nil)
    #expect(
      try host.answer(port, 1).answer == PluginAnswer(.refused, text: "it is too late for that"))
    try host.end(port)
  }

  @Test func callsThatAPluginDoesNotOfferAreUnsupported() throws {
    let host = try TestHost()
    let port = try host.start("echo_model")
    port.submit(Samples.retain(), as: OperationID(1), deadline: nil)
    #expect(try host.answer(port, 1).answer.status == .unsupported)
    try host.end(port)
  }

  @Test func traitsSayWhatAPluginOffers() throws {
    let host = try TestHost()
    let memory = host.loader().start(try host.begin("memory_recorder"))
    let traits = try host.created(memory)
    #expect(traits.isMemory && traits.canRecall && traits.canWithdraw && traits.hasInstructions)
    #expect(traits.events == .prefetchRequested && !traits.isModel && traits.channel == nil)
    let channel = host.loader().start(try host.begin("bad_messages"))
    let limits = try host.created(channel).channel
    #expect(limits?.unit == .utf16 && limits?.maxLength == 4096)
    try host.end(memory)
    try host.end(channel)
  }

  @Test func twoInstancesOfOneLibraryDoNotMeet() throws {
    let host = try TestHost()
    let first = try host.start("listener", as: "first")
    let second = try host.start("listener", as: "second")
    first.deliver(Samples.turn(1), number: 1)
    _ = try host.handled(first, through: 1)
    #expect(try host.calls("first").count == 3)
    #expect(try host.calls("second").isEmpty)
    try host.end(first)
    second.deliver(Samples.turn(1), number: 1)
    #expect(try host.handled(second, through: 1) == 0)
    try host.end(second)
    #expect(try host.calls("second").last == "destroy")
  }

  @Test func aReplyIsSentAndAnsweredWithThePlatformsId() throws {
    let host = try TestHost()
    let port = try host.start("bad_messages")
    var reply = ReplyRecord(
      id: 1, channel: InstanceID("console"), account: "a", key: Samples.key,
      session: Samples.session, text: "ahoy")
    reply.isNotice = true
    let request = SendRequest(
      context: Samples.context(), reply: reply, key: "reply 1", isRepeated: false)
    port.submit(.send(request), as: OperationID(1), deadline: Instant(nanoseconds: 5))
    #expect(try host.answer(port, 1).answer == PluginAnswer(.ok, text: "platform-7"))
    #expect(
      try host.calls("bad_messages") == [
        "send ahoy to harbour 7 key \(uuidV5(name: "reply 1")) part 1/1 notice 1"
      ])
    try host.end(port)
  }
}
