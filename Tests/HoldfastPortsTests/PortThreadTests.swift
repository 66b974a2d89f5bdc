import Glibc
import HoldfastCore
import HoldfastPorts
import HoldfastThreads
import Testing

/// What whoever watches a plugin's threads sees of them.
@Suite struct PortThreadTests {
  @Test func aThreadWithNothingToDoAnswersAProbe() throws {
    let host = try TestHost()
    let port = try host.start("hangs_in_event")
    let thread = try #require(port.threads.first)
    #expect(thread.isAlive && thread.probe.take() == nil)
    let activity = thread.probe.activity
    for _ in 0..<3 {
      thread.sendProbe(at: monotonicNanoseconds())
      try settle("the probe is back") { thread.probe.outSince == nil }
      try settle("its time can be had") { thread.probe.take() != nil }
    }
    #expect(thread.probe.take() == nil, "each answer counts once")
    #expect(thread.probe.activity == activity, "answering is no work")
    try host.end(port)
  }

  @Test func aThreadInACallShowsSessionAndWhatWaitsAndAnswersNoProbe() throws {
    let host = try TestHost()
    let gate = try Gate(host, "hangs_in_event")
    let port = try host.start("hangs_in_event")
    let thread = try #require(port.threads.first)
    let before = Instant(nanoseconds: monotonicNanoseconds())
    port.deliver([(Samples.turn(1), 1), (Samples.turn(2), 2)])
    try gate.waitUntilHeld { port.occupancy != nil }
    let occupancy = try #require(thread.occupancy)
    #expect(occupancy.call == "event" && occupancy.session == Samples.session)
    #expect(thread.waiting?.count == 1, "the second event")
    port.submit(Samples.retain(), as: OperationID(1), deadline: nil)
    let waiting = try #require(thread.waiting)
    #expect(waiting.count == 2)
    // The clock for it may be some milliseconds behind.
    #expect(waiting.since.since(before - .milliseconds(50)) > .zero)
    let sent = monotonicNanoseconds()
    thread.sendProbe(at: sent)
    #expect(thread.probe.outSince == sent)
    gate.open()
    try settle("one waits") { thread.waiting?.count == 1 }
    gate.open()
    _ = try host.handled(port, through: 2)
    _ = try host.answer(port, 1)
    try settle("nothing is left") { thread.probe.outSince == nil && thread.occupancy == nil }
    #expect(thread.waiting == nil)
    try host.end(port)
  }

  @Test func processorTimeIsThatOfTheThreadAndStaysBehindIt() throws {
    let host = try TestHost()
    let port = try host.start("spins_in_event")
    let thread = try #require(port.threads.first)
    port.deliver(Samples.turn(1), number: 1)
    try settle("the call began") { thread.occupancy != nil }
    let start = thread.processorTime
    try settle("it used 20 ms") { thread.processorTime - start > .milliseconds(20) }
    #expect(thread.occupancy?.call == "event")
    shell("touch '\(host.stateFolder("spins_in_event"))/enough'")
    _ = try host.handled(port, through: 1)
    try host.end(port)
    try settle("the thread ended") { !thread.isAlive }
    #expect(thread.processorTime > start + .milliseconds(20))
    #expect(port.processorTime == thread.processorTime)
    #expect(thread.processorTime == thread.processorTime, "it has ended")
  }
}
