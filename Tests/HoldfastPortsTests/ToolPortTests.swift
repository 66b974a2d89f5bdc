import CHoldfast
import HoldfastCore
import HoldfastPorts
import Testing

/// Tools and the models that call them, at the boundary.
@Suite struct ToolPortTests {
  private func call(_ name: String, _ arguments: String = "{}") -> PluginCall {
    .callTool(
      ToolCall(context: Samples.context(), key: "call 1", name: name, arguments: arguments))
  }

  /// A request to a model, with one tool that was called before.
  private func request(rounds: Int, hasTools: Bool = true) -> PluginCall {
    var request = ModelRequest(context: Samples.context(), purpose: .answer)
    request.messages = [
      PromptMessage(role: .tool, text: "high", name: "t__tide", time: WallTime(milliseconds: 1)),
      PromptMessage(role: .user, text: "and now?", time: WallTime(milliseconds: 2)),
    ]
    let tool = Tool(name: "t__tide", purpose: "tells", schema: "{}", isReadOnly: true)
    if hasTools { request.tools = [tool] }
    var use = ToolUse(
      ToolRequest(id: "x", name: "t__tide", arguments: "{\"at\":1}"), round: 1, said: "hm")
    use.status = .failed
    use.result = "low"
    request.uses = [use]
    request.roundsLeft = rounds
    return .respond(request)
  }

