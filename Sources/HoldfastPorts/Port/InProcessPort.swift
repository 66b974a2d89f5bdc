import CHoldfast
import HoldfastCore

/// A plugin that runs in this process, on threads of its own. Made by `PluginLoader`.
final class InProcessPort: PluginPort, @unchecked Sendable {
  // Safe to share: `state` is touched only with the lock held, the rest is constant.
  private let start: PluginStart
  private let place: PluginPlace
  private let bridge: HostBridge
  private let settings: SharedSettings
  private let writing: LaneThread
  private let reading: LaneThread
  private let lock = Lock()
  private var state = State()

  /// Where the instance is in its life.
  private struct State {
    var phase = Phase.starting
    var isDestroying = false
    var readsApart = false
    var lanes = 0
  }

  private enum Phase {
    case starting, running, failed, over
  }

  init(
    _ start: PluginStart, _ place: PluginPlace,
    report: @escaping @Sendable (InstanceID, PluginReport) -> Void
  ) {
    self.start = start
    self.place = place
    bridge = HostBridge(instance: start.instance, log: place.log, report: report)
    settings = SharedSettings(start.configuration)
    let name = permanent(start.instance.description)
    writing = LaneThread(bridge: bridge, instance: name)
    reading = LaneThread(bridge: bridge, instance: name)
  }

  /// The instance behind it.
  var instance: InstanceID { start.instance }

  // MARK: - Hand-over

  func submit(_ call: PluginCall, as operation: OperationID, deadline: Instant?) {
    switch call {
    case .startChannel: bridge.setStopping(false)
    case .stopChannel: bridge.setStopping(true)
    default: break
    }
    bridge.operations.add(operation, Operation(call))
    lane(isReading: call.isReading).mailbox.put(.call(QueuedCall(call, operation, deadline)))
  }

  func deliver(_ event: BusEvent, number: UInt64) {
    if event.operation != nil {
      prefetch(event, number)
    } else {
      writing.mailbox.put(event, number: number)
    }
  }

  func deliver(_ events: [(BusEvent, UInt64)]) {
    guard !events.contains(where: { $0.0.operation != nil }) else {
      for (event, number) in events { deliver(event, number: number) }
      return
    }
    writing.mailbox.change { batch in
      for index in events.indices { batch.append(events[index].0, number: events[index].1) }
    }
  }

  /// A prefetch is answered like a recall but is an event: it takes its turn among those that
  /// write, and counts as handled with its callback.
  private func prefetch(_ event: BusEvent, _ number: UInt64) {
    guard let operation = event.operation else { return }
    let items = Operation.Expectation.items(
      event.context.scope, count: PortLimits.prefetchItems,
      characters: PortLimits.prefetchCharacters)
    bridge.operations.add(operation, Operation(isReading: false, expectation: items))
    writing.mailbox.put(event, number: number)
    writing.mailbox.put(.passed(number: number))
  }

  func receipt(_ receipt: Receipt, token: UInt64, messageID: String) {
    writing.mailbox.put(.receipt(QueuedReceipt(receipt, token, messageID)))
  }

  func cancel(_ operation: OperationID) {
    guard let cancelled = bridge.operations.cancel(operation) else { return }
    guard cancelled.phase != .running else { return }
    bridge.report(.returned(operation))
    if cancelled.phase == .pending {
      lane(isReading: cancelled.isReading).mailbox.put(.cancel(operation))
    }
  }

  func update(configuration: ConfigurationValue) { settings.current = configuration }

  private func lane(isReading: Bool) -> LaneThread {
    isReading && lock.withLock({ state.readsApart }) ? reading : writing
  }

  // MARK: - What is going on

  var occupancy: PortOccupancy? {
    [writing, reading].compactMap(\.frame.occupancy).min { $0.since < $1.since }
  }

  var counters: PortCounters { bridge.counters }

  // MARK: - Life

  func begin() {
    if writing.start({ self.live() }) { return }
    fail(PluginFault(.create, "plugin \(instance) gets no thread: the system allows no more"))
  }

  func destroy() {
    let isOver = lock.withLock {
      if state.isDestroying { return false }
      state.isDestroying = true
      defer { if state.phase == .failed { state.phase = .over } }
      return state.phase == .failed
    }
    bridge.setStopping(true)
    writing.mailbox.close()
    reading.mailbox.close()
    if isOver { bridge.report(.destroyed) }
  }

  /// The life of the instance, on its own thread.
  private func live() {
    let table: PluginTable
    do throws(PluginFault) {
      let maker = InstanceMaker(start: start, bridge: bridge, frame: writing.frame)
      table = try maker.make(PluginLibrary.load(start, place))
    } catch {
      return fail(error)
    }
    let readsApart = table.concurrency == .readWrite
    let goesOn = lock.withLock {
      state.phase = .running
      state.lanes = 1
      state.readsApart = readsApart && !state.isDestroying
      if state.readsApart { state.lanes = 2 }
      return !state.isDestroying
    }
    if goesOn {
      bridge.report(.created(table.traits))
      bridge.created()
      if readsApart { startReading(table) }
      PluginLane(writing, table, settings).run()
    }
    leave(table, writing.frame)
  }

  private func startReading(_ table: PluginTable) {
    let isStarted = reading.start {
      PluginLane(self.reading, table, self.settings).run()
      self.leave(table, self.reading.frame)
    }
    if isStarted { return }
    lock.withLock {
      state.readsApart = false
      state.lanes = 1
    }
  }

  /// The last thread to leave ends the instance.
  private func leave(_ table: PluginTable, _ frame: CallFrame) {
    let isLast = lock.withLock {
      state.lanes -= 1
      if state.lanes == 0 { state.phase = .over }
      return state.lanes == 0
    }
    guard isLast else { return }
    frame.enter(.destroy)
    table.plugin.pointee.destroy(table.owner)
    frame.leave()
    bridge.report(.destroyed)
  }

  private func fail(_ fault: PluginFault) {
    let isDestroying = lock.withLock {
      state.phase = state.isDestroying ? .over : .failed
      return state.isDestroying
    }
    bridge.report(isDestroying ? .destroyed : .failed(fault))
  }
}
