import CHoldfast
import HoldfastCore
import HoldfastThreads

/// A plugin that runs in this process, on threads of its own. Made by `PluginLoader`.
final class InProcessPort: PluginPort, @unchecked Sendable {
  // Safe to share: `state` is touched only with the lock held, the rest is constant.
  private let start: PluginStart
  private let place: PluginPlace
  private let bridge: HostBridge
  private let settings: SharedSettings
  private let name: UnsafePointer<CChar>
  private let writing: LaneThread
  private let reading: LaneThread
  private let seats = SessionSeats()
  private let lock = Monitor()
  private var state = State()

  /// Where the instance is in its life.
  private struct State {
    var phase = Phase.starting
    var isDestroying = false
    var readsApart = false
    var seatsSessions = false
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
    name = permanent(start.instance.description)
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
    let made = Operation(call)
    bridge.operations.add(operation, made)
    lane(for: made).mailbox.put(.call(QueuedCall(call, operation, deadline)))
  }

  func deliver(_ event: BusEvent, number: UInt64) {
    if event.operation != nil {
      ask(event, number)
    } else {
      lane(forEvent: number, of: event.context.session).mailbox.put(event, number: number)
    }
  }

  func deliver(_ events: [(BusEvent, UInt64)]) {
    guard !seatsSessions, !events.contains(where: { $0.0.operation != nil }) else {
      for (event, number) in events { deliver(event, number: number) }
      return
    }
    writing.mailbox.change { batch in
      for index in events.indices { batch.append(events[index].0, number: events[index].1) }
    }
  }

  /// A question that is an event takes its turn among those that write, and counts as handled with
  /// its callback. A prefetch is answered like a recall, a compaction with a text.
  private func ask(_ event: BusEvent, _ number: UInt64) {
    guard let operation = event.operation else { return }
    let expectation =
      event.kind == .sessionCompacting
      ? Operation.Expectation.text(limit: PortLimits.kept, calls: 0)
      : .items(
        event.context.scope, count: PortLimits.prefetchItems,
        characters: PortLimits.prefetchCharacters)
    let session = event.context.session
    bridge.operations.add(
      operation, Operation(isReading: false, session: session, expectation: expectation))
    let lane = lane(forEvent: number, of: session)
    lane.mailbox.put(event, number: number)
    lane.mailbox.put(.passed(number: number))
  }

  func receipt(_ receipt: Receipt, token: UInt64, messageID: String) {
    writing.mailbox.put(.receipt(QueuedReceipt(receipt, token, messageID)))
  }

  func cancel(_ operation: OperationID) {
    guard let cancelled = bridge.operations.cancel(operation) else { return }
    guard cancelled.phase != .running else { return }
    bridge.report(.returned(operation))
    if cancelled.phase == .pending {
      lane(for: cancelled).mailbox.put(.cancel(operation, session: cancelled.session))
    }
  }

  func update(configuration: ConfigurationValue) { settings.current = configuration }

  /// Where a call waits for its turn.
  private func lane(for operation: Operation) -> LaneThread {
    let state = lock.withLock { self.state }
    if state.seatsSessions, let lane = seats.take(operation.session) { return lane }
    return operation.isReading && state.readsApart ? reading : writing
  }

  /// Where an event waits for its turn: behind what else there is of its session.
  private func lane(forEvent number: UInt64, of session: SessionID?) -> LaneThread {
    guard seatsSessions else { return writing }
    seats.submitted(number)
    return seats.take(session?.number ?? 0) ?? writing
  }

  private var seatsSessions: Bool { lock.withLock { state.seatsSessions } }

  // MARK: - What is going on

  var occupancy: PortOccupancy? {
    ([writing, reading] + seats.lanes).compactMap(\.frame.occupancy).min { $0.since < $1.since }
  }

  var counters: PortCounters { bridge.counters }

  var threads: [any PortThread] { [writing, reading] + seats.lanes }

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
    for lane in [writing, reading] + seats.lanes { lane.mailbox.close() }
    if isOver { bridge.report(.destroyed) }
  }

  /// The life of the instance, on its own thread.
  private func live() {
    let table: PluginTable
    do throws(PluginFault) {
      let maker = InstanceMaker(start: start, bridge: bridge, frame: writing.frame)
      table = try maker.make(PluginLibrary.load(start, place, writing.frame))
    } catch {
      return fail(error)
    }
    let goesOn = lock.withLock {
      state.phase = .running
      state.lanes = 1
      return !state.isDestroying
    }
    if goesOn {
      startLanes(table)
      var traits = table.traits
      traits.destination = start.destination
      bridge.report(.created(traits))
      bridge.created()
      PluginLane(writing, table, settings, seatsSessions ? seats : nil).run()
    }
    leave(table, writing.frame)
  }

  /// The threads beside the instance's own, before anything is asked of it. Where the system allows
  /// no more of them, one thread does.
  private func startLanes(_ table: PluginTable) {
    switch table.concurrency {
    case .readWrite: if start(reading, table, nil) { lock.withLock { state.readsApart = true } }
    case .session:
      let lanes = (0..<PortLimits.sessions).map { _ in LaneThread(bridge: bridge, instance: name) }
      seats.open(lanes.filter { start($0, table, seats) })
      lock.withLock { state.seatsSessions = !seats.lanes.isEmpty }
    case .instance, .affine, nil: break
    }
  }

  private func start(_ lane: LaneThread, _ table: PluginTable, _ seats: SessionSeats?) -> Bool {
    lock.withLock { state.lanes += 1 }
    let isStarted = lane.start {
      PluginLane(lane, table, self.settings, seats).run()
      self.leave(table, lane.frame)
    }
    if !isStarted { lock.withLock { state.lanes -= 1 } }
    return isStarted
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