  @Test func onlyToolsThatKeepTheRulesAreTaken() throws {
    let host = try TestHost()
    let port = host.loader().start(try host.begin("odd_tools"))
    let traits = try host.created(port)
    #expect(traits.hasTools && !traits.isModel && !traits.callsTools)
    port.submit(.listTools(CallContext()), as: OperationID(1), deadline: nil)
    guard case .staleAnswer(OperationID(1001)) = try host.next(port.instance) else {
      Issue.record("a tool for no operation is not reported as stale")
      return
    }
    let answer = try host.answer(port, 1).answer
    #expect(answer.status == .ok && answer.tools.count == 128)
    #expect(
      answer.tools.prefix(3) == [
        Tool(
          name: "echo", purpose: "for a test", schema: "{\"required\":[\"words\"]}",
          isReadOnly: true),
        Tool(name: "late", purpose: "for a test"), Tool(name: "tool-0", purpose: "for a test"),
      ])
    #expect(
      try host.calls("odd_tools") == ["list 0 0 -12 -1 -1 -11 -11 -11 -10 -3, 126 more, then -10"])
    #expect(port.counters.staleAnswers == 1 && port.counters.malformedTexts == 1)
    try host.end(port)
  }

  @Test func aCallCarriesItsArgumentsAndBringsBackAResult() throws {
    let host = try TestHost()
    let port = try host.start("odd_tools")
    let arguments = "{\"words\":\"tide ↑\",\"at\":{\"hour\":6.5,\"days\":[1,null,true]}}"
    port.submit(call("echo", arguments), as: OperationID(1), deadline: nil)
    #expect(try host.answer(port, 1).answer == PluginAnswer(.ok, text: arguments))
    try host.end(port)
    let calls = try host.calls("odd_tools")
    #expect(
      calls.dropFirst() == [
        "at.days.0=1", "at.days.2=true", "at.hour=6.5", "words=tide ↑", "destroy",
      ])
    let first = try #require(calls.first)
    #expect(first.hasPrefix("call echo of ") && first.hasSuffix(" in main/ana: \(arguments)"))
  }

  @Test(arguments: [
    ("cut", PluginAnswer(.malformed, text: "the answer is not UTF-8")),
    ("large", PluginAnswer(.tooLarge, text: "the answer is over 262144 bytes")),
    ("long-text", PluginAnswer(.tooLarge, text: "the answer is over 262144 bytes")),
    ("wrong", PluginAnswer(.argument, text: "no such harbour")),
    ("plain", PluginAnswer(.ok)),
  ])
  func aBadResultFailsItsCallAlone(tool: String, expected: PluginAnswer) throws {
    let host = try TestHost()
    let port = try host.start("odd_tools")
    port.submit(call(tool), as: OperationID(1), deadline: nil)
    #expect(try host.answer(port, 1).answer == expected)
    if expected.status == .tooLarge {
      guard case .returned = try host.next(port.instance) else {
        Issue.record("the return of the callback is not reported")
        return
      }
    }
    port.submit(call("echo"), as: OperationID(2), deadline: nil)
    #expect(try host.answer(port, 2).answer.text == "{}")
    try host.end(port)
  }

  @Test func aSecondResultIsRefused() throws {
    let host = try TestHost()
    let port = try host.start("odd_tools")
    port.submit(call("twice"), as: OperationID(1), deadline: nil)
    #expect(try host.answer(port, 1).answer == PluginAnswer(.ok, text: "first"))
    for _ in 0..<2 {
      guard case .staleAnswer(OperationID(1)) = try host.next(port.instance) else {
        Issue.record("what follows the answer is not reported as stale")
        return
      }
    }
    try host.end(port)
    #expect(try host.calls("odd_tools").dropFirst() == ["complete 0 -3 result -3", "destroy"])
    #expect(port.counters.staleAnswers == 2)
  }

  @Test func aLateResultIsRefused() throws {
    let host = try TestHost()
    let port = try host.start("odd_tools")
    port.submit(call("late"), as: OperationID(1), deadline: nil)
    port.submit(call("echo"), as: OperationID(2), deadline: nil)
    #expect(try host.answer(port, 2).answer.status == .ok)
    port.cancel(OperationID(1))
    guard case .returned(OperationID(1)) = try host.next(port.instance) else {
      Issue.record("a pending operation holds no thread, and that is not reported")
      return
    }
    for _ in 0..<2 {
      guard case .staleAnswer(OperationID(1)) = try host.next(port.instance) else {
        Issue.record("a late result is not reported as stale")
        return
      }
    }
    try host.end(port)
    #expect(try host.calls("odd_tools").contains("cancel same=1 result -3 complete -3"))
  }

  @Test func aChangeOfToolsIsReported() throws {
    let host = try TestHost()
    let port = try host.start("odd_tools")
    port.submit(call("changed"), as: OperationID(1), deadline: nil)
    guard case .toolsChanged = try host.next(port.instance) else {
      Issue.record("the change is not reported")
      return
    }
    #expect(try host.answer(port, 1).answer.status == .ok)
    try host.end(port)
  }

  @Test func aModelSeesToolsAndAsksForCallsWithinTheRules() throws {
    let host = try TestHost()
    let port = host.loader().start(try host.begin("calling_model"))
    let traits = try host.created(port)
    #expect(traits.isModel && traits.callsTools && !traits.hasTools)
    port.submit(request(rounds: 2), as: OperationID(1), deadline: nil)
    guard case .progress = try host.next(port.instance),
      case .staleAnswer(OperationID(1001)) = try host.next(port.instance)
    else {
      Issue.record("a call for no operation is not reported as stale")
      return
    }
    let answer = try host.answer(port, 1).answer
    #expect(answer.text == "let me look" && answer.requests.count == 16)
    #expect(
      answer.requests.first
        == ToolRequest(id: "a", name: "t__tide", arguments: "{\"words\":\"tide\"}"))
    try host.end(port)
    #expect(
      try host.calls("calling_model") == [
        "role 4 t__tide: high", "role 1 : and now?", "tool t__tide 1: tells {}",
        "use 1 x t__tide {\"at\":1}: -7 low after hm",
        "left 2 size \(MemoryLayout<hf_model_tools_request_t>.size)",
        "calls 0 -12 -1 -11 -10 -3, 15 more, then -10", "destroy",
      ])
  }

  @Test(arguments: [(0, true), (3, false)])
  func withoutToolsOrRoundsNoCallIsTaken(rounds: Int, hasTools: Bool) throws {
    let host = try TestHost()
    let port = try host.start("calling_model")
    port.submit(request(rounds: rounds, hasTools: hasTools), as: OperationID(1), deadline: nil)
    #expect(try host.answer(port, 1).answer == PluginAnswer(.ok, text: "no tools"))
    try host.end(port)
    #expect(try host.calls("calling_model").contains("call -13"))
  }

  @Test func summariesAndModelsWithoutToolsSeeNone() throws {
    let host = try TestHost()
    let port = try host.start("calling_model")
    guard case .respond(var request) = request(rounds: 2) else { return }
    request.purpose = .summarise
    port.submit(.respond(request), as: OperationID(1), deadline: nil)
    #expect(try host.answer(port, 1).answer == PluginAnswer(.ok, text: "plain"))
    try host.end(port)
    #expect(try host.calls("calling_model") == ["plain, 1 messages", "destroy"])
  }

  @Test func whatToolsAnsweredIsRetainedBetweenQuestionAndAnswer() throws {
    let host = try TestHost()
    let port = try host.start("memory_recorder")
    guard case .retain(var request) = Samples.retain() else { return }
    var use = ToolUse(ToolRequest(name: "t__tide", arguments: "{}"), round: 1)
    use.result = "high at six"
    request.turns[0].tools = [use, use]
    port.submit(.retain(request), as: OperationID(1), deadline: nil)
    #expect(try host.answer(port, 1).answer.status == .ok)
    try host.end(port)
    #expect(
      try host.calls("memory_recorder")[1...4] == [
        "  4: question 4 -> answer 4", "  role 4 t__tide: high at six",
        "  role 4 t__tide: high at six", "  5: question 5 -> answer 5",
      ])
  }
}
