import HoldfastCore
import HoldfastPorts
import Testing

/// A plugin that takes several sessions at once gets them so, and each of them in order.
@Suite struct SessionSeatsTests {
  private static func of(_ session: SessionID, _ call: PluginCall) -> PluginCall {
    switch call {
    case .retain(var request):
      request.context.session = session
      return .retain(request)
    case .recall(var request):
      request.context.session = session
      return .recall(request)
    default: return call
    }
  }

  @Test func oneSessionsSlowBatchHoldsUpThatSessionOnly() throws {
    let host = try TestHost()
    let gate = try Gate(host, "sessions")
    let loader = host.loader()
    let port = loader.start(try host.begin("sessions"))
    #expect(try host.created(port).concurrentSessions == PortLimits.sessions)

    port.submit(Samples.retain(reason: "wait"), as: OperationID(1), deadline: nil)
    try gate.waitUntilHeld { port.occupancy != nil }
    port.submit(Samples.recall("behind"), as: OperationID(2), deadline: nil)
    port.deliver(Samples.turn(1), number: 1)
    port.submit(Self.of(Samples.other, Samples.retain()), as: OperationID(3), deadline: nil)
    #expect(try host.answer(port, 3).answer.status == .ok, "another session does not wait")
    for number in UInt64(4)..<40 {
      let session = SessionID(value: UInt128(number))
      port.submit(Self.of(session, Samples.recall("q")), as: OperationID(number), deadline: nil)
      #expect(try host.answer(port, number).answer.status == .ok, "nor do many")
    }
    gate.open()
    #expect(try host.answer(port, 1).answer.status == .ok)
    #expect(try host.answer(port, 2).answer.status == .ok, "behind its own session's batch")
    #expect(try host.handled(port, through: 1) == 0)
    let own = try host.calls("sessions").filter { $0.hasSuffix("\(Samples.session)") }
    #expect(own.map { $0.prefix { $0 != " " } } == ["retain", "recall", "event"])
    try host.end(port)
  }

  /// Batches that hold no thread may be more than there are threads; those that do may not, since
  /// their deadlines run while they wait for one.
  @Test func aPluginThatAnswersLaterIsGivenMoreSessionsAndOneThatDoesNotIsNot() throws {
    let host = try TestHost()
    let port = try host.start("sessions")
    #expect(PortLimits.pendingSessions > PortLimits.sessions)
    #expect(try Self.sessions(host, port, 1, "later") == [PortLimits.pendingSessions])
    #expect(try Self.sessions(host, port, 2, "later") == [], "nothing new")
    #expect(try Self.sessions(host, port, 3, "") == [PortLimits.sessions])
    #expect(try Self.sessions(host, port, 4, "") == [])
    try host.end(port)
  }

  /// What is said of sessions until a batch is answered and its callback has returned.
  private static func sessions(
    _ host: TestHost, _ port: any PluginPort, _ operation: UInt64, _ reason: String
  ) throws -> [Int] {
    port.submit(Samples.retain(reason: reason), as: OperationID(operation), deadline: nil)
    var counts: [Int] = []
    while true {
      switch try host.next(port.instance) {
      case .concurrentSessions(let count): counts.append(count)
      case .answered(_, let answer, let hasReturned):
        #expect(answer.status == .ok)
        if hasReturned { return counts }
      case .returned: return counts
      case let other: throw TestFailure("no answer: \(other)")
      }
    }
  }

  @Test func anEventCountsAsHandledWhenAllBeforeItAre() throws {
    let host = try TestHost()
    let gate = try Gate(host, "sessions")
    let port = try host.start("sessions")
    port.submit(Samples.retain(reason: "wait"), as: OperationID(1), deadline: nil)
    try gate.waitUntilHeld { port.occupancy != nil }
    var elsewhere = Samples.turn(1)
    elsewhere.context.session = Samples.other
    port.deliver([(Samples.turn(1), 1), (elsewhere, 2)])
    guard case .handledEvents(through: 0, failures: 0) = try host.next(port.instance) else {
      Issue.record("the second event is counted, and the first is not handled")
      return
    }
    gate.open()
    #expect(try host.answer(port, 1).answer.status == .ok)
    #expect(try host.handled(port, through: 2) == 0)
    try host.end(port)
  }

  @Test func aStuckSessionDoesNotKeepTheInstanceFromItsEnd() throws {
    let host = try TestHost()
    let gate = try Gate(host, "sessions")
    let port = try host.start("sessions")
    port.submit(Samples.retain(reason: "wait"), as: OperationID(1), deadline: nil)
    try gate.waitUntilHeld { port.occupancy != nil }
    port.destroy()
    gate.open()
    #expect(try host.answer(port, 1).answer.status == .ok)
    guard case .destroyed = try host.next(port.instance) else {
      Issue.record("its end is not reported")
      return
    }
    #expect(try host.calls("sessions").last == "destroy")
  }
}
