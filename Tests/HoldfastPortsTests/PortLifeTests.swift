import HoldfastCore
import HoldfastPorts
import Testing

/// Starting, standing still and ending.
@Suite struct PortLifeTests {
  @Test func aSlowCreateDelaysNobody() throws {
    let host = try TestHost()
    let gate = try Gate(host, "slow_create")
    let loader = host.loader()
    let slow = loader.start(try host.begin("slow_create"))
    let quick = loader.start(try host.begin("listener"))
    try host.created(quick)
    quick.deliver(Samples.turn(1), number: 1)
    #expect(try host.handled(quick, through: 1) == 0)
    gate.open()
    try host.created(slow)
    try host.end(slow)
    try host.end(quick)
  }

  @Test func destroyDuringCreateTakesEffectWhenItReturns() throws {
    let host = try TestHost()
    let gate = try Gate(host, "slow_create")
    let port = host.loader().start(try host.begin("slow_create"))
    port.destroy()
    gate.open()
    guard case .destroyed = try host.next(port.instance) else {
      Issue.record("something else than its end was reported")
      return
    }
    #expect(try host.calls("slow_create") == ["destroy"])
  }

  @Test func destroyAfterAFailureIsAnsweredOnce() throws {
    let host = try TestHost()
    let port = host.loader().start(try host.begin("create_fails"))
    guard case .failed = try host.next(port.instance) else {
      Issue.record("the failure is not reported")
      return
    }
    port.destroy()
    port.destroy()
    guard case .destroyed = try host.next(port.instance) else {
      Issue.record("the end is not reported")
      return
    }
  }

  @Test func destroyWaitsForTheCallInProgressAndDropsWhatIsQueued() throws {
    let host = try TestHost()
    let gate = try Gate(host, "hangs_in_event")
    let port = try host.start("hangs_in_event")
    port.deliver([(Samples.turn(1), 1), (Samples.turn(2), 2)])
    port.submit(Samples.retain(), as: OperationID(1), deadline: nil)
    try gate.waitUntilHeld { port.occupancy != nil }
    port.destroy()
    gate.open()
    guard case .destroyed = try host.next(port.instance) else {
      Issue.record("something else than its end was reported")
      return
    }
    #expect(try host.calls("hangs_in_event") == ["event", "destroy"])
  }

  @Test func whatAThreadIsBusyWithCanBeSeen() throws {
    let host = try TestHost()
    let gate = try Gate(host, "hangs_in_event")
    let port = try host.start("hangs_in_event")
    #expect(port.occupancy == nil)
    port.deliver(Samples.turn(1), number: 1)
    try gate.waitUntilHeld { port.occupancy != nil }
    #expect(port.occupancy?.call == "event")
    gate.open()
    _ = try host.handled(port, through: 1)
    #expect(port.occupancy == nil)
    try host.end(port)
  }

  @Test func aSlowRetainDoesNotHoldUpARecallWhereThePluginAllowsIt() throws {
    let host = try TestHost()
    let gate = try Gate(host, "read_write")
    let port = try host.start("read_write")
    port.submit(Samples.retain(), as: OperationID(1), deadline: nil)
    port.submit(Samples.recall("now"), as: OperationID(2), deadline: nil)
    #expect(try host.answer(port, 2).answer.status == .ok)
    var prefetch = BusEvent(kind: .prefetchRequested, context: Samples.context())
    prefetch.operation = OperationID(3)
    port.deliver(prefetch, number: 1)
    // An event is on the writing side, so that a recall passes it while the batch is stored.
    port.submit(Samples.recall("then"), as: OperationID(4), deadline: nil)
    #expect(try host.answer(port, 4).answer.status == .ok)
    gate.open()
    #expect(try host.answer(port, 1).answer.status == .ok)
    #expect(try host.answer(port, 3).answer.status == .ok)
    #expect(try host.handled(port, through: 1) == 0)
    try host.end(port)
  }

  @Test func aHundredStartsAndEndsLeaveNothingBehind() throws {
    let host = try TestHost()
    let loader = host.loader()
    let start = try host.begin("listener")
    for _ in 0..<100 {
      let port = loader.start(start)
      try host.created(port)
      try host.end(port)
    }
    #expect(try host.calls("listener").count == 100)
  }
}
