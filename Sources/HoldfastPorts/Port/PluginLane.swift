import CHoldfast
import CShims
import Glibc
import HoldfastCore
import HoldfastThreads
import Synchronization

/// Works through one mailbox on one thread of a plugin.
final class PluginLane {
  let mailbox: LaneMailbox
  private let bridge: HostBridge
  private let table: PluginTable
  private let frame: CallFrame
  private let settings: SharedSettings
  private let seats: SessionSeats?
  private let arena = CallArena()
  private let writer = EventWriter()
  private var handled: UInt64 = 0
  private var failures = 0
  private var hasNews = false

  /// Events after which the host hears of those that were handled, within a longer batch.
  private static let reportEvery = 256

  /// `seats` if other lanes work through the same instance's events.
  init(
    _ thread: LaneThread, _ table: PluginTable, _ settings: SharedSettings,
    _ seats: SessionSeats? = nil
  ) {
    mailbox = thread.mailbox
    frame = thread.frame
    bridge = thread.frame.bridge
    self.table = table
    self.settings = settings
    self.seats = seats
  }

  /// Returns once the mailbox is closed; what is in it then is dropped.
  func run() {
    var batch = MailBatch()
    var former = 0
    while mailbox.take(&batch, former: former) {
      guard work(through: batch) else { return }
      former = batch.items.count
      batch.clear()
    }
  }

  /// False if the mailbox was closed meanwhile.
  private func work(through batch: MailBatch) -> Bool {
    batch.text.bytes.withUnsafeBytes { texts in
      writer.begin(texts: texts.baseAddress?.assumingMemoryBound(to: CChar.self))
      var next = 0
      for (place, item) in batch.items.enumerated() {
        if mailbox.isClosed { return false }
        mailbox.holds(batch.items.count - place - 1)
        switch item {
        case .event:
          handle(batch.events[next], batch.contexts)
          if let seats { settle(batch.events[next], batch.contexts, seats) }
          next += 1
        case .passed(let number): pass(number)
        default: handle(item)
        }
        if place % Self.reportEvery == Self.reportEvery - 1 { reportEvents() }
      }
      reportEvents()
      return true
    }
  }

  private func handle(_ item: MailItem) {
    reportEvents()
    switch item {
    case .call(let call):
      perform(call)
      seats?.leave(call.call.context.session?.number ?? 0)
    case .receipt(let receipt): hand(receipt)
    case .cancel(let operation, let session):
      cancel(operation)
      seats?.leave(session)
    case .event, .passed: break
    }
    arena.reset()
  }

  // MARK: - Events

  private func pass(_ number: UInt64) {
    handled = seats.map { max(handled, $0.handled(number)) } ?? number
    hasNews = true
  }

  /// With other lanes beside this one an event counts only behind its callback, since another lane
  /// may report it.
  private func settle(_ record: EventRecord, _ contexts: [ContextRecord], _ seats: SessionSeats) {
    if record.operation == 0 { pass(record.number) }
    seats.leave(contexts[record.context].session)
  }

  @inline(__always)
  private func handle(_ record: EventRecord, _ contexts: [ContextRecord]) {
    let operation = OperationID(record.operation)
    if record.operation == 0, seats == nil { pass(record.number) }
    guard let callback = table.plugin.pointee.event,
      record.kind & table.plugin.pointee.events != 0
    else { return unwanted(operation) }
    if record.operation != 0, !bridge.operations.begin(operation) { return }
    writer.write(record, contexts, arena)
    if record.kind == EventKind.configChanged.rawValue {
      writer.writeConfiguration(settings.current, arena)
    }
    frame.enter(.event, session: writer.session, writer.sessionValue)
    let status = PluginStatus(rawValue: callback(table.owner, writer.event))
    frame.leave()
    if record.operation != 0 {
      finish(operation, status)
    } else if status.isFailure {
      fail(record, status)
    }
    arena.reset()
  }

  private func fail(_ record: EventRecord, _ status: PluginStatus) {
    failures += 1
    let why = frame.takeExplanation()
    let kind = EventKind(rawValue: record.kind).note ?? "unknown"
    bridge.log(
      .warning, "event \(kind) failed with \(status.label)\(why.isEmpty ? "" : ": ")\(why)")
  }

