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
    gate.waitUntilHeld { port.occupancy != nil }
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

  @Test func anEventCountsAsHandledWhenAllBeforeItAre() throws {
    let host = try TestHost()
    let gate = try Gate(host, "sessions")
    let port = try host.start("sessions")
    port.submit(Samples.retain(reason: "wait"), as: OperationID(1), deadline: nil)
    gate.waitUntilHeld { port.occupancy != nil }
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
    gate.waitUntilHeld { port.occupancy != nil }
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
