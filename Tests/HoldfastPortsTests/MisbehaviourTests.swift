import HoldfastCore
import HoldfastPorts
import Testing

/// What the host does when a plugin breaks a rule of the header.
@Suite struct MisbehaviourTests {
  @Test func onlyTheFirstOfThreeAnswersCounts() throws {
    let host = try TestHost()
    let port = try host.start("answers_twice")
    port.submit(Samples.retain(), as: OperationID(1), deadline: nil)
    let result = try host.answer(port, 1)
    #expect(result.answer == PluginAnswer(.ok, text: "first") && !result.hasReturned)
    guard case .staleAnswer(OperationID(1)) = try host.next(port.instance) else {
      Issue.record("the second answer is not reported as stale")
      return
    }
    guard case .returned(OperationID(1)) = try host.next(port.instance) else {
      Issue.record("the return of the callback is not reported")
      return
    }
    #expect(try host.calls("answers_twice") == ["complete 0 -3"])
    #expect(port.counters.staleAnswers == 1)
    try host.end(port)
  }

  @Test func aCancelledOperationIsToldAndItsLateAnswerRefused() throws {
    let host = try TestHost()
    let port = try host.start("answers_late")
    port.submit(Samples.retain(), as: OperationID(1), deadline: nil)
    port.deliver(Samples.turn(1), number: 1)
    _ = try host.handled(port, through: 1)
    port.cancel(OperationID(1))
    guard case .returned(OperationID(1)) = try host.next(port.instance) else {
      Issue.record("a pending operation holds no thread, and that is not reported")
      return
    }
    guard case .staleAnswer(OperationID(1)) = try host.next(port.instance) else {
      Issue.record("the late answer is not reported as stale")
      return
    }
    try host.end(port)
    #expect(
      try host.calls("answers_late") == [
        "wanted 0", "cancel same=1 wanted -6 complete -3", "destroy",
      ])
  }

  @Test func anOperationThatIsCancelledInTheQueueIsNeverCalled() throws {
    let host = try TestHost()
    let gate = try Gate(host, "hangs_in_event")
    let port = try host.start("hangs_in_event")
    port.deliver(Samples.turn(1), number: 1)
    port.submit(Samples.retain(), as: OperationID(1), deadline: nil)
    port.cancel(OperationID(1))
    guard case .returned(OperationID(1)) = try host.next(port.instance) else {
      Issue.record("a queued operation holds no thread, and that is not reported")
      return
    }
    port.submit(Samples.retain(), as: OperationID(2), deadline: nil)
    gate.open()
    _ = try host.handled(port, through: 1)
    #expect(try host.answer(port, 2).answer.status == .unsupported)
    try host.end(port)
  }

  @Test func anAnswerThatNeverComesHoldsNothingUp() throws {
    let host = try TestHost()
    let port = try host.start("never_answers")
    port.submit(Samples.retain(), as: OperationID(1), deadline: nil)
    port.deliver(Samples.turn(1), number: 1)
    #expect(try host.handled(port, through: 1) == 0)
    #expect(port.occupancy == nil)
    try host.end(port)
  }

  @Test(arguments: [
    ("bytes", PluginStatus.malformed, "the text of its answer is not UTF-8"),
    ("null", .malformed, "the text of its answer is not UTF-8"),
    ("pending", .failed, "answered with HF_PENDING, which is no answer"),
    ("negative", .failed, ""), ("positive", .ok, ""),
  ])
  func garbageInAnAnswerFailsItsOperationAlone(
    how: String, status: PluginStatus, text: String
  ) throws {
    let host = try TestHost()
    let port = try host.start("answers_garbage")
    port.submit(Samples.retain(reason: how), as: OperationID(77), deadline: nil)
    #expect(try host.answer(port, 77).answer == PluginAnswer(status, text: text))
    try host.end(port)
    if text.isEmpty { return }
    #expect(try host.calls("answers_garbage").first == "complete -1")
  }

  @Test func answersToOperationsThatNeverWereAreStale() throws {
    let host = try TestHost()
    let port = try host.start("answers_garbage")
    port.submit(Samples.retain(reason: "operations"), as: OperationID(7), deadline: nil)
    for _ in 0..<100 {
      guard case .staleAnswer = try host.next(port.instance) else {
        Issue.record("an answer to nothing is not reported as stale")
        return
      }
    }
    #expect(try host.answer(port, 7).answer.status == .busy)
    #expect(port.counters.staleAnswers == 100)
    try host.end(port)
  }

  @Test func itemsOfAnotherScopeNeverLeaveThePort() throws {
    let host = try TestHost()
    let port = try host.start("foreign_scope")
    port.submit(Samples.recall("?", items: 2, characters: 20), as: OperationID(1), deadline: nil)
    guard case .staleAnswer(OperationID(1001)) = try host.next(port.instance) else {
      Issue.record("an item for no operation is not reported as stale")
      return
    }
    let answer = try host.answer(port, 1).answer
    #expect(answer.items.map(\.text) == ["mine", "second"])
    #expect(try host.calls("foreign_scope") == ["-13 -11 0 -10 0 -10 -3"])
    #expect(port.counters.deniedItems == 1 && port.counters.malformedTexts == 1)
    try host.end(port)
  }

  @Test func aFloodOfLogLinesIsCutAndCounted() throws {
    let host = try TestHost()
    let port = try host.start("floods_log")
    port.deliver(Samples.turn(1), number: 1)
    _ = try host.handled(port, through: 1)
    #expect(try host.calls("floods_log") == ["-1 -1 all=5000 some=1"])
    let lines = host.lines.filter { $0.text == "two lines [31m" }
    #expect(lines.count >= 200 && port.counters.droppedLines == 5000 - lines.count)
    try host.end(port)
  }

  @Test func badMessagesAreRefusedWithTheirReason() throws {
    let host = try TestHost()
    let port = try host.start("bad_messages")
    port.submit(.startChannel(CallContext()), as: OperationID(1), deadline: nil)
    guard case .received(let message) = try host.next(port.instance) else {
      Issue.record("the good message is not reported")
      return
    }
    #expect(message.text.utf8.count == 1 << 20 && message.token == 5 && message.chat == "c1")
    #expect(try host.answer(port, 1).answer.status == .ok)
    port.submit(.stopChannel(CallContext()), as: OperationID(2), deadline: nil)
    #expect(try host.answer(port, 2).answer.status == .ok)
    #expect(
      try host.calls("bad_messages") == [
        "bytes -11", "name -11", "large -10", "title -10", "id -1", "chat -1", "kind -1",
        "null -1", "size -1", "good 0", "stopping -14",
      ])
    #expect(port.counters.refusedMessages == 10)
    try host.end(port)
  }

  @Test func messagesWithoutAReceiptAreBounded() throws {
    let host = try TestHost()
    let port = try host.start("floods_messages")
    port.submit(.startChannel(CallContext()), as: OperationID(1), deadline: nil)
    for token in 0..<1024 {
      guard case .received(let message) = try host.next(port.instance) else {
        Issue.record("message \(token) is not reported")
        return
      }
      #expect(message.token == UInt64(token))
    }
    guard case .health("main", .connected, "fine") = try host.next(port.instance) else {
      Issue.record("the health is not reported")
      return
    }
    _ = try host.answer(port, 1)
    #expect(try host.calls("floods_messages") == ["taken 1024 busy 3976"])
    try host.end(port)
  }

  @Test func receiptsReachTheChannelWithTheirReason() throws {
    let host = try TestHost()
    let port = try host.start("bad_messages")
    port.receipt(.accepted, token: 5, messageID: "m1")
    port.receipt(.busy(retryAfter: .milliseconds(250)), token: 6, messageID: "m2")
    port.receipt(.rejected(.denied, "not here"), token: 7, messageID: "m3")
    port.deliver(Samples.turn(1), number: 1)
    _ = try host.handled(port, through: 1)
    #expect(
      try host.calls("bad_messages") == [
        "receipt 0 token 5 message m1 after 0 why ", "receipt -4 token 6 message m2 after 250 why ",
        "receipt -13 token 7 message m3 after 0 why not here",
      ])
    try host.end(port)
  }

  @Test func anAnswerOverTheLimitFailsAtOnce() throws {
    let host = try TestHost()
    let port = try host.start("echo_model")
    port.submit(Samples.respond("x", reason: "large"), as: OperationID(1), deadline: nil)
    let result = try host.answer(port, 1)
    #expect(result.answer == PluginAnswer(.tooLarge, text: "the answer is over 1048576 bytes"))
    #expect(!result.hasReturned)
    try host.end(port)
    #expect(try host.calls("echo_model") == ["text -10", "destroy"])
  }

  @Test func anAnswerThatEndsInsideACharacterIsMalformed() throws {
    let host = try TestHost()
    let port = try host.start("echo_model")
    port.submit(Samples.respond("x", reason: "cut"), as: OperationID(1), deadline: nil)
    #expect(
      try host.answer(port, 1).answer
        == PluginAnswer(.malformed, text: "the answer is not UTF-8"))
    try host.end(port)
  }
}