  private func unwanted(_ operation: OperationID) {
    guard operation.value != 0, bridge.operations.begin(operation) else { return }
    finish(operation, .unsupported)
  }

  private func reportEvents() {
    guard hasNews else { return }
    bridge.report(.handledEvents(through: handled, failures: failures))
    hasNews = false
    failures = 0
  }

  // MARK: - Calls

  private func perform(_ queued: QueuedCall) {
    guard bridge.operations.begin(queued.operation) else { return }
    let session = queued.call.context.session.map { arena.text($0.description) } ?? hf_str_t()
    frame.enter(
      CallName(queued.call), session: CallText(start: session.ptr, length: session.len),
      queued.call.context.session?.value ?? 0)
    let status = call(queued)
    frame.leave()
    if let seats, case .retain = queued.call {
      seats.returned(isPending: status == HF_PENDING) { bridge.report(.concurrentSessions($0)) }
    }
    finish(queued.operation, PluginStatus(rawValue: status))
  }

  private func call(_ queued: QueuedCall) -> Int32 {
    let owner = table.owner
    let absent = HF_E_UNSUPPORTED
    switch queued.call {
    case .retain(let request):
      return table.memory?.pointee.retain(owner, arena.retain(request, queued)) ?? absent
    case .withdraw(let request):
      return table.memory?.pointee.withdraw?(owner, arena.withdraw(request, queued)) ?? absent
    case .recall(let request):
      return table.memory?.pointee.recall?(owner, arena.recall(request, queued)) ?? absent
    case .instructions(let context):
      return table.memory?.pointee.instructions?(owner, arena.head(context, queued)) ?? absent
    case .startChannel(let context):
      return table.channel?.pointee.start(owner, arena.head(context, queued)) ?? absent
    case .stopChannel(let context):
      return table.channel?.pointee.stop(owner, arena.head(context, queued)) ?? absent
    case .send(let request):
      return table.channel?.pointee.send(owner, arena.send(request, queued)) ?? absent
    case .respond(let request):
      return respond(request, queued)
    case .listTools(let context):
      return table.tools?.pointee.list(owner, arena.head(context, queued)) ?? absent
    case .callTool(let request):
      return table.tools?.pointee.call(owner, arena.tool(request, queued)) ?? absent
    }
  }

  /// Answers are asked for where calls of tools can be, if the model offers that.
  private func respond(_ request: ModelRequest, _ queued: QueuedCall) -> Int32 {
    if request.purpose == .answer, let model = table.modelTools {
      return model.pointee.respond(table.owner, arena.respondWithTools(request, queued))
    }
    return table.model?.pointee.respond(table.owner, arena.respond(request, queued))
      ?? HF_E_UNSUPPORTED
  }

  private func finish(_ operation: OperationID, _ status: PluginStatus) {
    if bridge.operations.finish(operation, status, frame.takeExplanation()) { cancel(operation) }
  }

  private func hand(_ receipt: QueuedReceipt) {
    bridge.receipted()
    guard let channel = table.channel else { return }
    let raw = arena.receipt(receipt)
    frame.enter(.receipt)
    channel.pointee.receipt(table.owner, raw)
    frame.leave()
  }

  private func cancel(_ operation: OperationID) {
    guard bridge.operations.isCancelled(operation) else { return }
    if let callback = table.plugin.pointee.on_cancel {
      frame.enter(.cancel)
      callback(table.owner, operation.value)
      frame.leave()
    }
    bridge.operations.remove(operation)
  }
}

/// The settings that a plugin is to see next.
final class SharedSettings: @unchecked Sendable {
  // Safe to share: `value` is touched only with the lock held.
  private let lock = Monitor()
  private var value: ConfigurationValue

  init(_ value: ConfigurationValue) { self.value = value }

  var current: ConfigurationValue {
    get { lock.withLock { value } }
    set { lock.withLock { value = newValue } }
  }
}

extension PluginCall {
  /// What it is about.
  var context: CallContext {
    switch self {
    case .retain(let request): request.context
    case .withdraw(let request): request.context
    case .recall(let request): request.context
    case .instructions(let context), .startChannel(let context), .stopChannel(let context),
      .listTools(let context):
      context
    case .callTool(let request): request.context
    case .send(let request): request.context
    case .respond(let request): request.context
    }
  }
}
