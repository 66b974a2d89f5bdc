import CHoldfast
import CShims
import HoldfastCore
import HoldfastThreads

/// What one instance may ask of the host: the functions behind its table. Kept for the life of the
/// process, since a plugin that uses the table after its end must not bring the host down.
final class HostBridge: @unchecked Sendable {
  // Safe to share: the mutable state below is touched only with `lock` held.
  let instance: InstanceID
  let operations: OperationTable
  let activities = ActivityTable()
  let report: @Sendable (PluginReport) -> Void
  private let sink: @Sendable (InstanceID, PluginLogLevel, String) -> Void
  private let lock = Monitor()
  private var limiter = LogLimiter()
  private var state = Reception()
  private var counted = PortCounters()

  /// What decides whether a message may come in.
  private struct Reception {
    var isCreated = false
    var isStopping = false
    var unreceipted = 0
  }

  init(
    instance: InstanceID, log: @escaping @Sendable (InstanceID, PluginLogLevel, String) -> Void,
    report: @escaping @Sendable (InstanceID, PluginReport) -> Void
  ) {
    self.instance = instance
    sink = log
    self.report = { report(instance, $0) }
    operations = OperationTable(report: self.report)
  }

  var counters: PortCounters { lock.withLock { counted } }

  func count(_ field: WritableKeyPath<PortCounters, Int>) {
    lock.withLock { counted[keyPath: field] += 1 }
  }

  // MARK: - Operations

  func complete(_ operation: hf_op_t, _ status: Int32, _ text: hf_str_t) -> PluginStatus {
    let id = OperationID(operation)
    guard status != HF_PENDING else {
      let done = operations.complete(id, .failed, "answered with HF_PENDING, which is no answer")
      return refused(done, as: .argument)
    }
    guard let string = text.string else {
      count(\.malformedTexts)
      let done = operations.complete(id, .malformed, "the text of its answer is not UTF-8")
      return refused(done, as: .argument)
    }
    return refused(operations.complete(id, PluginStatus(rawValue: status), string), as: .ok)
  }

  func refused(_ done: PluginStatus, as status: PluginStatus) -> PluginStatus {
    guard done == .stale else { return status }
    count(\.staleAnswers)
    return .stale
  }

  func add(_ item: UnsafePointer<hf_recall_item_t>, to operation: hf_op_t) -> PluginStatus {
    let raw = item.pointee
    guard raw.size >= MemoryLayout<hf_recall_item_t>.size, raw.score.isFinite else {
      return .argument
    }
    guard raw.text.len <= UInt64(PortLimits.text) else { return .tooLarge }
    guard let text = raw.text.string, let session = raw.session_id.string,
      let scope = raw.scope.string
    else {
      count(\.malformedTexts)
      return .malformed
    }
    var copy = RecallItem(text: text, score: raw.score, scope: Scope(scope))
    copy.time = raw.time_ms == 0 ? nil : WallTime(milliseconds: raw.time_ms)
    copy.session = SessionID(session)
    copy.firstTurn = raw.turn_first
    copy.lastTurn = raw.turn_last
    let status = operations.add(copy, to: OperationID(operation))
    if status == .denied { count(\.deniedItems) }
    return refused(status, as: status)
  }

  func add(_ piece: hf_str_t, to operation: hf_op_t) -> PluginStatus {
    guard piece.len <= UInt64(PortLimits.text), piece.ptr != nil || piece.len == 0 else {
      return piece.ptr == nil ? .argument : tooLarge(operation)
    }
    let bytes = UnsafeRawBufferPointer(start: piece.ptr, count: Int(piece.len))
    let status = operations.add(bytes, to: OperationID(operation))
    return refused(status, as: status)
  }

  private func tooLarge(_ operation: hf_op_t) -> PluginStatus {
    let id = OperationID(operation)
    let text = operations.tooLargeText(of: id)
    return refused(operations.complete(id, .tooLarge, text), as: .tooLarge)
  }

  // MARK: - Words

  func explain(_ text: hf_str_t) -> PluginStatus {
    guard let string = text.string, let frame = CallFrame.current, frame.bridge === self else {
      return .argument
    }
    return frame.explain(singleLine(string)) ? .ok : .argument
  }

  func log(_ level: Int32, _ text: hf_str_t) -> PluginStatus {
    guard let level = PluginLogLevel(rawValue: level), let string = text.string else {
      return .argument
    }
    return log(level, string) ? .ok : .busy
  }

  /// Passes a line on under the plugin's name; false if there were too many.
  @discardableResult
  func log(_ level: PluginLogLevel, _ text: String) -> Bool {
    let now = Instant(nanoseconds: cshims_monotonic_ns())
    let step = lock.withLock {
      let step = limiter.admit(at: now)
      if !step.isAdmitted { counted.droppedLines += 1 }
      return step
    }
    guard step.isAdmitted else { return false }
    if step.dropped > 0 { sink(instance, .warning, "\(step.dropped) lines were dropped") }
    sink(instance, level, singleLine(text))
    return true
  }

  // MARK: - Messages

  func created() { lock.withLock { state.isCreated = true } }

  /// From now on messages are refused, or taken again.
  func setStopping(_ isStopping: Bool) { lock.withLock { state.isStopping = isStopping } }

  func receipted() { lock.withLock { state.unreceipted = max(0, state.unreceipted - 1) } }

  func receive(_ raw: UnsafePointer<hf_inbound_t>) -> PluginStatus {
    let status = take(raw)
    if status != .ok { count(\.refusedMessages) }
    return status
  }

  private func take(_ raw: UnsafePointer<hf_inbound_t>) -> PluginStatus {
    let message: InboundMessage
    switch InboundMessage.copy(of: raw) {
    case .success(let copy): message = copy
    case .failure(let refusal):
      if refusal.status == .malformed { count(\.malformedTexts) }
      return refusal.status
    }
    let refusal: PluginStatus? = lock.withLock {
      if state.isStopping { return .stopping }
      guard state.isCreated, state.unreceipted < PortLimits.unreceipted else { return .busy }
      state.unreceipted += 1
      return nil
    }
    if let refusal { return refusal }
    report(.received(message))
    return .ok
  }

  func health(_ account: hf_str_t, _ health: UInt32, _ reason: hf_str_t) -> PluginStatus {
    guard let state = ChannelHealth(rawValue: health), account.len <= PortLimits.name,
      reason.len <= PortLimits.name, let account = account.string, let reason = reason.string
    else { return .argument }
    report(.health(account: account, state, reason: singleLine(reason)))
    return .ok
  }
}
