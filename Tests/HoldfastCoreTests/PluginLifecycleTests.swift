import HoldfastCore
import Testing

@Suite struct PluginLifecycleTests {
  private let now = Instant(nanoseconds: 1)
  private let call = OperationID(4)
  private var plugin = PluginLifecycle()

  private mutating func start() {
    #expect(plugin.load(at: now) == true)
    #expect(plugin.created(PluginTraits()) == true)
  }

  @Test mutating func aPluginIsLoadedOnceAndRuns() {
    #expect(plugin.load(at: now) && !plugin.load(at: now))
    #expect(!plugin.isSettled && !plugin.isRunning)
    #expect(plugin.created(PluginTraits()) == true)
    #expect(plugin.isSettled && plugin.isRunning && !plugin.load(at: now))
  }

  @Test mutating func aCreateThatNobodyWaitsForIsRefused() {
    _ = plugin.load(at: now)
    plugin.failed(PluginFault(.create, "late"))
    #expect(plugin.created(PluginTraits()) == false)
    #expect(plugin.load(at: now) == true)
  }

  @Test mutating func aCallThatHoldsItsThreadTooLongWedgesThePlugin() {
    start()
    plugin.timedOut(call, call: "recall", at: now)
    #expect(plugin.checkOverdue(at: now) == false)
    let late = now + PluginLifecycle.grace
    #expect(plugin.checkOverdue(at: late) && !plugin.checkOverdue(at: late))
    #expect(plugin.state == .wedged(call: "recall", since: now) && !plugin.isRunning)
    plugin.returned(call)
    #expect(plugin.isRunning && plugin.timeouts == 1)
  }

  @Test mutating func aCallThatReturnsInTimeWedgesNothing() {
    start()
    plugin.timedOut(call, call: "recall", at: now)
    plugin.returned(call)
    #expect(plugin.checkOverdue(at: now + .seconds(60)) == false)
  }

  @Test mutating func whatHeldTheLastInstanceDoesNotWedgeTheNext() {
    start()
    plugin.timedOut(call, call: "recall", at: now)
    #expect(plugin.stop() && !plugin.stop())
    plugin.destroyed()
    start()
    #expect(plugin.checkOverdue(at: now + .seconds(60)) == false)
  }
}
